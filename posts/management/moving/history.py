"""Mailings on their way out: what was, never what is to come.

Whatever has not ended is written as cancelled, and says so: where the site goes, nobody knows who
of its readers got a letter since. Who got which is not taken along; the totals are.
"""

from collections.abc import Iterator
from datetime import datetime

from posts.delivery.models import Mailing
from posts.delivery.reporting.tally import tally, totals_of
from posts.management.moving.rows import Row
from subscribers.saying import in_words

_ENDED = (Mailing.State.FINISHED, Mailing.State.CANCELLED)


def as_history(mailings: Iterator[Row], *, at: datetime) -> Iterator[Row]:
    """Each row with its totals, and ended."""
    for row in mailings:
        if row["totals"] is None and row["letter_id"] is not None:
            mailing = Mailing.objects.filter(pk=row["id"]).first()
            if mailing is not None:
                row["totals"] = totals_of(tally(mailing))
        if row["state"] not in _ENDED:
            if row["state"] == Mailing.State.SCHEDULED and row["undone_at"] is None:
                row["undone_at"] = row["created_at"]  # nothing of it went out: as if never asked
            row["state"] = str(Mailing.State.CANCELLED)
            row["problem"] = (
                f"It was under way or still to come when this site was taken elsewhere, on "
                f"{in_words(at)}. Whoever was still waiting then did not get it from here."
            )
        yield row
