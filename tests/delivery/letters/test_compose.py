"""Each message meets the standards listed for mail; each line of the list is a test."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from posts.content.actions import Foundation
from posts.delivery.letters.compose import Addresser
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import start_mailing
from posts.delivery.mailings.test_mail import send_test
from posts.delivery.models import Mailing
from posts.delivery.transports.direct import NotAccepted
from posts.sharing.queries import share_url
from subscribers.models import Newsletter
from tests.delivery.letters.headers_read import by_python, strictly
from tests.delivery.making import drain, outbox
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter() -> Newsletter:
    return make_newsletter(
        name="Langsame Morgen – für müde Tage",
        slug="slow",
        from_name="Ada Färn",
        from_email="ada@letters.example",
        reply_to="reply@letters.example",
        postal_address="Fern House, 1 Quiet Lane, Ghent",
    )


@pytest.fixture
def message(site: Foundation, newsletter: Newsletter) -> EmailMessage:
    make_subscriber(newsletter, address="reader@example.org")
    post = make_post(title="Müde sein ist erlaubt", newsletter=newsletter, language="de")
    start_mailing(post=post, by="ada")
    drain()
    [message] = outbox()
    return message


def parts(message: EmailMessage) -> tuple[str, str]:
    plain = message.get_body(preferencelist=("plain",))
    html = message.get_body(preferencelist=("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_one_click_unsubscribing_is_offered_by_one_https_or_http_address(
    message: EmailMessage,
) -> None:
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    value = message["List-Unsubscribe"]
    assert value.startswith("<http://localhost:8000/unsubscribe/")
    assert value.count("<") == 1


def test_the_list_headers_are_complete(message: EmailMessage) -> None:
    assert message["List-Id"].endswith("<slow.letters.example>")
    assert message["List-Id"].startswith("Langsame Morgen")
    assert message["List-Post"] == "NO"
    assert message["List-Owner"] == "<mailto:reply@letters.example>"
    assert message["List-Help"]
    assert message["List-Archive"]
    assert message["X-Mailing"] == str(Mailing.objects.get().pk)


def test_the_feedback_id_has_four_fields_and_nothing_of_the_reader(message: EmailMessage) -> None:
    fields = message["Feedback-ID"].split(":")
    assert len(fields) == 4
    assert fields[-1] == "passalong"
    assert "reader" not in message["Feedback-ID"]


def test_the_message_id_is_ours_and_says_nothing_of_the_reader(message: EmailMessage) -> None:
    assert message["Message-ID"].endswith("@letters.example>")
    assert "reader" not in message["Message-ID"]


def test_sender_and_reply_to_are_the_newsletters(message: EmailMessage) -> None:
    assert message["From"] == "Ada Färn <ada@letters.example>"
    assert message["Reply-To"] == "reply@letters.example"


def test_the_text_stands_before_the_html_and_both_are_quoted_printable(
    message: EmailMessage,
) -> None:
    leaves = [part for part in message.walk() if not part.is_multipart()]
    assert [leaf.get_content_type() for leaf in leaves] == ["text/plain", "text/html"]
    assert {leaf["Content-Transfer-Encoding"] for leaf in leaves} == {"quoted-printable"}
    assert not any(leaf.defects for leaf in leaves)


def test_lines_are_short_ascii_and_the_unsubscribe_header_is_not_folded(
    message: EmailMessage, tmp_path: Path
) -> None:
    [file] = (tmp_path / "outbox" / "new").iterdir()
    raw = file.read_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    [line] = [line for line in raw.split(b"\r\n") if line.startswith(b"List-Unsubscribe: ")]
    assert line.endswith(b">")


def test_language_title_and_address_are_there(message: EmailMessage) -> None:
    plain, html = parts(message)
    assert 'lang="de"' in html
    assert "<title>Müde sein ist erlaubt</title>" in html
    for content in (plain, html):
        assert "Fern House" in content
    assert len(html.encode()) < 90_000


def test_both_parts_have_the_readers_own_unsubscribe_link_and_no_open_slot(
    message: EmailMessage,
) -> None:
    header_link = message["List-Unsubscribe"].strip("<>")
    for content in parts(message):
        assert "http://localhost:8000/unsubscribe/" in content
        assert header_link not in content
        assert "slot" not in content


def test_nothing_else_in_the_mail_tells_two_readers_apart(
    site: Foundation, newsletter: Newsletter
) -> None:
    for address in ("one@example.org", "two@example.org"):
        make_subscriber(newsletter, address=address)
    start_mailing(post=make_post(newsletter=newsletter), by="ada")
    drain()
    bodies = []
    for message in outbox():
        plain, html = parts(message)
        address = plain.split("/unsubscribe/")[1].split("/")[0]
        bodies.append((plain.replace(address, "X"), html.replace(address, "X")))
        assert message["To"] not in plain + html
    assert bodies[0] == bodies[1]


def test_a_post_for_subscribers_is_read_online_through_its_share_link(site: Foundation) -> None:
    post = make_post(visibility="subscribers")
    make_subscriber(post.newsletter)
    start_mailing(post=post, by="ada")
    drain()
    [message] = outbox()
    for content in parts(message):
        assert share_url(post) in content


def test_djangos_own_mails_take_the_same_way_out_as_quoted_printable(
    settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"
    mail = EmailMultiAlternatives(
        "Schön", ".Punkt am Anfang – ja", "ada@letters.example", ["reader@example.org"]
    )
    mail.attach_alternative("<p>Schön</p>", "text/html")
    assert mail.send() == 1
    [message] = outbox()
    plain, html = parts(message)
    assert plain.strip() == ".Punkt am Anfang – ja"
    assert html.strip() == "<p>Schön</p>"
    [file] = (tmp_path / "outbox" / "new").iterdir()
    assert file.read_bytes().isascii()
    assert not any(line.startswith(b".") for line in file.read_bytes().split(b"\r\n"))


def test_djangos_own_mails_have_headers_as_letters_have(settings: Settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"
    subject = "Пожалуйста, подтвердите подписку на «Письма из библиотеки на углу, о хлебе и соли»"
    EmailMultiAlternatives(
        subject,
        "x",
        '"Ада Лавлейс и все, кто с ней пишет эти письма" <ada@straße.example>',
        ["Zoë <zoe@example.org>", "bea@example.org"],
        reply_to=["Ада <ada@letters.example>"],
        headers={"Message-ID": "<x@letters.example>", "Auto-Submitted": "auto-generated"},
    ).send()
    content = next((tmp_path / "outbox" / "new").iterdir()).read_bytes()
    head = content.partition(b"\r\n\r\n")[0].decode("ascii")
    fields = re.split(r"\r\n(?! )", head)
    named = {line.partition(":")[0]: line + "\r\n" for line in fields}
    assert len(named) == len(fields)
    assert strictly(named["Subject"]) == by_python(named["Subject"]) == subject
    assert named["From"].endswith(" <ada@xn--strae-oqa.example>\r\n")
    assert named["To"] == "To: =?utf-8?Q?Zo=C3=AB?= <zoe@example.org>, bea@example.org\r\n"
    assert named["Message-ID"] == "Message-ID: <x@letters.example>\r\n"
    assert named["Auto-Submitted"] == "Auto-Submitted: auto-generated\r\n"
    assert named["Date"].endswith(" +0000\r\n")
    for line in named.values():
        strictly(line)


def test_a_mail_of_our_own_to_an_address_that_no_server_takes_has_not_left(
    settings: Settings,
) -> None:
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"
    with pytest.raises(NotAccepted) as refused:
        EmailMultiAlternatives("x", "x", "a@letters.example", ["jörg@example.org"]).send()
    assert refused.value.permanent
    assert outbox() == []


def test_a_sender_edited_on_the_way_changes_neither_envelope_nor_message_id(
    site: Foundation, newsletter: Newsletter
) -> None:
    """A retry must look like the first attempt, and the envelope like the frozen From."""
    make_subscriber(newsletter)
    mailing, _ = start_mailing(post=make_post(newsletter=newsletter), by="ada")
    Newsletter.objects.filter(pk=newsletter.pk).update(
        from_email="new@elsewhere.example", from_name="Somebody"
    )
    drain()
    [message] = outbox()
    assert message["From"] == "Ada Färn <ada@letters.example>"
    assert message["Message-ID"].endswith("@letters.example>")
    assert Addresser(Mailing.objects.get(pk=mailing.pk)).sender == "ada@letters.example"


def test_line_breaks_in_names_and_subjects_make_no_headers(site: Foundation) -> None:
    newsletter = make_newsletter(
        name="Slow\r\nX-Evil: 1", from_name="Ada\r\nBcc: victim@example.org"
    )
    make_subscriber(newsletter)
    start_mailing(post=make_post(newsletter=newsletter, mail_subject="Rest\nX-Evil: 2"), by="ada")
    drain()
    [message] = outbox()
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["Subject"] == "Rest X-Evil: 2"
    assert [address.addr_spec for address in message["From"].addresses] == ["ada@letters.example"]


def test_a_sender_with_letters_in_the_domain_is_written_in_ascii(
    site: Foundation, tmp_path: Path
) -> None:
    newsletter = make_newsletter(from_email="ada@bücher.example", reply_to="r@bücher.example")
    make_subscriber(newsletter)
    start_mailing(post=make_post(newsletter=newsletter), by="ada")
    drain()
    [message] = outbox()
    assert [address.addr_spec for address in message["From"].addresses] == [
        "ada@xn--bcher-kva.example"
    ]
    assert message["Reply-To"] == "r@xn--bcher-kva.example"
    assert message["Message-ID"].endswith("@xn--bcher-kva.example>")
    [file] = (tmp_path / "outbox" / "new").iterdir()
    assert file.read_bytes().isascii()


def test_a_sender_that_no_server_takes_is_refused_before_anything_starts(site: Foundation) -> None:
    newsletter = make_newsletter(from_email="adä@letters.example")
    make_subscriber(newsletter)
    post = make_post(newsletter=newsletter)
    with pytest.raises(DeliveryRefused, match="newsletter's settings"):
        start_mailing(post=post, by="ada")
    with pytest.raises(DeliveryRefused, match="newsletter's settings"):
        send_test(post=post, address="ada@example.org", by="ada")
    assert not Mailing.objects.exists()


def test_a_discreet_envelope_names_neither_newsletter_nor_writer(site: Foundation) -> None:
    newsletter = make_newsletter(
        name="Living with lupus", slug="lupus", from_name="Lupus & Light", from_email="a@l.example"
    )
    make_subscriber(newsletter, address="reader@example.org", discreet=True)
    start_mailing(post=make_post(title="Lupus in winter", newsletter=newsletter), by="ada")
    drain()
    [letter] = outbox()
    assert letter["From"] == "A letter for you <a@l.example>"
    assert letter["Subject"] == "A note for you"
    # What stays for the mail program to sort by is shown by some beside the sender.
    assert letter["List-Id"] == f"<list-{newsletter.pk}.l.example>"
    assert "lupus" not in letter["Feedback-ID"]
