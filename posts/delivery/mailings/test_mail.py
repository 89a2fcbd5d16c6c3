"""Trying a letter on oneself: one message that stands in no ledger."""

import time
from collections.abc import Sequence

from posts.content.models import PostPage
from posts.delivery.letters.compile import compile_variant
from posts.delivery.letters.compose import frozen_sender, message_id, unsubscribe_link
from posts.delivery.letters.message import Outgoing
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import check_way_out, compose_letter
from posts.delivery.transports.base import Messages, Outcome, ServerAnswer, TransportError
from posts.sharing.actions import ensure_link
from subscribers.addresses import AddressRefused, normalise

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

    def flush(self) -> None:
        """Nothing is kept back."""

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        self.outcome = outcomes[-1]


def _test_message(post: PostPage, address: str, *, subject: str, note: str) -> Outgoing:
    letter, variants = compose_letter(post, set(), subject=subject, note=note)
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


def send_test(*, post: PostPage, address: str, by: str, subject: str = "", note: str = "") -> str:
    """Hand the letter of a post, published or not, to one address. Answers the result in words.
    With `subject` and `note` it is the post's correction that is tried.

    Its unsubscribe links lead to a page that knows nobody. Raises DeliveryRefused with the
    server's words when it was not accepted.
    """
    try:
        to = normalise(address)
    except AddressRefused as error:
        raise DeliveryRefused(str(error)) from error
    transport = check_way_out(post.newsletter)
    ensure_link(post=post)
    message = _test_message(post, to.normalised, subject=subject, note=note)
    notes = _OneAnswer()
    try:
        session = transport.open()
        try:
            session.deliver(Messages([message]), notes)
        finally:
            session.close()
    except TransportError as error:
        raise DeliveryRefused(error.message) from error
    outcome = notes.outcome
    if outcome is None or outcome.answer is not ServerAnswer.ACCEPTED:
        reply = outcome.reply if outcome else "the server gave no answer"
        raise DeliveryRefused(f"The test to {to.typed} was not accepted: {reply}")
    return f"The test to {to.typed} was accepted by {transport.describe()}."
