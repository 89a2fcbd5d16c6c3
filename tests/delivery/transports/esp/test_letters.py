"""What each reader gets: template and data put together as the provider puts them."""

import pytest

from posts.delivery.transports.base import ServerAnswer
from posts.delivery.transports.esp.calls import NotHerOwn
from tests.delivery.transports.esp.making import (
    PROVIDERS,
    Notes,
    deliver,
    feed,
    letter,
    opened,
    outgoing,
    readers,
)
from tests.esp_api import Mail
from tests.fake_esp import FakeEsp

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("name", PROVIDERS)]


def titled(mail: Mail) -> dict[str, str]:
    """Header names as Mailgun writes them, since case means nothing."""
    return {name.title(): value for name, value in mail.headers.items()}


def test_each_reader_gets_exactly_her_own_links_and_headers(name: str) -> None:
    with FakeEsp() as esp:
        notes = deliver(esp, name, readers(60))
    assert set(notes.answers.values()) == {ServerAnswer.ACCEPTED}
    assert len(esp.provider.mails) == 60
    for subscriber_id in range(1, 61):
        mail = esp.provider.mails[f"reader{subscriber_id}@example.org"]
        one_click = f"https://letters.example/unsubscribe/click{subscriber_id}/"
        link = f"https://letters.example/unsubscribe/body{subscriber_id}/"
        headers = titled(mail)
        assert headers["List-Unsubscribe"] == f"<{one_click}>"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["List-Id"] == "Letters <letters.letters.example>"
        assert headers["X-Mailing"] == "7"
        assert headers["Feedback-Id"] == "7:first:letters:passalong"
        assert mail.text == f"Rest is allowed.\n\nUnsubscribe: {link}\n"
        assert mail.html == f'<p>Rest is allowed.</p><a href="{link}">Unsubscribe</a>'
        assert mail.metadata == {"mailing": "7", "subscriber": str(subscriber_id)}


def test_sender_subject_and_reply_address_arrive(name: str) -> None:
    with FakeEsp() as esp:
        deliver(esp, name, readers(2, letter(subject="Rest, s’il vous plaît")))
    mail = esp.provider.mails["reader1@example.org"]
    assert mail.subject == "Rest, s’il vous plaît"
    assert mail.sender == "Ada <ada@letters.example>"
    assert mail.reply_to == "reply@letters.example"
    assert "Date" not in mail.headers
    assert "To" not in mail.headers


def test_our_message_id_is_kept_where_the_provider_keeps_one(name: str) -> None:
    with FakeEsp() as esp:
        deliver(esp, name, readers(2))
    headers = titled(esp.provider.mails["reader2@example.org"])
    ours = name in ("mailgun", "postmark", "sparkpost")
    assert headers.get("Message-Id") == ("<id2@letters.example>" if ours else None)
    assert headers.get("X-Pm-Keepid") == ("true" if name == "postmark" else None)


WRITTEN = (
    "Write {{ name }}, {{{raw}}}, {{params.unsubscribe}} or {% if %} and {# so #} on; "
    "100%recipient.unsubscribe% of %unsubscribe_url%, 5%, %recipient% and }} {{"
)


def test_what_the_author_wrote_in_the_providers_syntax_stays_as_it_is(name: str) -> None:
    text = f"{WRITTEN}{{"  # and one brace beside the slot
    style = "<style>@media x{a{b:c}}</style>"
    form = letter(subject=WRITTEN, text=text, html=f"{style}{WRITTEN}{{")
    with FakeEsp() as esp:
        notes = deliver(esp, name, readers(3, form))
    assert set(notes.answers.values()) == {ServerAnswer.ACCEPTED}, notes.outcomes
    link = "https://letters.example/unsubscribe/body3/"
    mail = esp.provider.mails["reader3@example.org"]
    assert mail.subject == WRITTEN
    assert mail.text == f"{text}\nUnsubscribe: {link}\n"
    assert mail.html == f'{style}{WRITTEN}{{<a href="{link}">Unsubscribe</a>'


def test_a_sender_whose_name_looks_like_a_merge_field_keeps_it(name: str) -> None:
    with FakeEsp() as esp:
        deliver(esp, name, readers(1, letter(sender='"{{x}} %recipient.y%" <ada@letters.example>')))
    assert "{{x}} %recipient.y%" in esp.provider.mails["reader1@example.org"].sender


def test_a_letter_of_text_alone_has_no_html(name: str) -> None:
    with FakeEsp() as esp:
        deliver(esp, name, readers(2, letter(html="")))
    mail = esp.provider.mails["reader2@example.org"]
    assert mail.html == ""
    assert "body2" in mail.text


def test_a_list_name_in_other_letters_does_not_stop_the_mail(name: str) -> None:
    with FakeEsp() as esp:
        notes = deliver(esp, name, readers(1, letter(list_name="Lettres à Zoé")))
    assert notes.answers == {1: ServerAnswer.ACCEPTED}
    headers = titled(esp.provider.mails["reader1@example.org"])
    assert headers["List-Id"].endswith("<letters.letters.example>")


def test_a_call_carries_one_variant_of_one_mailing(name: str) -> None:
    plain, other = letter(), letter(text="Shorter.\n")
    messages = [
        outgoing(subscriber_id, (plain, other)[subscriber_id % 2]) for subscriber_id in range(1, 7)
    ]
    messages += [outgoing(9, plain, mailing=8)]
    with FakeEsp() as esp:
        notes = deliver(esp, name, messages)
    assert [subscriber_ids for subscriber_ids, _ in notes.calls] == [[1, 3, 5], [2, 4, 6], [9]]
    assert esp.provider.mails["reader3@example.org"].text.startswith("Shorter")
    assert esp.provider.mails["reader4@example.org"].text.startswith("Rest")
    assert esp.provider.mails["reader9@example.org"].metadata["mailing"] == "8"


def test_the_largest_call_is_used_and_no_larger_one(name: str) -> None:
    most = {"resend": 100, "ses": 50}.get(name, 120)
    with FakeEsp() as esp:
        notes = deliver(esp, name, readers(120))
    assert max(len(subscriber_ids) for subscriber_ids, _ in notes.calls) == most
    assert len(esp.provider.addresses) == 120
    assert esp.provider.connections == 2  # the look whether it is there, and one for all calls


def test_a_test_mail_carries_no_ids_of_the_ledger(name: str) -> None:
    message = outgoing(1, letter(), mailing=0)
    with FakeEsp() as esp:
        notes = deliver(esp, name, [message])
    assert notes.answers == {1: ServerAnswer.ACCEPTED}
    assert esp.provider.mails["reader1@example.org"].metadata == {}


def test_one_address_twice_is_two_calls(name: str) -> None:
    first, second = readers(2)
    second.address = first.address
    with FakeEsp() as esp:
        notes = deliver(esp, name, [first, second])
    assert [subscriber_ids for subscriber_ids, _ in notes.calls] == [[1], [2]]
    assert esp.provider.addresses == [first.address] * 2


def test_two_readers_with_the_same_link_are_never_mailed(name: str) -> None:
    messages = readers(3)
    messages[2].one_click = messages[0].one_click
    notes = Notes()
    with FakeEsp() as esp, opened(esp, name) as session, pytest.raises(NotHerOwn):
        session.deliver(feed(messages), notes)
    assert (notes.calls, notes.outcomes, esp.provider.calls) == ([], [], [])
