"""What comes back to the mailbox, and what may follow from it: nothing that anybody could forge."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from posts.delivery.events.bounce_mails import Reading, read
from posts.delivery.events.models import ProviderEvent
from posts.delivery.models import Delivery, Mailing
from subscribers.models import Subscriber, Subscription, Suppression
from subscribers.queries import is_suppressed, token_text
from tests.delivery.events import returned_mails as mails
from tests.delivery.events.making import (
    VERP,
    delivery,
    envelope,
    handed_over,
    letter_to,
    mail_arrives,
    readers_of,
    state_of,
    status_of,
)

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def victim(mailing: Mailing) -> Subscriber:
    return readers_of(mailing)[1]


# --- Returned mails, known by the letter in them --------------------------------------------


@pytest.mark.parametrize("only_headers", [False, True])
def test_a_bounce_with_our_letter_in_it_suppresses(
    mailing: Mailing, person: Subscriber, only_headers: bool
) -> None:
    letter = letter_to(mailing, person)
    mail_arrives(mails.dsn(letter, address=person.address, only_headers=only_headers))
    row = delivery(mailing, person)
    assert (state_of(mailing, person), row.reason) == ("bounced", "hard")
    assert "User unknown" in str(row.detail)
    assert status_of(person) == "bounced"


def test_a_passing_trouble_is_soft(mailing: Mailing, person: Subscriber) -> None:
    full = mails.dsn(
        letter_to(mailing, person),
        address=person.address,
        status="5.2.2",
        words="552 5.2.2 mailbox full",
    )
    mail_arrives(full)
    assert delivery(mailing, person).reason == "soft"
    assert status_of(person) == "active"


def test_a_delay_changes_nothing_but_is_noted(mailing: Mailing, person: Subscriber) -> None:
    late = mails.dsn(
        letter_to(mailing, person),
        address=person.address,
        action="delayed",
        status="4.4.1",
        words="connect timed out",
    )
    mail_arrives(late)
    assert state_of(mailing, person) == "accepted"
    assert delivery(mailing, person).detail == "connect timed out"


def test_a_bounce_resolves_a_doubt() -> None:
    mailing = handed_over(1, state=State.IN_DOUBT)
    [person] = readers_of(mailing)
    mail_arrives(mails.dsn(letter_to(mailing, person), address=person.address))
    assert state_of(mailing, person) == "bounced"


def test_forwarded_elsewhere_it_is_the_address_we_wrote_to_that_bounced(
    mailing: Mailing, person: Subscriber
) -> None:
    mail_arrives(mails.dsn(letter_to(mailing, person), address="inner@host.example"))
    assert status_of(person) == "bounced"
    assert not is_suppressed("inner@host.example")


@pytest.mark.parametrize("write", [mails.qmail, mails.exim])
def test_bounces_of_no_standard_are_read_too(
    mailing: Mailing, person: Subscriber, write: Callable[..., bytes]
) -> None:
    mail_arrives(write(letter_to(mailing, person), address=person.address))
    assert (state_of(mailing, person), delivery(mailing, person).reason) == ("bounced", "hard")
    assert is_suppressed(person.address)


def test_of_no_standard_and_without_a_clear_word_it_is_soft(
    mailing: Mailing, person: Subscriber
) -> None:
    bounce = mails.qmail(letter_to(mailing, person), address=person.address, words="")
    mail_arrives(bounce.replace(b"no mailbox here by that name", b"it did not work"))
    assert delivery(mailing, person).reason == "soft"


def test_a_bounce_among_blank_lines_without_end_is_read(
    mailing: Mailing, person: Subscriber
) -> None:
    bounce = mails.dsn(letter_to(mailing, person), address=person.address)
    mail_arrives(bounce.replace(b"could not", b"could" + b"\r\n" * 60_000 + b"not"))
    assert status_of(person) == "bounced"


def test_a_mail_about_several_hundred_is_read_about_each(
    mailing: Mailing, person: Subscriber
) -> None:
    bounce = mails.dsn(letter_to(mailing, person), address=person.address)
    head, block = bounce.split(b"\r\n\r\nFinal-Recipient")
    block, tail = block.split(b"\r\n\r\n", 1)
    other = b"".join(
        b"\r\n\r\nFinal-Recipient: rfc822; other%d@example.org\r\nAction: failed" % number
        for number in range(600)
    )
    whole = head + other + b"\r\n\r\nFinal-Recipient" + block + b"\r\n\r\n" + tail
    assert len(read(whole).events) == 601
    with CaptureQueriesContext(connection) as queries_made:
        mail_arrives(whole)
    assert status_of(person) == "bounced"
    assert len(queries_made) < 60


def test_a_message_id_on_a_line_of_its_own_is_found(mailing: Mailing, person: Subscriber) -> None:
    """Some mail programs fold it, and some quote it."""
    written = mails.qmail(letter_to(mailing, person), address=person.address)
    for fold in (b"Message-ID:\r\n <", b"> Message-ID:\r\n>  <"):
        [event] = read(written.replace(b"Message-ID: <", fold)).events
        assert len(event.message_ids) == 1


# --- Forgeries --------------------------------------------------------------------------------


def test_a_bounce_whose_letter_is_not_ours_suppresses_nobody(
    mailing: Mailing, victim: Subscriber
) -> None:
    invented = letter_to(mailing, victim, identity=f"<{'a' * 26}@letters.example>")
    mail_arrives(mails.dsn(invented, address=victim.address))
    mail_arrives(mails.feedback(invented, address=victim.address))
    mail_arrives(mails.qmail(invented, address=victim.address))
    assert state_of(mailing, victim) == "accepted"
    assert not Suppression.objects.exists()
    assert set(ProviderEvent.objects.values_list("problem", flat=True)) == {""}


def test_with_the_letter_of_one_reader_no_other_can_be_suppressed(
    mailing: Mailing, person: Subscriber, victim: Subscriber
) -> None:
    own = letter_to(mailing, person, to=victim.address)
    mail_arrives(mails.dsn(own, address=victim.address))
    assert state_of(mailing, victim) == "accepted"
    assert not Suppression.objects.exists()


def test_with_the_envelope_of_one_reader_no_other_can_be_suppressed(
    mailing: Mailing, person: Subscriber, victim: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    to = envelope(mailing, person)
    mail_arrives(mails.dsn(letter_to(mailing, victim), address=victim.address, to=to))
    assert not is_suppressed(victim.address)
    assert (state_of(mailing, victim), status_of(victim)) == ("accepted", "active")


# --- Known by the envelope ---------------------------------------------------------------------


def test_the_envelope_alone_says_which_delivery(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    bare = letter_to(mailing, person, identity="<other@mx.example>")
    mail_arrives(mails.dsn(bare, address=person.address, to=envelope(mailing, person).upper()))
    assert status_of(person) == "bounced"


def test_the_mail_server_may_say_the_envelope_to_the_command(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    bare = letter_to(mailing, person, identity="<other@mx.example>")
    body = mails.dsn(bare, address=person.address)
    mail_arrives(body, **{"Envelope-To": envelope(mailing, person)})
    assert status_of(person) == "bounced"


# --- Complaints --------------------------------------------------------------------------------


def test_a_complaint_suppresses_everywhere(mailing: Mailing, person: Subscriber) -> None:
    mail_arrives(mails.feedback(letter_to(mailing, person), address=person.address))
    assert state_of(mailing, person) == "complained"
    assert Suppression.objects.get().reason == "complained"


def test_who_complained_is_known_by_the_link_where_her_address_is_blotted_out(
    mailing: Mailing, person: Subscriber
) -> None:
    token = token_text(Subscription.objects.get(subscriber=person).header_token)
    blotted = letter_to(mailing, person, to="redacted@isp.example.net", token=token)
    mail_arrives(mails.feedback(blotted))
    assert state_of(mailing, person) == "complained"


def test_an_opt_out_ends_the_subscription_only(mailing: Mailing, person: Subscriber) -> None:
    letter = letter_to(mailing, person)
    mail_arrives(mails.feedback(letter, kind="opt-out", address=person.address))
    assert (state_of(mailing, person), status_of(person)) == ("accepted", "unsubscribed")
    assert not Suppression.objects.exists()


def test_outlook_attaches_the_letter_and_writes_no_report(
    mailing: Mailing, person: Subscriber
) -> None:
    mail_arrives(mails.complaint_of_outlook(letter_to(mailing, person)))
    assert state_of(mailing, person) == "complained"
    assert is_suppressed(person.address)


def test_outlook_may_write_her_address_where_the_letters_own_is_blotted_out(
    mailing: Mailing, person: Subscriber
) -> None:
    letter = letter_to(mailing, person, to="hidden@hotmail.example")
    letter["X-HmXmrOriginalRecipient"] = person.address
    mail_arrives(mails.complaint_of_outlook(letter))
    assert state_of(mailing, person) == "complained"


def test_a_complaint_with_a_letter_that_is_not_ours_is_nobodys(
    mailing: Mailing, victim: Subscriber
) -> None:
    letter = letter_to(mailing, victim, identity=f"<{'a' * 32}@letters.example>")
    mail_arrives(mails.complaint_of_outlook(letter))
    assert state_of(mailing, victim) == "accepted"
    assert not Suppression.objects.exists()


def test_who_writes_unsubscribe_to_the_envelope_is_unsubscribed(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    asked = mails.plain(
        "Please.", to=envelope(mailing, person), sender=person.address, subject="Unsubscribe"
    )
    mail_arrives(asked)
    assert (state_of(mailing, person), status_of(person)) == ("accepted", "unsubscribed")


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "dismissed"])
def test_other_reports_are_no_complaints(mailing: Mailing, person: Subscriber, kind: str) -> None:
    mail_arrives(mails.feedback(letter_to(mailing, person), kind=kind, address=person.address))
    assert state_of(mailing, person) == "accepted"


# --- What is none of these ----------------------------------------------------------------------


def test_an_out_of_office_is_ignored(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    mail_arrives(mails.away(to=envelope(mailing, person), letter=letter_to(mailing, person)))
    assert (state_of(mailing, person), status_of(person)) == ("accepted", "active")


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Out of Office: A slow day", {}),
        ("Automatic reply: A slow day", {"Return_Path": "<>"}),
        ("Abwesenheitsnotiz: A slow day", {}),
        ("Réponse automatique : A slow day", {}),
        ("Автоответ: A slow day", {}),
        ("自動返信: A slow day", {}),
        ("Re: A slow day", {"Auto_Submitted": "auto-replied"}),
        ("Re: A slow day", {"X_Autoreply": "yes"}),
        ("Re: A slow day", {"Precedence": "auto_reply"}),
    ],
)
def test_answers_that_nobody_wrote_are_no_bounces(
    mailing: Mailing,
    person: Subscriber,
    settings: Settings,
    subject: str,
    headers: dict[str, str],
) -> None:
    settings.EMAIL_URL = VERP
    text = f"I am away. {person.address} is no longer with us. User unknown."
    to, sender = envelope(mailing, person), person.address
    mail_arrives(mails.plain(text, to=to, sender=sender, subject=subject, **headers))
    assert (state_of(mailing, person), status_of(person)) == ("accepted", "active")
    assert ProviderEvent.objects.get().problem == ""


def test_a_title_about_a_vacation_makes_no_answer_of_a_bounce(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    words = f"{person.address}: The email account that you tried to reach does not exist."
    to, title = envelope(mailing, person), "Undeliverable: A vacation out of office"
    mail_arrives(mails.plain(words, to=to, subject=title))
    assert status_of(person) == "bounced"


def test_a_receipt_for_having_read_it_is_ignored(
    mailing: Mailing, person: Subscriber, settings: Settings
) -> None:
    settings.EMAIL_URL = VERP
    letter = letter_to(mailing, person)
    receipt = mails.dsn(letter, address=person.address, to=envelope(mailing, person))
    receipt = receipt.replace(b"delivery-status", b"disposition-notification")
    mail_arrives(receipt)
    assert (state_of(mailing, person), status_of(person)) == ("accepted", "active")


def test_an_ordinary_mail_is_ignored(mailing: Mailing, person: Subscriber) -> None:
    letter = letter_to(mailing, person)
    mail_arrives(mails.with_the_letter_attached(letter, "Have you seen this? So true."))
    assert (state_of(mailing, person), status_of(person)) == ("accepted", "active")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(body: bytes) -> None:
    read(b"Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\n" + body)
    assert read(body) == Reading()
