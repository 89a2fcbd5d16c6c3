"""The command that makes a post of a file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.content.rendering import render_text_body
from posts.delivery.models import Mailing
from posts.sharing.queries import share_url
from tests.content.importing.making import TEXTS
from tests.content.importing.words import words
from tests.factories import make_newsletter, make_subscriber

LETTER = TEXTS / "pacing.txt"
TITLE = "Pacing Without Apology: Notes from a Slow Month"

Refused = Callable[..., str]


@pytest.fixture
def refused(db: None) -> Refused:
    def run(*arguments: object) -> str:
        with pytest.raises(CommandError) as error:
            call_command("import_post", *map(str, arguments))
        assert error.value.returncode == 2
        assert not PostPage.objects.exists()
        return str(error.value)

    return run


def _last_line(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    answer: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return answer


@pytest.mark.django_db
def test_a_text_becomes_a_draft(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_post", LETTER)
    post = PostPage.objects.get()
    assert (post.title, post.live) == (TITLE, False)
    said = capsys.readouterr().out
    assert "1 quote of 3 lines, 3 named reasons" in said
    assert "A draft, which nobody sees" in said
    assert f"/admin/pages/{post.pk}/edit/" in said


@pytest.mark.django_db
def test_a_draft_has_no_share_link_yet(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_post", LETTER, "--json")
    assert _last_line(capsys) == {
        "slug": "pacing-without-apology-notes-from-a-slow-month",
        "url": "http://localhost:8000/pacing-without-apology-notes-from-a-slow-month/",
        "share_url": None,
        "mailing": None,
    }


@pytest.mark.django_db
def test_published_it_is_live_and_can_be_passed_along(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_post", LETTER, "--publish", "--json")
    post = PostPage.objects.get()
    assert post.live
    assert _last_line(capsys)["share_url"] == share_url(post)


def test_emailed_it_has_its_first_mailing(
    site: Foundation, capsys: pytest.CaptureFixture[str]
) -> None:
    make_subscriber(site.newsletter)
    call_command("import_post", LETTER, "--publish", "--email", "--json")
    mailing = Mailing.objects.get(post__title=TITLE)
    assert mailing.candidates == 1
    assert _last_line(capsys)["mailing"] == mailing.pk


@pytest.mark.django_db
def test_title_slug_and_newsletter_can_be_given() -> None:
    newsletter = make_newsletter()
    call_command("import_post", LETTER, title="Slow", slug="slowly", newsletter=newsletter.slug)
    post = PostPage.objects.get()
    assert (post.title, post.slug, post.newsletter) == ("Slow", "slowly", newsletter)


@pytest.mark.django_db
def test_the_language_is_what_is_given_or_what_the_file_says(
    tmp_path: Path, client: Client
) -> None:
    file = tmp_path / "ruhe.md"
    file.write_text("---\nlang: de\n---\n# Ruhe\n\nEin Wort.")
    call_command("import_post", file, publish=True)
    call_command("import_post", file, language="fr")
    assert [post.language for post in PostPage.objects.order_by("pk")] == ["de", "fr"]
    assert '<html lang="de"' in client.get("/ruhe/").text


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(CommandError, match="'en', 'es', 'fr', 'de'"):
        call_command("import_post", str(LETTER), "--language", "tlh")


@pytest.mark.django_db
def test_a_reserved_or_taken_slug_gets_a_number() -> None:
    for slug in ("archive", "rivers", "rivers"):
        call_command("import_post", LETTER, slug=slug)
    assert set(PostPage.objects.values_list("slug", flat=True)) == {
        "archive-2",
        "rivers",
        "rivers-2",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["pacing.txt", "krankenhaustage.txt", "jours_lents.txt"])
def test_every_word_of_the_file_is_on_the_page(name: str) -> None:
    call_command("import_post", TEXTS / name)
    post = PostPage.objects.get()
    page = words(f"{post.title} {render_text_body(post)}")
    assert [word for word in words((TEXTS / name).read_text()) if word not in page] == []


@pytest.mark.django_db
def test_notes_go_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes("Größe\nEin Satz.".encode("cp1252"))
    call_command("import_post", file, "--json")
    assert "Windows-1252" in capsys.readouterr().err


@pytest.mark.django_db
def test_and_name_the_option_that_helps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "evening.html").write_text("<p>Soon.</p>")
    call_command("import_post", tmp_path / "evening.html")
    assert "Give it another if you like. (Here: --title.)" in capsys.readouterr().err


def test_emailing_a_draft_is_refused(refused: Refused) -> None:
    assert "add --publish" in refused(LETTER, "--email")


def test_a_file_that_is_not_there_is_refused(refused: Refused) -> None:
    assert "There is no file" in refused("no-such-letter.txt")


def test_an_unknown_newsletter_is_refused_with_those_there_are(refused: Refused) -> None:
    newsletter = make_newsletter()
    assert newsletter.slug in refused(LETTER, "--newsletter", "gazette")


def test_when_it_cannot_be_emailed_nothing_is_imported(site: Foundation, refused: Refused) -> None:
    assert "Nothing was imported" in refused(LETTER, "--publish", "--email")
    assert not Mailing.objects.exists()
