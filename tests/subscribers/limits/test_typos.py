"""“Did you mean gmail.com?” for slips of the finger, and for nothing else."""

import re

import pytest
from django.test import Client
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from posts.content.actions import Foundation
from subscribers import waiting
from subscribers.addresses import AddressRefused, normalise
from subscribers.limits.typos import PROVIDERS, meant
from subscribers.models import Subscriber
from tests.factories import make_newsletter


@pytest.mark.parametrize(
    ("typed", "provider"),
    [
        *((slip, "gmail.com") for slip in ("gmial.com", "gmai.com", "gmaill.com", "gnail.com")),
        *((slip, "gmail.com") for slip in ("gmail.con", "gmail.co", "gmail.cm", "gmail.comm")),
        *((slip, "gmail.com") for slip in ("gmial.con", "GMAIL.CON", "gmail", "gmail,com")),
        *((slip, "gmail.com") for slip in ("gmail.com.", "gmail..com", "gamil.com", "gmail.cmo")),
        *((slip, "hotmail.com") for slip in ("hotmial.com", "hotmal.com", "hotmail.con")),
        *((slip, "yahoo.com") for slip in ("yaho.com", "yahooo.com", "yahoo.con", "yhaoo.com")),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("outlok.com", "outlook.com"),
        ("iclod.com", "icloud.com"),
        ("protonmial.com", "protonmail.com"),
        ("gmx.dee", "gmx.de"),
        ("gmx.ney", "gmx.net"),
        ("wbe.de", None),
        ("t-onlin.de", "t-online.de"),
        ("freenet.d", "freenet.de"),
        ("orang.fr", "orange.fr"),
        ("wanado.fr", "wanadoo.fr"),
        ("lapost.net", "laposte.net"),
        ("hotmail.frr", "hotmail.fr"),
    ],
)
def test_a_slip_of_the_finger_is_noticed(typed: str, provider: str | None) -> None:
    assert meant(f"Ada.Fern@{typed}") == (provider and f"Ada.Fern@{provider}")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_right_is_not_asked_about(provider: str) -> None:
    assert meant(f"ada@{provider}") is None
    assert meant(f" ADA@{provider.upper()} ") is None


@pytest.mark.parametrize(
    "domain",
    [
        *("example.org", "mail.com", "email.com", "ymail.com", "me.com", "mac.com", "gmx.at"),
        *("yahoo.it", "yahoo.ca", "hotmail.be", "hotmail.nl", "outlook.at", "live.nl", "web.at"),
        *("gmail.example.org", "orange.com", "aol.de", "msn.cn", "proton.ch", "wed.de", "gym.com"),
        *("", "com", "x" * 300, "gmäil.com", "letters.example", "free.fr", "posteo.de"),
    ],
)
def test_others_that_are_near_are_left_alone(domain: str) -> None:
    assert meant(f"ada@{domain}") is None


@given(st.one_of(st.text(max_size=60), st.emails()))
def test_whatever_is_typed_is_looked_at_without_a_fault(typed: str) -> None:
    instead = meant(typed)
    assert instead is None or instead.rpartition("@")[2] in PROVIDERS


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_letter_that_is_missing_doubled_or_turned_round(provider: str) -> None:
    """Of the names with more than four letters. A slip may lead to another usual provider."""
    name, _, ending = provider.partition(".")
    if len(name) <= 4:
        return
    for at in range(len(name)):
        missing = name[:at] + name[at + 1 :]
        doubled = name[:at] + name[at] + name[at:]
        for slip in (missing, doubled):
            assert meant(f"ada@{slip}.{ending}") is not None or slip in ("mail", "ymail", "cloud")


# --- On the form ------------------------------------------------------------------------------


def post(client: Client, **fields: object) -> tuple[int, str]:
    answer = client.post("/subscribe/", fields)
    waiting.take_all_up()
    return answer.status_code, answer.content.decode()


def pressed(html: str, words: str) -> dict[str, list[str]]:
    """What the browser sends when the button with these words is pressed."""
    [form] = [form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if words in form]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    button = re.search(rf'<button[^>]* name="(\w+)" value="([^"]*)">{words}', form)
    assert button
    return fields | {button[1]: [button[2]]}


@pytest.mark.parametrize("typed", ["ada@gmial.com", "ada@gmail.con"])
def test_one_press_takes_what_is_offered(client: Client, site: Foundation, typed: str) -> None:
    other = make_newsletter()
    status, html = post(client, email=typed, newsletter=[other.slug], wording="sign-up 1")
    assert status == 200
    assert "thrown away" not in html
    assert not Subscriber.objects.exists()
    status, html = post(client, **pressed(html, "Yes, use ada@gmail.com"))
    assert "Look in your mailbox" in html
    person = Subscriber.objects.get()
    assert person.address == "ada@gmail.com"
    assert person.subscriptions.get().newsletter == other
    assert person.consent_events.get().wording_version == "sign-up 1"


def test_one_press_insists(client: Client, site: Foundation) -> None:
    _, html = post(client, email="ada@gmial.com")
    _, html = post(client, **pressed(html, "No, use it as I wrote it"))
    assert "Look in your mailbox" in html
    assert Subscriber.objects.get().address == "ada@gmial.com"


@pytest.mark.parametrize("typed", ["ada@gmail", "ada@gmail,com"])
def test_what_could_be_no_address_is_offered_too(
    client: Client, site: Foundation, typed: str
) -> None:
    status, html = post(client, email=typed)
    assert status == 422
    status, html = post(client, **pressed(html, "Yes, use ada@gmail.com"))
    assert "Look in your mailbox" in html


def test_the_field_below_the_offer_sends_what_is_typed_there(
    client: Client, site: Foundation
) -> None:
    _, html = post(client, email="ada@gmail")
    last = re.findall(r"<form.*?</form>", html, re.DOTALL)[-1]
    assert 'type="email"' in last
    assert last.count('type="submit"') == 1, "which is what Enter presses"


@pytest.mark.parametrize("typed", ["ada@gmail", "a b@example.org", "ada@x..org", "ada@[1.2.3.4]"])
def test_no_error_is_in_the_words_of_a_library(typed: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        normalise(typed)
    with pytest.raises(EmailNotValidError) as theirs:
        validate_email(typed, check_deliverability=False)
    assert str(theirs.value) not in refusal.value.message
