import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from posts.management import supervisor
from posts.management.supervisor import Program, Supervisor, matters
from tests.processes import runs
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]

# Notes its own process and that of a child of its own, then waits. The first argument is the
# file; with a second one, neither listens when asked to stop.
FAMILY = """
import os, signal, subprocess, sys, time
if len(sys.argv) > 2:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
wait = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", wait])
with open(sys.argv[1], "a") as notes:
    notes.write(f"{os.getpid()} {child.pid}\\n")
time.sleep(60)
"""

# A whole `up` in small: supervises FAMILY until it is killed.
HOST = """
import sys, time
from pathlib import Path
from posts.management.supervisor import Program, Supervisor
program = Program("family", "The family", [sys.executable, "-c", *sys.argv[2:]])
folder = Path(sys.argv[1])
with Supervisor([program], env={}, folder=folder, logs=folder, say=print):
    time.sleep(60)
"""


def noted(notes: Path) -> list[int]:
    """The processes that FAMILY noted, in order."""
    return [int(word) for word in notes.read_text().split()] if notes.exists() else []


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "notes"
    yield file
    for process in noted(file):
        assert not runs(process)  # no test leaves anybody behind


def supervise(folder: Path, said: list[str], *arguments: str) -> Supervisor:
    program = Program("child", "The child", [sys.executable, "-c", *arguments])
    return Supervisor([program], env={}, folder=folder, logs=folder / "logs", say=said.append)


def test_stopping_ends_the_child_and_what_it_started(
    tmp_path: Path, notes: Path, said: list[str]
) -> None:
    with supervise(tmp_path, said, FAMILY, str(notes)):
        assert until(lambda: len(noted(notes)) == 2)
        assert all(map(runs, noted(notes)))
    assert not any(map(runs, noted(notes)))
    assert said == []


def test_a_child_that_does_not_listen_is_killed_when_we_hurry(
    tmp_path: Path, notes: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 1_000.0)  # it is not started again
    running = supervise(tmp_path, said, FAMILY, str(notes), "deaf")
    with running:
        assert until(lambda: len(noted(notes)) == 2)
        running.kill()  # nobody has asked it to stop, so it would sleep for a minute
        assert until(lambda: not any(map(runs, noted(notes))))
    assert len(noted(notes)) == 2


def test_kill_minus_nine_of_the_supervisor_takes_everything_down(
    tmp_path: Path, notes: Path
) -> None:
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(tmp_path), FAMILY, str(notes)], cwd=ROOT
    )
    assert until(lambda: len(noted(notes)) == 2)
    os.kill(host.pid, signal.SIGKILL)
    host.wait()
    assert until(lambda: not any(map(runs, noted(notes))))


@pytest.mark.skipif(sys.platform != "linux", reason="the second net is Linux's")
def test_killing_the_holder_too_leaves_the_child_no_longer_alive(
    tmp_path: Path, notes: Path
) -> None:
    child = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, str(supervisor.HOLDER), sys.executable, "-c", child, str(notes)],
        stdin=subprocess.PIPE,
    )
    assert until(lambda: noted(notes))
    os.kill(holder.pid, signal.SIGKILL)
    assert until(lambda: not any(map(runs, noted(notes))))
    holder.communicate()


def test_a_child_that_ends_is_started_again_and_we_say_so(
    tmp_path: Path, notes: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    with supervise(tmp_path, said, FAMILY, str(notes)):
        assert until(lambda: len(noted(notes)) == 2)
        os.kill(noted(notes)[0], signal.SIGKILL)
        assert until(lambda: len(noted(notes)) == 4)
        assert not any(map(runs, noted(notes)[:2]))  # its own child is not left behind either
    assert len(said) == 1
    assert said[0].startswith("The child stopped by itself (exit code 137). Starting it again")
    assert str(tmp_path / "logs" / "child.log") in said[0]


def test_the_pauses_between_starts_grow(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.6)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 1.5)
    with supervise(tmp_path, said, "raise SystemExit(3)"):
        assert until(lambda: len(said) == 3)
    assert ["in 1 s" in line or "in 2 s" in line for line in said] == [True, True, True]
    assert "in 1 s" in said[0]
    assert "in 2 s" in said[2]


def test_all_output_is_kept_but_only_what_matters_is_shown(tmp_path: Path, said: list[str]) -> None:
    child = (
        "import time\n"
        "print('2026 INFO mail: a batch went out')\n"
        "print('2026-01-01 ERROR mail: the server at port 25 is away', flush=True)\n"
        "print('2026-01-02 ERROR mail: the server at port 26 is away', flush=True)\n"
        "time.sleep(60)\n"
    )
    running = supervise(tmp_path, said, child)
    with running:
        assert until(lambda: len(running.last_words("child")) == 3)
    log = (tmp_path / "logs" / "child.log").read_text()
    assert log.count("\n") == 3
    assert "a batch went out" in log
    assert said == ["child │ 2026-01-01 ERROR mail: the server at port 25 is away"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("2026-11-23 10:00:00,000 INFO celery: ready", False),
        ("[WARNING] Unhandled thing", True),
        ("2026-11-23 10:00:00,000 WARNING posts.delivery: mailing 3 paused", True),
        ("2026-11-23 10:00:00,000 WARNING django.request: Not Found: /wp-login.php", False),
        ("2026-11-23 10:00:00,000 ERROR django.request: Internal Server Error: /", True),
        ("a reader wrote about a minor terror", False),
        ("WARNING django.request: Not Found: /" + "WARNING " * 20_000, False),
        ("django.request was asked before the WARNING", True),
    ],
)
def test_warnings_and_errors_matter_but_not_what_a_visitor_asked_wrongly(
    line: str, shown: bool
) -> None:
    assert matters(line) is shown
