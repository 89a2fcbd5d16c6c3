"""The command line as a shell calls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, Path(settings.BASE_DIR) / "manage.py", *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
def test_a_terminal_that_lacks_a_letter_does_not_stop_the_work(tmp_path: Path) -> None:
    ascii_only = {"DATA_DIR": str(tmp_path), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = manage("shell", "-v0", "-c", "print('Rest “now”')", **ascii_only)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Rest \\u201cnow\\u201d\n"


def test_a_setting_that_makes_no_sense_is_told_in_one_line(tmp_path: Path) -> None:
    done = manage("check", DATA_DIR=str(tmp_path), TIME_ZONE="Europe/Gent")
    assert done.returncode == 2
    assert done.stderr.startswith("TIME_ZONE is 'Europe/Gent'")
    assert done.stderr.count("\n") == 1
