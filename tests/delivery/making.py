"""Mailings made directly in the ledger, for tests that are not about posts."""

import resource
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from posts.delivery.letters.compose import headers, mailing_headers
from posts.delivery.models import Batch, Delivery, Letter, LetterVariant, Mailing
from posts.delivery.worker import ledger
from posts.delivery.worker.drain import drain_ledger
from posts.delivery.worker.replay import Replay
from subscribers.models import Newsletter
from tests.delivery.no_pace import NoPace
from tests.factories import make_newsletter, make_subscriber


def drain() -> None:
    """In this thread alone, whose transaction no other would see."""
    drain_ledger(seconds=30, senders=1, pace=NoPace())


def make_mailing(
    readers: int = 3, *, newsletter: Newsletter | None = None, batch_size: int = 500
) -> Mailing:
    """A mailing in `sending`, planned for `readers` new subscribers."""
    newsletter = newsletter or make_newsletter()
    ids = [make_subscriber(newsletter).pk for _ in range(readers)]
    letter = Letter.objects.create(newsletter=newsletter)
    mailing = Mailing.objects.create(letter=letter, newsletter=newsletter, candidates=len(ids))
    LetterVariant.objects.create(
        letter=letter,
        subject="A slow day",
        headers=[*headers(letter, "A slow day", "en"), *mailing_headers(mailing)],
        text=f"Rest is allowed.\n\nUnsubscribe: {letter.slot_key}.unsubscribe\n",
        html=f'<p>Rest is allowed. <a href="{letter.slot_key}.unsubscribe">Unsubscribe</a></p>',
    )
    for start in range(0, len(ids), batch_size):
        add_waiting(mailing, ids[start : start + batch_size])
    return mailing


def add_waiting(mailing: Mailing, ids: Sequence[int]) -> Batch:
    return Batch.objects.create(
        mailing=mailing, recipients=Batch.pack(ids), size=len(ids), not_before=timezone.now()
    )


def settle(mailing: Mailing, *outcomes: tuple[Delivery.State, str]) -> None:
    """Write the ledger as a worker would: an outcome and its words for each recipient."""
    batch = mailing.batches.get()
    for who, (state, words) in zip(batch.ids(), outcomes, strict=True):
        left_out = state == Delivery.State.LEFT_OUT
        Delivery.objects.create(
            mailing=mailing,
            subscriber_id=who,
            batch_id=batch.pk,
            state=state,
            changed_at=timezone.now(),
            reason=words if left_out else "",
            detail=None if left_out else words,
        )
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.FINISHED)


def claim(transport: str = "smtp") -> ledger.Claim:
    """Claim the next batch as a worker would; its journal is closed by the caller's test."""
    claimed = ledger.claim(
        transport=transport, replay=Replay(safe=transport == "outbox"), worker="test:1"
    )
    assert claimed is not None
    return claimed


def states(mailing: Mailing) -> list[str]:
    """The state of each delivery, by subscriber id."""
    rows = Delivery.objects.filter(mailing=mailing).order_by("subscriber_id")
    return [str(Delivery.State(row.state).label) for row in rows]


def outbox() -> list[EmailMessage]:
    """Every message in the outbox, parsed strictly."""
    folder = Path(settings.DATA_DIR) / "outbox" / "new"
    found = []
    for path in sorted(folder.glob("m*.eml")):
        with closing(path.open("rb")) as file:
            message = message_from_bytes(file.read(), policy=default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """The kernel refuses to write on, as on a full disk: the last write before is cut short."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
