"""Every call that the API's own document allows, and many that it does not, with any data.

Schemathesis makes the calls: answers must be those that the document describes, what is well formed
must be taken, what is not refused, and nothing may break. `FAULTS_SIZE=full` makes 20,000 of them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import ROOT, end_group

FULL = os.environ.get("FAULTS_SIZE") == "full"
EXAMPLES = 700 if FULL else 4
LEAST = 20_000 if FULL else 400


@pytest.fixture
def site(tmp_path: Path) -> Iterator[dict[str, str]]:
    kept = {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name in kept}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.api_site"],
            cwd=ROOT,
            env={**environment, "DATA_DIR": str(tmp_path / "var")},
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert server.stdout is not None
    try:
        line = server.stdout.readline()
        assert line, (tmp_path / "log").read_text()
        yield {**json.loads(line), "log": str(tmp_path / "log")}
    finally:
        server.stdout.close()
        end_group(server)


def test_no_call_breaks_anything_and_every_answer_is_as_the_document_says(
    site: dict[str, str], tmp_path: Path
) -> None:
    report = tmp_path / "calls.ndjson"
    command = [
        *("schemathesis", "--config-file", str(ROOT / "tests/faults/any_call.toml"), "run"),
        *(f"{site['url']}/api/v1/openapi.json", "--url", site["url"]),
        *("--header", f"Authorization: Bearer {site['token']}"),
        *("--max-examples", str(EXAMPLES), "--workers", "1", "--no-color", "--warnings", "off"),
        *("--generation-database", ":memory:", "--continue-on-failure"),
        *("--report", "ndjson", "--report-ndjson-path", str(report)),
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = run.stdout[-8_000:] + run.stderr[-2_000:]
    assert run.returncode == 0, said
    assert "Traceback" not in Path(site["log"]).read_text()
    made = report.read_text().count('"status_code"')
    assert made >= LEAST, said
