"""What was counted of a finished mailing within this minute, for the page where each visit begins.

A mailing has as many rows as readers. The mailing's own page, and the doctor in a terminal, count
anew. What somebody does to a mailing is seen at once: that is another event of it.
"""

from collections.abc import Iterable

from django.core.cache import cache
from django.db.models import Max

from posts.delivery import doctor
from posts.delivery.mailings.queries import Report, count
from posts.delivery.models import Mailing, MailingEvent

LATELY = 60  # seconds


def report_lately(mailing: Mailing) -> Report:
    """How a finished one stands, as of this minute."""
    key = _keys([mailing], "counted")[mailing.pk]
    if (kept := cache.get(key)) is None:
        found = count(mailing)
        kept = (found.deliveries, found.left_out, found.problem)
        cache.set(key, kept, timeout=LATELY)
    return Report(mailing, *kept)


def wanting_lately(mailings: list[Mailing]) -> doctor.Wanting:
    """`doctor.wanting`, of those that are finished as of this minute: only the others, and those
    that nobody asked for lately, are counted."""
    done = [mailing for mailing in mailings if mailing.state == Mailing.State.FINISHED]
    keys = _keys(done, "wanting")
    kept = cache.get_many(keys.values())
    known = {pk: kept[key] for pk, key in keys.items() if key in kept}
    counted: doctor.Wanting = {}
    if unknown := [mailing for mailing in mailings if mailing.pk not in known]:
        counted = doctor.wanting(unknown)
    fresh = {keys[pk]: numbers for pk, numbers in counted.items() if pk in keys}
    if fresh:
        cache.set_many(fresh, timeout=LATELY)
    return {**known, **counted}


def _keys(mailings: Iterable[Mailing], what: str) -> dict[int, str]:
    """By mailing, under which name it is kept. Taken before the rows are counted: what happens
    meanwhile makes another name."""
    mailings = list(mailings)
    events = MailingEvent.objects.filter(mailing__in=mailings).order_by().values("mailing_id")
    last = dict(events.annotate(last=Max("pk")).values_list("mailing_id", "last"))
    return {one.pk: f"{what}-{one.pk}-{last.get(one.pk)}-{_ended(one)}" for one in mailings}


def _ended(mailing: Mailing) -> float:
    return (mailing.finished_at or mailing.created_at).timestamp()
