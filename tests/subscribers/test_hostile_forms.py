"""Whatever is thrown at the public pages, they answer; none of it becomes mail to a wrong place.

10,000 examples of each: HOSTILE_SIZE=full uv run pytest tests/subscribers/test_hostile_forms.py
"""

from email import message_from_bytes
from email.policy import default
from itertools import count
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client, override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from posts.content.actions import ensure_site
from subscribers import pasting, tasks, waiting
from subscribers.addresses import AddressRefused
from subscribers.mailed_tokens import TokenPurpose, mailed_text
from subscribers.models import Subscriber
from tests.factories import make_newsletter
from tests.hostility import EXAMPLES
from tests.subscribers.making import body_token, header_token, mail_row, sign_up, subscribed

NASTY = st.one_of(
    st.text(max_size=60),
    st.emails(),
    st.sampled_from(
        [
            "ada@example.org\r\nBcc: all@example.org",
            "ada@example.org%0d%0aBcc:all@example.org",
            "{{ settings.SECRET_KEY }}@example.org",
            "{% load x %}",
            "<script>alert(1)</script>@example.org",
            "' OR 1=1 --@example.org",
            "\0@example.org",
            "ada@例え.jp",
            "ada@" + "a" * 65_536 + ".org",
            "a" * 65_536,
            "\u202eada@example.org",
            "\ufeffada@example.org",
            "ada@xn--a.example",
            "ada@[127.0.0.1]",
            '"ada\\r\\nBcc: all"@example.org',
            "ada@example.org, all@example.org",
            "ada@example.org;all@example.org",
            "Ada <ada@example.org>",
            "{{ newsletter.from_email }}@example.org",
            "%recipient.name%@example.org",
            "{{{params.x}}}@example.org",
            "info@example.org",
            "ada@mailinator.com",
        ]
    ),
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["email", "newsletter", "website", "wording", "do", "List-Unsubscribe", "sure", "proof"]
    ),
    st.one_of(NASTY, st.lists(NASTY, max_size=3)),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Origin", "Referer", "Sec-Fetch-Site", "Accept-Language", "X-Forwarded-For", "User-Agent"]
    ),
    st.text(
        st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=40
    ),
)


def assert_as_composed(message: EmailMessage, fields: dict[str, Any]) -> None:
    """Read as a mail program does: one of each header that we write, and no other."""
    read = message_from_bytes(message.message().as_bytes(), policy=default)
    names = [name.lower() for name in read]
    assert len(names) == len(set(names))
    assert not {"bcc", "cc", "resent-to"} & set(names)
    assert len(read["To"].addresses) == 1
    assert read["To"].addresses[0].addr_spec == message.recipients()[0]
    body = read.get_body(("plain",))
    assert body is not None
    for typed in fields.values():
        # No words of a visitor's in a mail that goes to somebody else: "HELLO {{ x }}" neither.
        if isinstance(typed, str) and len(typed) > 12 and "@" not in typed:
            assert typed not in body.get_content()


# Counts in the database are rolled back with each example; those in Redis would stay.
@pytest.mark.slow
@override_settings(REDIS_URL="")
class HostileForms(TestCase):
    places: ClassVar[list[str]]

    @classmethod
    def setUpTestData(cls) -> None:
        ensure_site()
        newsletter = make_newsletter(slug="second")
        row = subscribed(newsletter, "known@example.org")
        sign_up(newsletter, address="asked@example.org")
        asked = mail_row(address="asked@example.org").token
        assert asked is not None
        cls.places = [
            "/subscribe/",
            "/confirm/x/",
            f"/confirm/{mailed_text(asked, purpose=TokenPurpose.CONFIRM)}/",
            "/unsubscribe/x/",
            f"/unsubscribe/{body_token(row)}/",
            f"/unsubscribe/{header_token(row)}/",
            f"/unsubscribe/{header_token(row)}",
        ]

    def setUp(self) -> None:
        # Another network each time: this is about what is typed, not about how often.
        self.ips = (f"10.{n // 65536 % 256}.{n // 256 % 256}.{n % 256}" for n in count(0, 256))

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=EXAMPLES)
    @given(FIELDS, HEADERS, st.integers(0, 6))
    @example({"email": "ada@example.org", "newsletter": ["second", "\0"]}, {}, 0)
    @example({"email": "ada@example.org", "newsletter": "second", "wording": "\0"}, {}, 0)
    @example(
        {"email": "ada@example.org", "newsletter": "second"},
        {"Referer": "http://testserver/\x01"},
        0,
    )
    def test_every_form_gets_a_clear_answer(
        self, fields: dict[str, Any], headers: dict[str, str], place: int
    ) -> None:
        answer = Client(REMOTE_ADDR=next(self.ips)).post(
            self.places[place], fields, headers=headers
        )
        assert answer.status_code in (200, 403, 404, 422)
        assert b"<h1>" in answer.content or answer["Content-Type"].startswith("text/plain")
        assert not answer.cookies
        assert b"<script>alert" not in answer.content
        tasks.mail_what_is_due()
        allowed = set(Subscriber.objects.values_list("address", flat=True))
        for message in mail.outbox:
            assert len(message.recipients()) == 1
            assert set(message.recipients()) <= allowed
            assert_as_composed(message, fields)
        mail.outbox.clear()

    @settings(deadline=None, max_examples=EXAMPLES)
    @given(NASTY)
    def test_only_the_address_itself_is_mailed(self, typed: str) -> None:
        form = {"email": typed, "newsletter": "second", "sure": "yes"}
        Client(REMOTE_ADDR=next(self.ips)).post("/subscribe/", form)
        waiting.take_all_up()
        try:
            expected = {pasting.read(typed.strip()).address.normalised}
        except AddressRefused:
            expected = set()
        already = {"known@example.org", "asked@example.org"}
        found = set(Subscriber.objects.values_list("address", flat=True))
        assert found - already == expected - already


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"email=a%00b&newsletter=%ff", "application/x-www-form-urlencoded"),
        (b"email=x", "text/plain"),
        (b"{", "application/json"),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data; boundary=" + "x" * 300),
        (b"email=x", "application/x-www-form-urlencoded; charset=nonsense"),
    ],
)
@pytest.mark.parametrize("address", ["/subscribe/", "/unsubscribe/AAAAAAAAAAAAAAAAAAAAAA/"])
def test_a_damaged_body_is_no_server_error(body: bytes, content_type: str, address: str) -> None:
    ensure_site()
    answer = Client().generic("POST", address, body, content_type=content_type)
    assert answer.status_code in (400, 404, 422)
    assert not Subscriber.objects.exists()
