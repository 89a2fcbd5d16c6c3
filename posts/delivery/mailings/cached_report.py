"""How a mailing stands, for pages that ask every two seconds.

Counting a million rows takes an eighth of a second of two cores. Such a count is told again for
ten times as long as it took, with its time; so however many pages are open, counting costs a
process a tenth of its time. Small mailings are counted each time, and so is whatever must be right
to the last one: see `queries.count`.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from django.utils import timezone

from posts.delivery.mailings.queries import Report, count, explained
from posts.delivery.models import Mailing

WORTH_KEEPING = 0.05  # seconds that a count took
AS_LONG_AS = 10  # times that
MOST_KEPT = 100  # mailings


@dataclass(frozen=True)
class Recent:
    """The accounting of a mailing; `as_of` is None where it was counted just now."""

    report: Report
    as_of: datetime | None = None


@dataclass(frozen=True)
class _Kept:
    report: Report
    at: datetime
    until: float  # by the monotonic clock

    def holds(self, fresh: Mailing) -> bool:
        """What changed by somebody's hand, or by finishing, is counted anew at once."""
        was = self.report.mailing
        same = (was.created_at, was.state, was.problem) == (
            fresh.created_at,
            fresh.state,
            fresh.problem,
        )
        return same and time.monotonic() < self.until


_kept: dict[int, _Kept] = {}
# One counts, the others wait for what it finds: two pages that ask at once cost one count.
_one_counts = Lock()


def recent(mailing: Mailing) -> Recent:
    """How a mailing stands, or stood a moment ago. May knock at the broker, as `report` does."""
    with _one_counts:
        found = _known(mailing) or _counted(mailing)
    return replace(found, report=explained(found.report))


def _known(mailing: Mailing) -> Recent | None:
    kept = _kept.get(mailing.pk)
    if kept is None or not kept.holds(mailing):
        return None
    return Recent(replace(kept.report, mailing=mailing), kept.at)


def _counted(mailing: Mailing) -> Recent:
    at, before = timezone.now(), time.monotonic()
    found = count(mailing)
    took = time.monotonic() - before
    _kept.pop(mailing.pk, None)
    if took >= WORTH_KEEPING:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[mailing.pk] = _Kept(found, at, time.monotonic() + AS_LONG_AS * took)
    return Recent(found)
