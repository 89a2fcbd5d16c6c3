"""What the desk says of a mailing beside what the mail server wrote down, reader by reader."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.site import Site


@dataclass(frozen=True)
class Books:
    """The mailing's report, and the state of each reader as the desk's list has it."""

    report: dict[str, Any]
    states: dict[str, str]

    def those(self, state: str) -> set[str]:
        return {address for address, theirs in self.states.items() if theirs == state}

    def __getitem__(self, state: str) -> int:
        return int(self.report["deliveries"][state])


def books(site: Site, slug: str) -> Books:
    """Read both, and see that they agree: with each other, and with how many were asked for."""
    report = site.report(slug)
    page = site.run("POST", f"/admin/mailings/{report['mailing']}/report/deliveries.csv")
    rows = list(csv.DictReader(io.StringIO(page.lstrip("\ufeff"))))
    states = {row["address"]: row["state"] for row in rows}
    assert len(states) == len(rows) == report["candidates"], "somebody is lost, or listed twice"
    assert report["accounted"]
    counted = Counter(states.values())
    assert {state: n for state, n in report["deliveries"].items() if n} == dict(counted)
    return Books(report, states)


def agree(
    found: Books, taken: Sequence[str], *, asked_again: frozenset[str] | set[str] = frozenset()
) -> None:
    """Whoever is accepted was taken, once; whoever was taken is accepted or in doubt; nobody was
    taken twice but those for whom a person asked again."""
    times = Counter(taken)
    twice = {address for address, number in times.items() if number > 1}
    assert twice <= asked_again, f"mailed twice: {sorted(twice - asked_again)[:5]}"
    assert found.those("accepted") <= set(times), "accepted, and the mail server knows nothing"
    assert set(times) <= found.those("accepted") | found.those("in_doubt")
