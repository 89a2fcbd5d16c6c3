"""The desk speaks of letters and people, on every screen, whatever state a mailing is in."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from posts.content.models import PostPage
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Heartbeat, Mailing
from posts.delivery.transports.verdict import BLOCKED
from posts.desk import plain
from tests.delivery.making import settle
from tests.factories import make_newsletter, make_post, make_subscriber
from tests.test_addresses import (  # noqa: F401 - two of them are fixtures
    Values,
    is_ours,
    outbox,
    places,
    values,
)

# What a mailing may say of itself was written for whoever repairs the machine.
PROBLEM = (
    "The mail server mail.letters.example:587 refused the login: 535 5.7.8. Check user and "
    "password in EMAIL_URL, start it with `uv run celery -A config worker`, and look into "
    "/srv/passalong/var/journal. One row is in_doubt of 4 candidates."
)
OURS_ALONE = re.compile(
    r"\b(?:attempting|candidates?|celery|uv run|manage\.py|workers?|broker|redis|batch(?:es)?"
    r"|transport|ledger|journal|traceback|exception|webhooks?|json)\b"
    r"|\b[A-Za-z]+_[A-Za-z_]+\b"  # in_doubt, EMAIL_URL, and every name in Python
    r"|\b(?:posts|subscribers|config)\.\w+|\w\(\)"
    r"|(?<![\w:/.])/(?:srv|var|tmp|home|usr|etc|root)\b",
    re.IGNORECASE,
)


def words(html: bytes) -> str:
    """What is read or heard on a page, but for what an administrator asks for."""
    soup = BeautifulSoup(html, "html.parser")
    for unseen in soup.select("head > :not(title), script, style, template, .desk-technical"):
        unseen.decompose()
    spoken = [
        str(tag[name])
        for name in ("alt", "aria-label", "placeholder", "title")
        for tag in soup.select(f"main [{name}]")
    ]
    main = soup.select_one("main") or soup
    return "\n".join([main.get_text("\n"), *spoken])


@pytest.fixture
def mailings(owner: User) -> list[int]:
    """One in each state, and one of which every letter has met with something else."""
    newsletter = make_newsletter()
    for _ in Delivery.State:
        make_subscriber(newsletter)
    made = []
    for state in Mailing.State:
        for problem in ("", PROBLEM):
            post = make_post(title="Slow tea", newsletter=newsletter)
            mailing = start_mailing(post=post, by="ada", hold=60)[0]
            fields = {"state": state, "problem": problem, "starts_at": _begins(state)}
            Mailing.objects.filter(pk=mailing.pk).update(**fields)
            made.append(mailing.pk)
    last = Mailing.objects.get(pk=made[-1])
    words = {Delivery.State.LEFT_OUT: "resting"}
    settle(last, *((state, words.get(state, "550 no such user here")) for state in Delivery.State))
    refused = Delivery.objects.filter(mailing=last, state=Delivery.State.REFUSED)
    refused.update(reason=BLOCKED)
    for action in ("held", "resend doubts", "retry failed"):
        last.events.create(by="machine", action=action, detail=PROBLEM)
    return made


def _begins(state: str) -> object:
    ahead = state in (Mailing.State.SCHEDULED, Mailing.State.HELD)
    return timezone.now() + timedelta(hours=1 if ahead else -1)


def screens(values: Values) -> Iterator[str]:  # noqa: F811
    ours = [place for place in places() if is_ours(place) and place.route.startswith("admin/")]
    assert len(ours) > 60
    yield "/admin/"
    for place in ours:
        yield from place.addresses(values)


def test_no_screen_speaks_of_programs(
    desk: Client,
    values: Values,  # noqa: F811
    mailings: list[int],
) -> None:
    Heartbeat.objects.all().delete()
    values["mailing_id"] = [*values["mailing_id"], *mailings]
    values["subscriber_id"] += Delivery.objects.values_list("subscriber_id", flat=True)
    shown, found = 0, {}
    for address in screens(values):
        answer = desk.get(address)
        body = answer.getvalue() if answer.streaming else answer.content
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            shown += 1
            if said := sorted(set(OURS_ALONE.findall(words(body)))):
                found[address] = said
    assert shown > 60
    assert found == {}


def test_an_administrator_finds_the_names_and_the_machine_s_own_words(
    desk: Client, mailings: list[int]
) -> None:
    page = desk.get(f"/admin/mailings/{mailings[-1]}/").content
    technical = " ".join(
        part.get_text(" ") for part in BeautifulSoup(page, "html.parser").select(".desk-technical")
    )
    for state in ("waiting", *Delivery.State.labels):
        assert str(state) in technical
    assert PROBLEM in technical


def test_a_sentence_that_everybody_understands_is_left_as_it_is() -> None:
    said = "12 recipients in a row were refused; the last answer was: 550 go away."
    assert plain.told(said) == plain.Told(said)


@pytest.mark.parametrize("email_url", ["smtp://mail.letters.example", "carrier-pigeon://", "smtp:"])
def test_neither_does_the_page_before_the_press_where_mail_cannot_leave(
    desk: Client, draft: PostPage, settings: LazySettings, email_url: str
) -> None:
    settings.EMAIL_URL = email_url
    page = desk.get(f"/admin/posts/{draft.pk}/email/").content
    assert "can’t be emailed yet" in words(page)
    assert OURS_ALONE.findall(words(page)) == []


def test_the_words_that_are_looked_for_are_found() -> None:
    assert {"EMAIL_URL", "uv run", "celery", "in_doubt", "candidates"} <= set(
        OURS_ALONE.findall(PROBLEM)
    )
