"""A worker that dies between any two steps: nobody lost, nobody mailed twice, doubts only where
a message was on the wire."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.dying import READERS, STEPS
from tests.faults.site import Site
from tests.sink import free_port

ON_THE_WIRE = {
    "between attempt and body",
    "between answer and its note",
    "between note and writing of an answer",
}


@pytest.fixture(scope="module")
def deaths(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[dict[str, Any], Counter[str]]]:
    """What became of each mailing, and how often the sink took a mail for each address."""
    port = free_port()
    folder = tmp_path_factory.mktemp("dying")
    with Site(folder, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=1") as site:
        taken_for = site.start_sink(port)
        run = site.start(sys.executable, "-m", "tests.faults.dying", log="dying.log")
        code = run.wait(timeout=120)
        said = (folder / "dying.log").read_text()
        assert code == 0, said
        yield json.loads(said.splitlines()[-1]), Counter(taken_for())


@pytest.mark.parametrize("step", STEPS)
def test_death_costs_at_most_one_doubt(
    deaths: tuple[dict[str, Any], Counter[str]], step: str
) -> None:
    reports, taken = deaths
    report = reports[step]
    in_doubt = 1 if step in ON_THE_WIRE else 0
    assert report["accounted"]
    assert report["state"] == "finished"
    assert report["deliveries"]["in_doubt"] == in_doubt
    assert report["deliveries"]["accepted"] == READERS - in_doubt
    times = [taken[address] for address in report["addresses"]]
    assert max(times) == 1, "somebody was mailed twice"
    assert sum(times) >= READERS - in_doubt
