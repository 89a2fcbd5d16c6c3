"""What a person can do to a mailing. Each verb writes change and audit in one transaction."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from posts.content.models import PostPage
from posts.content.rendering import LetterTooLong
from posts.delivery import doorbell
from posts.delivery.clock import database_now
from posts.delivery.compiling import compile_variant
from posts.delivery.letters import (
    compose,
    frozen_sender,
    mailing_headers,
    message_id,
    unsubscribe_link,
)
from posts.delivery.models import (
    BATCH_SIZE,
    Batch,
    Delivery,
    Letter,
    LetterVariant,
    Mailing,
    MailingEvent,
    TransportStatus,
)
from posts.delivery.retries import AT_ONCE, add_batch
from posts.delivery.transports import current
from posts.delivery.transports.base import (
    Answer,
    Messages,
    Outcome,
    Outgoing,
    Transport,
    TransportError,
)
from posts.sharing.actions import ensure_link
from subscribers.addresses import AddressRefused, normalise
from subscribers.models import Newsletter
from subscribers.queries import Choice, audience, choices

State = Mailing.State


class DeliveryRefused(Exception):
    """It cannot be done now; the text says why and what to do, for the screen."""


# --- Starting -----------------------------------------------------------------------------


def start_mailing(*, post: PostPage, by: str) -> tuple[Mailing, bool]:
    """Create the first mailing of a published post and start it.

    Answers the mailing and whether it was created now: a post has one first mailing, whoever
    asks, however often. Content and audience are frozen here, in one transaction.

    Raises DeliveryRefused: not published, nobody subscribed, the transport may not be used,
    the letter is too long.
    """
    existing = Mailing.objects.filter(post=post, kind=Mailing.Kind.FIRST).first()
    if existing is not None:
        return existing, False
    if not post.live:
        raise DeliveryRefused(f"“{post.title}” is not published yet. Publish it, then email it.")
    check_way_out(post.newsletter)
    ensure_link(post=post)
    letter, variants = _compose(post, choices(post.newsletter_id))
    try:
        with transaction.atomic():
            mailing = _plan(post, letter, variants, by=by)
    except IntegrityError:
        # Somebody else asked at the same moment: the constraint let one of us through.
        return Mailing.objects.get(post=post, kind=Mailing.Kind.FIRST), False
    return mailing, True


def _compose(post: PostPage, wanted: set[Choice]) -> tuple[Letter, list[LetterVariant]]:
    try:
        return compose(post, wanted)
    except LetterTooLong as error:
        raise DeliveryRefused(str(error)) from error
    except AddressRefused as error:
        raise DeliveryRefused(
            f"The newsletter “{post.newsletter}” cannot be sent from the address it has: {error} "
            "Correct it in the newsletter's settings, then try again."
        ) from error


def check_way_out(newsletter: Newsletter) -> Transport:
    """The transport, if it may be used for this newsletter. Raises DeliveryRefused.

    Nobody mails 5,000 people links to their own machine, or mails without an address.
    """
    transport = current()
    if transport.stays_here:
        return transport
    host = urlsplit(settings.SITE_URL).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        raise DeliveryRefused(
            f"SITE_URL is {settings.SITE_URL}: every link in the mail would lead the reader to her "
            "own machine. Set SITE_URL to the address of your site, then try again."
        )
    if not newsletter.postal_address.strip():
        raise DeliveryRefused(
            f"The newsletter “{newsletter}” has no postal address, which every mail must show. "
            "Write it in the newsletter's settings, then try again."
        )
    return transport


def _plan(post: PostPage, letter: Letter, variants: list[LetterVariant], *, by: str) -> Mailing:
    letter.save()
    mailing = Mailing.objects.create(post=post, letter=letter, newsletter=post.newsletter)
    for variant in variants:
        variant.letter = letter
        variant.headers = [*variant.headers, *mailing_headers(mailing)]
    LetterVariant.objects.bulk_create(variants)
    mailing.candidates = _freeze_audience(mailing)
    if not mailing.candidates:
        raise DeliveryRefused(
            f"Nobody is subscribed to “{post.newsletter}” yet, so there is nobody to email. "
            "Publish it, and email it when the first readers have confirmed."
        )
    mailing.save(update_fields=["candidates"])
    _audit(mailing, by, "started", f"{mailing.candidates} candidates")
    transaction.on_commit(doorbell.ring)
    return mailing


def _freeze_audience(mailing: Mailing) -> int:
    """Cut everybody who is subscribed now into batches; answers how many they are."""
    numbers = audience(mailing.newsletter_id).iterator(chunk_size=10_000)
    now = database_now()  # not this host's: its clock may be ahead of the one that says what is due
    total = 0
    while batches := list(islice(_batches(mailing, numbers, not_before=now), 200)):
        Batch.objects.bulk_create(batches)
        total += sum(batch.size for batch in batches)
    return total


def _batches(mailing: Mailing, numbers: Iterator[int], *, not_before: datetime) -> Iterator[Batch]:
    while ids := list(islice(numbers, BATCH_SIZE)):
        yield Batch(
            mailing=mailing,
            recipients=Batch.pack(ids),
            size=len(ids),
            not_before=not_before,
        )


# --- Steering -----------------------------------------------------------------------------


def pause(*, mailing: Mailing, by: str) -> None:
    """Stop handing over. Workers in the middle of a batch notice within ten seconds."""
    _change(mailing, State.PAUSED, {State.SENDING}, by=by, action="paused")


def resume(*, mailing: Mailing, by: str) -> None:
    """Go on, and try the transport at once even if it was backing off."""
    with transaction.atomic():
        TransportStatus.objects.update(blocked_until=None)
        _change(mailing, State.SENDING, {State.PAUSED}, by=by, action="resumed")
        transaction.on_commit(doorbell.ring)


def cancel(*, mailing: Mailing, by: str) -> None:
    """Leave out everybody who was not attempted. What went out cannot be called back."""
    open_states = {State.SENDING, State.PAUSED, State.SCHEDULED, State.HELD}
    with transaction.atomic():
        _change(mailing, State.CANCELLED, open_states, by=by, action="cancelled")
        # Workers write `left_out: cancelled` batch by batch; retries need not wait their time.
        Batch.objects.filter(mailing=mailing, state=Batch.State.WAITING).update(not_before=Now())
        transaction.on_commit(doorbell.ring)


def retry_failed(*, mailing: Mailing, by: str) -> int:
    """Attempt once more everybody who was refused. Answers how many they are."""
    return _attempt_again(mailing, Delivery.State.REFUSED, by=by, action="retry failed")


def settle_doubts(*, mailing: Mailing, by: str, resend: bool) -> int:
    """Decide about everybody in doubt: send again (some may get it twice), or leave it so.

    Leaving changes no row: a doubt stays a doubt, and the decision is in the audit.
    """
    if resend:
        return _attempt_again(mailing, Delivery.State.IN_DOUBT, by=by, action="resend doubts")
    doubts = Delivery.objects.filter(mailing=mailing, state=Delivery.State.IN_DOUBT).count()
    if not doubts:
        raise DeliveryRefused("Nobody is in doubt in this mailing; there is nothing to settle.")
    _audit(mailing, by, "leave doubts", f"{doubts} recipients")
    return doubts


def _attempt_again(mailing: Mailing, state: Delivery.State, *, by: str, action: str) -> int:
    with transaction.atomic():
        locked = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if locked.state == State.CANCELLED:
            raise DeliveryRefused("This mailing was cancelled; nothing goes out any more.")
        rows = Delivery.objects.filter(mailing=mailing, state=state)
        numbers = list(rows.order_by("subscriber_id").values_list("subscriber_id", flat=True))
        if not numbers:
            raise DeliveryRefused(f"Nobody in this mailing is {state.label.replace('_', ' ')}.")
        rows.update(state=Delivery.State.RETRYING, changed_at=Now())
        for start in range(0, len(numbers), BATCH_SIZE):
            add_batch(
                mailing.pk,
                numbers[start : start + BATCH_SIZE],
                purpose=Batch.Purpose.RESEND,
                delay=AT_ONCE,
            )
        _audit(mailing, by, action, f"{len(numbers)} recipients")
        transaction.on_commit(doorbell.ring)
    mailing.refresh_from_db()
    return len(numbers)


def _change(mailing: Mailing, to: State, allowed: set[State], *, by: str, action: str) -> None:
    """Conditional, so that of two people pressing two buttons one is told what happened."""
    with transaction.atomic():
        changed = Mailing.objects.filter(pk=mailing.pk, state__in=allowed).update(
            state=to, problem=""
        )
        mailing.refresh_from_db()
        if not changed:
            raise DeliveryRefused(
                f"This mailing is {mailing.get_state_display().lower()}; it cannot be {action} now."
            )
        _audit(mailing, by, action)


def pause_for_problem(*, mailing: Mailing, problem: str) -> None:
    """The machine's own pause: something only a person can repair, in the server's words."""
    with transaction.atomic():
        changed = Mailing.objects.filter(pk=mailing.pk, state=State.SENDING).update(
            state=State.PAUSED, problem=problem
        )
        if changed:
            _audit(mailing, "machine", "paused", problem)


def _audit(mailing: Mailing, by: str, action: str, detail: str = "") -> None:
    MailingEvent.objects.create(mailing=mailing, by=by, action=action, detail=detail)


# --- Trying it on oneself -----------------------------------------------------------------


TEST_TOKEN = "test"  # noqa: S105 - belongs to nobody, so its page says so


class _OneAnswer:
    """Notes for a single message that stands in no ledger."""

    def __init__(self) -> None:
        self.outcome: Outcome | None = None

    def attempt(self, subscriber_id: int) -> None:
        """A test that dies in the middle is simply sent again by the person."""

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        """As above."""

    def answer(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        self.outcome = outcomes[-1]


def _test_message(post: PostPage, address: str) -> Outgoing:
    letter, variants = _compose(post, set())
    variant = variants[0]
    sender = frozen_sender(variant)
    variant.headers = [
        (name, f"[Test] {value}" if name == "Subject" else value) for name, value in variant.headers
    ]
    # Not from the ledger, so each test is a message of its own.
    moment = time.time_ns()
    return Outgoing(
        mailing_id=0,
        subscriber_id=moment,
        sender=sender,
        address=address,
        letter=compile_variant(variant, letter.slot_key),
        identity=message_id(0, moment, sender.rpartition("@")[2]),
        one_click=unsubscribe_link(TEST_TOKEN),
        unsubscribe=unsubscribe_link(TEST_TOKEN),
    )


def send_test(*, post: PostPage, address: str, by: str) -> str:
    """Hand the letter of a post, published or not, to one address. Answers the result in words.

    Its unsubscribe links lead to a page that knows nobody. Raises DeliveryRefused with the
    server's words when it was not accepted.
    """
    try:
        to = normalise(address)
    except AddressRefused as error:
        raise DeliveryRefused(str(error)) from error
    transport = check_way_out(post.newsletter)
    ensure_link(post=post)
    message = _test_message(post, to.normalised)
    notes = _OneAnswer()
    try:
        session = transport.open()
        try:
            session.deliver(Messages([message]), notes)
        finally:
            session.close()
    except TransportError as error:
        raise DeliveryRefused(error.words) from error
    outcome = notes.outcome
    if outcome is None or outcome.answer is not Answer.ACCEPTED:
        words = outcome.words if outcome else "the server gave no answer"
        raise DeliveryRefused(f"The test to {to.typed} was not accepted: {words}")
    return f"The test to {to.typed} was accepted by {transport.describe()}."
