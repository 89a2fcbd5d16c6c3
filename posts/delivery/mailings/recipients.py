"""Which of a post's readers have its letter, and which have not."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from posts.delivery.models import Batch, Delivery, DigestPost, Mailing
from subscribers.queries import audience

# A correction corrects these; whoever got an earlier correction is among their readers.
CARRIERS = (Mailing.Kind.FIRST, Mailing.Kind.CATCH_UP)
ARRIVED = (Delivery.State.ACCEPTED, Delivery.State.DELIVERED)


def mailings_of_post(first: Mailing) -> QuerySet[Mailing]:
    """All that went out, or will, of the post of this mailing; newest first."""
    if first.post_id is None:
        return Mailing.objects.none()  # not those of every post that was deleted
    return Mailing.objects.filter(post_id=first.post_id, undone_at__isnull=True).order_by("-pk")


def who_got_it(first: Mailing) -> QuerySet[Delivery, int]:
    """Ids of everybody who has the letter, as far as is known, in ascending order."""
    return _readers(first, *ARRIVED)


def who_may_have_it(first: Mailing) -> int:
    """How many of its deliveries are in doubt."""
    return _readers(first, Delivery.State.IN_DOUBT).count()


def _readers(first: Mailing, *states: Delivery.State) -> QuerySet[Delivery, int]:
    carriers = list(mailings_of_post(first).filter(kind__in=CARRIERS).values_list("pk", flat=True))
    return (
        Delivery.objects.filter(mailing_id__in=carriers, state__in=states)
        .order_by("subscriber_id")
        .values_list("subscriber_id", flat=True)
        .distinct()
    )


def subscribed_since(first: Mailing) -> Iterator[int]:
    """Ids of everybody who is subscribed and in no mailing of this post, in ascending order.

    Nor in a digest with it: whoever wants each post now may have had it in the digest of a week.
    Of a first mailing to a segment, those whom its rule describes by now: what was meant for some
    must not reach everybody by a press that says “who came since”.
    """
    mailings = [*mailings_of_post(first).values_list("pk", flat=True), *_digests_with(first)]
    # Batches before deliveries: one that is claimed in between is in both, not in neither.
    waiting = _waiting(mailings)
    known = Delivery.objects.filter(
        mailing_id__in=mailings, subscriber_id=OuterRef("subscriber_id")
    )
    everybody = audience(first.newsletter_id, rule=first.segment).filter(~Exists(known))
    return (
        subscriber_id
        for subscriber_id in everybody.iterator(chunk_size=10_000)
        if subscriber_id not in waiting
    )


def _digests_with(first: Mailing) -> list[int]:
    if first.post_id is None:
        return []
    begun = DigestPost.objects.filter(post_id=first.post_id, digest__mailing__letter__isnull=False)
    return [pk for pk in begun.values_list("digest__mailing_id", flat=True) if pk is not None]


def _waiting(mailings: list[int]) -> set[int]:
    batches = Batch.objects.filter(
        mailing_id__in=mailings, state=Batch.State.WAITING, purpose=Batch.Purpose.FIRST
    )
    return {
        subscriber_id for batch in batches.iterator(chunk_size=100) for subscriber_id in batch.ids()
    }
