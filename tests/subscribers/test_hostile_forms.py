"""Whatever is thrown at the public pages, they answer; none of it becomes mail to a wrong place."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from posts.content.actions import ensure_site
from subscribers import tasks
from subscribers.addresses import AddressRefused, normalise
from subscribers.models import Subscriber
from tests.factories import make_newsletter

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
        ]
    ),
)
FIELDS = st.dictionaries(
    st.sampled_from(["email", "newsletter", "website", "wording", "do", "List-Unsubscribe"]),
    st.one_of(NASTY, st.lists(NASTY, max_size=3)),
)
HEADERS = st.dictionaries(
    st.sampled_from(["Origin", "Referer", "Sec-Fetch-Site", "Accept-Language"]),
    st.text(
        st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=40
    ),
)


class HostileForms(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        ensure_site()
        make_newsletter(slug="second")

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
    @given(FIELDS, HEADERS, st.sampled_from(["/subscribe/", "/confirm/x/", "/unsubscribe/x/"]))
    @example({"email": "ada@example.org", "newsletter": ["second", "\0"]}, {}, "/subscribe/")
    @example(
        {"email": "ada@example.org", "newsletter": "second", "wording": "\0"}, {}, "/subscribe/"
    )
    @example(
        {"email": "ada@example.org", "newsletter": "second"},
        {"Referer": "http://testserver/\x01"},
        "/subscribe/",
    )
    def test_every_form_gets_a_clear_answer(
        self, fields: dict[str, Any], headers: dict[str, str], address: str
    ) -> None:
        answer = Client().post(address, fields, headers=headers)
        assert answer.status_code in (200, 403, 404, 422)
        assert b"<h1>" in answer.content
        assert b"<script>alert" not in answer.content
        tasks.mail_what_is_due()
        allowed = set(Subscriber.objects.values_list("address", flat=True))
        for message in mail.outbox:
            assert len(message.recipients()) == 1
            assert set(message.recipients()) <= allowed

    @settings(deadline=None, max_examples=60)
    @given(NASTY)
    def test_only_the_address_itself_is_mailed(self, typed: str) -> None:
        form = {"email": typed, "newsletter": "second", "sure": "yes"}
        Client().post("/subscribe/", form)
        tasks.take_up_waiting_sign_ups()
        try:
            expected = {normalise(typed.strip()).normalised}
        except AddressRefused:
            expected = set()
        assert set(Subscriber.objects.values_list("address", flat=True)) == expected


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
