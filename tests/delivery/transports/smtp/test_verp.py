from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from posts.delivery.transports.smtp import verp
from posts.delivery.transports.smtp.verp import Verp
from subscribers.addresses import LONGEST_LOCAL_PART

pytestmark = pytest.mark.django_db
OURS = Verp("bounces", "letters.example.org")
LARGEST = (2**31 - 1, 2**63 - 1)


def test_an_address_leads_back_to_its_delivery() -> None:
    assert OURS.read(OURS.sender(5, 7)) == (5, 7)
    assert OURS.read(f"<{OURS.sender(5, 7).upper()}>") == (5, 7)
    assert OURS.sender(5, 7).startswith("bounces+5-7-")
    assert OURS.sender(5, 7) == OURS.sender(5, 7)


def test_no_address_is_too_long_for_a_mail_server() -> None:
    longest = Verp("b" * 20, "letters.example.org").sender(*LARGEST)
    assert len(longest.partition("@")[0]) <= LONGEST_LOCAL_PART


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.replace("+5-", "+6-"),
        lambda a: a.replace("-7-", "-8-"),
        lambda a: a.replace("letters.", "other."),
        lambda a: a.replace("bounces", "bouncez"),
        lambda a: a.replace("bounces", ""),
        lambda a: a.replace("@", "x@"),
        lambda a: a.partition("@")[0],
    ],
)
def test_forged_ones_are_refused(change: Callable[[str], str]) -> None:
    assert OURS.read(change(OURS.sender(5, 7))) is None


@given(st.text(max_size=80))
def test_any_text_is_read_without_harm(text: str) -> None:
    assert OURS.read(text) is None
    assert OURS.read(f"bounces+5-7-{text}@letters.example.org") is None


def test_email_url_says_which_mailbox(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://localhost?connections=4&verp=Bounces@Letters.example.org"
    assert verp.current() == OURS
    settings.EMAIL_URL = "smtp://localhost?connections=4"
    assert verp.current() is None


@pytest.mark.parametrize("value", ["bounces", "b+c@letters.example.org", f"{'b' * 21}@a.example"])
def test_a_mailbox_that_cannot_be_used_is_refused(value: str, settings: Settings) -> None:
    settings.EMAIL_URL = f"smtp://localhost?verp={value.replace('+', '%2B')}"
    with pytest.raises(ImproperlyConfigured, match="verp="):
        verp.current()


def test_making_one_asks_no_database(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://localhost?verp=bounces@letters.example.org"
    ours = verp.current()
    assert ours is not None
    verp.fetch_key()
    with CaptureQueriesContext(connection) as made:
        ours.sender(5, 7)
    assert not made.captured_queries
