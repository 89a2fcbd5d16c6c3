"""The spam-rate watch: a mailing of which many complain stops by itself.

Mailbox providers put all mail of a sender whom 0.3% report into the spam folder, and want less
than 0.1%: going on would cost every reader the next letters too.
"""

from collections.abc import Iterable

from django.db.models import Count, Q

from posts.delivery.mailings.control import pause_for_problem
from posts.delivery.models import Delivery, Mailing, MailingEvent
from subscribers.saying import sentence

State = Delivery.State

HIGHEST_RATE = 0.001
LEAST_COMPLAINTS = 3  # one angry reader of five hundred is no rate
_OPENING = "Readers reported this mailing as spam"


def watch(mailings: Iterable[int]) -> None:
    """Pause those mailings of which too many complained."""
    for mailing in Mailing.objects.filter(pk__in=mailings, state=Mailing.State.SENDING):
        _watch_one(mailing)


def _watch_one(mailing: Mailing) -> None:
    counts = Delivery.objects.filter(mailing=mailing).aggregate(
        handed=Count(
            "subscriber_id",
            filter=Q(state__in=(State.ACCEPTED, State.DELIVERED, State.BOUNCED, State.COMPLAINED)),
        ),
        complaints=Count("subscriber_id", filter=Q(state=State.COMPLAINED)),
    )
    complaints, handed = counts["complaints"], counts["handed"]
    # Whoever resumed it knows of so many: it stops again when as many more have complained.
    pauses = MailingEvent.objects.filter(
        mailing=mailing, action="paused", detail__startswith=_OPENING
    )
    times = 1 + pauses.count()
    if complaints >= LEAST_COMPLAINTS * times and complaints >= HIGHEST_RATE * times * handed:
        pause_for_problem(mailing=mailing, problem=_problem(complaints, handed))


def _problem(complaints: int, handed: int) -> str:
    return sentence(
        "Readers reported this mailing as spam: %(complaints)s of %(handed)s so far, and mail "
        "providers turn away senders of whom more than one in a thousand do. Nobody else gets it "
        "for now. Look at where these readers came from (a list that was bought or is old?), "
        "whether subject and sender say who writes, and whether the unsubscribe link is easy to "
        "see. Those who complained are never mailed again. If all is well, resume it; cancel it "
        "to leave out the rest.",
        complaints=complaints,
        handed=handed,
    )
