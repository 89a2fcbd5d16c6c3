"""Trying a letter on oneself: one message that stands in no ledger."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from posts.content.models import PostPage
from posts.delivery.letters.compile import compile_variant
from posts.delivery.letters.compose import frozen_sender, message_id, unsubscribe_link
from posts.delivery.letters.message import Outgoing
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import check_way_out, compose_letter
from posts.delivery.transports.base import Messages, Transport, TransportError
from posts.delivery.transports.direct import NotAccepted, hand_over, opened
from posts.sharing.actions import ensure_link
from subscribers import saying
from subscribers.addresses import AddressRefused, normalise
from subscribers.saying import sentence

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


@dataclass
class TestsSent:
    """What became of tests, by address: taken by `way_out`; refused, with the server's words; not
    tried, since the way out could not be reached."""

    __test__ = False  # pytest would take the name for a test case

    way_out: Transport
    accepted: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    not_tried: list[str] = field(default_factory=list)


def send_tests(
    *, post: PostPage, addresses: Sequence[str], by: str, subject: str = "", note: str = ""
) -> TestsSent:
    """Hand the letter of a post, published or not, to some addresses, one after the other. With
    `subject` and `note` it is the post's correction that is tried.

    Its unsubscribe links lead to a page that knows nobody. Raises DeliveryRefused where it may not
    go out at all, or an address is none.
    """
    try:
        readers = [normalise(address) for address in addresses]
    except AddressRefused as error:
        raise DeliveryRefused(saying.of(error)) from error
    transport = check_way_out(post.newsletter)
    ensure_link(post=post)
    sent = TestsSent(transport)
    for place, to in enumerate(readers):
        message = _test_message(post, to.normalised, subject=subject, note=note)
        reached = False
        try:
            with opened(transport) as session:
                reached = True
                hand_over(partial(session.deliver, Messages([message])))
            sent.accepted.append(to.typed)
        except (NotAccepted, TransportError) as error:
            sent.refused[to.typed] = error.message
            if not reached:
                sent.not_tried = [other.typed for other in readers[place + 1 :]]
                break
    return sent


def send_test(*, post: PostPage, address: str, by: str, subject: str = "", note: str = "") -> str:
    """`send_tests` to one address. Answers the result in words; raises DeliveryRefused with the
    server's when it was not accepted."""
    sent = send_tests(post=post, addresses=[address], by=by, subject=subject, note=note)
    for to, why in sent.refused.items():
        raise DeliveryRefused(
            sentence("The test to %(to)s was not accepted: %(why)s", to=to, why=why)
        )
    return sentence(
        "The test to %(address)s was accepted by %(way_out)s.",
        address=sent.accepted[0],
        way_out=sent.way_out.describe(),
    )
