"""Trying a letter on oneself: one message that stands in no ledger."""

import time
from functools import partial

from posts.content.models import PostPage
from posts.delivery.letters.compile import compile_variant
from posts.delivery.letters.compose import frozen_sender, message_id, unsubscribe_link
from posts.delivery.letters.message import Outgoing
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import check_way_out, compose_letter
from posts.delivery.transports.base import Messages, TransportError
from posts.delivery.transports.direct import NotAccepted, hand_over, opened
from posts.sharing.actions import ensure_link
from subscribers.addresses import AddressRefused, normalise

TEST_TOKEN = "test"  # noqa: S105 - belongs to nobody, so its page says so


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
    try:
        with opened(transport) as session:
            hand_over(partial(session.deliver, Messages([message])))
    except NotAccepted as error:
        refusal = f"The test to {to.typed} was not accepted: {error.message}"
        raise DeliveryRefused(refusal) from error
    except TransportError as error:
        raise DeliveryRefused(error.message) from error
    return f"The test to {to.typed} was accepted by {transport.describe()}."
