"""What a worker noted stands on each writer's screen in her language, whoever noted it."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape

from posts.delivery import status
from posts.delivery.events.privacy import forget
from posts.delivery.mailings.control import pause_for_problem
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Mailing, MailingEvent
from posts.delivery.transports.smtp import replies
from posts.delivery.worker import ledger
from subscribers.models import Subscriber
from tests.delivery.making import settle
from tests.desk.test_language import chose
from tests.factories import make_newsletter, make_post, make_subscriber

# As the mail server wrote it: in nobody's translation.
ANSWER = "535 5.7.8 Bad credentials for reader@example.org"
GERMAN = "Der Mailserver nimmt Mail nur nach einer Anmeldung an"
FRENCH = "Le serveur de mail ne prend le mail qu’après identification"


@pytest.fixture
def mailing(owner: User) -> Mailing:
    newsletter = make_newsletter()
    make_subscriber(newsletter, address="reader@example.org")
    status.worker_seen("host:1")
    return start_mailing(post=make_post(newsletter=newsletter), by="ada")[0]


@pytest.fixture
def paused(mailing: Mailing) -> Mailing:
    code, _space, text = ANSWER.partition(" ")
    trouble = replies.about_us(int(code), text.encode(), sender="a@letters.example", size=1)
    assert trouble is not None
    pause_for_problem(mailing=mailing, problem=trouble.message)
    mailing.refresh_from_db()
    return mailing


def page_of(mailing: Mailing, desk: Client) -> str:
    return desk.get(f"/admin/mailings/{mailing.pk}/").content.decode()


@pytest.mark.parametrize(("language", "words"), [("de", GERMAN), ("fr", FRENCH)])
def test_why_a_mailing_stopped_is_in_the_language_of_whoever_looks(
    paused: Mailing, desk: Client, owner: User, language: str, words: str
) -> None:
    chose(owner, language)
    page = page_of(paused, desk)
    assert page.count(escape(words)) >= 2  # as what is wrong, and in its history
    assert ANSWER in page
    assert "The mail server takes" not in page


def test_to_a_program_it_stays_english(paused: Mailing, desk: Client, owner: User) -> None:
    chose(owner, "de")
    page_of(paused, desk)
    out = StringIO()
    call_command("mailing", "--id", str(paused.pk), "--json", stdout=out, stderr=StringIO())
    told = json.loads(out.getvalue().splitlines()[-1])
    assert told["problem"].startswith("The mail server takes mail only after a login: 535 ")


def test_what_an_older_version_kept_is_read_as_it_is(
    mailing: Mailing, desk: Client, owner: User
) -> None:
    chose(owner, "de")
    said = "The old mail server said no."
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.PAUSED, problem=said)
    MailingEvent.objects.create(mailing=mailing, by="machine", action="paused", detail="2 people")
    page = page_of(mailing, desk)
    assert said in page
    assert "2 people" in page


def test_what_was_done_counts_people_in_her_language(
    mailing: Mailing, desk: Client, owner: User
) -> None:
    chose(owner, "es")
    assert "1 persona" in page_of(mailing, desk)


def test_so_is_what_we_say_of_one_letter(mailing: Mailing, desk: Client, owner: User) -> None:
    chose(owner, "de")
    settle(mailing, (ledger.State.IN_DOUBT, ledger.NOT_ALL_NOTES))
    assert "Der Rechner blieb mittendrin stehen" in page_of(mailing, desk)


def test_the_home_screen_says_what_is_wrong_in_her_language(
    paused: Mailing, desk: Client, owner: User
) -> None:
    chose(owner, "de")
    home = desk.get("/admin/").content.decode()
    assert "Bring es in Ordnung und setze dann fort." in home
    assert GERMAN in home
    assert "Repair it" not in home


def test_a_list_is_refused_in_her_language(desk: Client, owner: User) -> None:
    chose(owner, "fr")
    newsletter = make_newsletter()
    upload = SimpleUploadedFile("list.csv", b"%PDF-1.7 and more of it")
    answer = desk.post("/admin/imports/", {"file": upload, "newsletter": newsletter.pk})
    assert "Un PDF contient des pages, pas de lignes" in answer.content.decode()


def test_a_text_is_refused_in_her_language(desk: Client, owner: User) -> None:
    chose(owner, "es")
    make_newsletter()
    upload = SimpleUploadedFile("letter.txt", b"{\\rtf1 and more of it}")
    answer = desk.post("/admin/posts/import/", {"chosen": upload}, follow=True)
    assert "es un archivo RTF" in answer.content.decode()


def test_who_is_forgotten_is_gone_from_the_words_within(paused: Mailing) -> None:
    reader = Subscriber.objects.get()
    forget(reader.pk, ["reader@example.org"])
    kept = Mailing.objects.extra(select={"raw": "problem"}).values_list("raw", flat=True)
    assert "reader@example.org" not in kept[0]
    paused.refresh_from_db()
    assert paused.problem.startswith("The mail server takes mail only after a login: 535 ")
