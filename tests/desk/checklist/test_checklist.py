"""What is said of a letter before it leaves, and where each line leads."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import LazySettings
from PIL import Image

from posts.content.actions import Foundation
from posts.content.models import PostPage, SiteSettings
from posts.delivery.mailings.start import start_mailing
from posts.desk.checklist.checklist import Checklist, checklist
from posts.desk.checklist.items import ChecklistItem
from subscribers.models import Newsletter
from tests.factories import add_picture, make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation, settings: LazySettings) -> Newsletter:
    settings.SITE_URL = "https://letters.fern.garden"
    settings.EMAIL_URL = "smtp://mail.fern.garden"
    return make_newsletter(from_email="ada@fern.garden")


def looked_at(newsletter: Newsletter, *, people: int = 3, **fields: Any) -> Checklist:
    defaults = {
        "title": "Tea first",
        "preheader": "A small thing for a slow morning",
        "body": [("paragraph", "<p>Some days the kettle is the whole plan.</p>")],
    }
    post = make_post(newsletter=newsletter, **{**defaults, **fields})
    return checklist(PostPage.objects.get(pk=post.pk), people=people)


def said(items: list[ChecklistItem]) -> str:
    return "\n".join(item.said for item in items)


def test_of_a_letter_that_is_as_it_should_be_nothing_is_left_to_do(newsletter: Newsletter) -> None:
    found = looked_at(newsletter)
    assert (found.mend, found.look, found.unknown) == ([], [], [])
    for word in ("to pass it on", "to unsubscribe", "postal address", "first letter, to 3 people"):
        assert word in said(found.fine)


def test_without_a_word_it_cannot_leave(newsletter: Newsletter) -> None:
    [item] = looked_at(newsletter, body=[]).mend
    assert item.said == "The post has no text yet."
    assert item.url.endswith("/edit/#:w:contentpath=body")


def picture(alt_text: str, *, decorative: bool = False) -> tuple[str, Any]:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    image = add_picture("Hill", BytesIO(file.getvalue()), name="hill.png")
    return "image", {"image": {"image": image, "alt_text": alt_text, "decorative": decorative}}


@pytest.mark.parametrize(
    ("alt_text", "decorative", "expected"),
    [
        ("", False, "A picture has no description."),
        ("IMG_2041.jpg", False, "which is the name of a file"),
        ("A hill in the rain", False, "is described or marked as decorative"),
        ("", True, "is described or marked as decorative"),
    ],
)
def test_who_sees_no_pictures_misses_nothing(
    newsletter: Newsletter, alt_text: str, decorative: bool, expected: str
) -> None:
    body = [("paragraph", "<p>Look.</p>"), picture(alt_text, decorative=decorative)]
    found = looked_at(newsletter, body=body)
    assert expected in said([*found.mend, *found.look, *found.fine])


def test_a_letter_of_pictures_alone_is_looked_at(newsletter: Newsletter) -> None:
    found = looked_at(newsletter, body=[picture("A hill in the rain")])
    assert "pictures and no text" in said(found.look)


@pytest.mark.parametrize(
    "text",
    [
        "<p>## What helps</p>",
        "<p>It is **not** your fault.</p>",
        "<p>See [this](https://kettle.garden)</p>",
        "<p>Dear {{ first_name }},</p>",
        "<p>Dear *|FNAME|*,</p>",
        "<p>Dear [NAME],</p>",
        "<p>TODO: the ending</p>",
        "<p>Lorem ipsum dolor</p>",
    ],
)
def test_what_was_meant_for_a_program_or_to_be_filled_in_is_shown_at_its_place(
    newsletter: Newsletter, text: str
) -> None:
    found = looked_at(newsletter, body=[("paragraph", "<p>Tea.</p>"), ("paragraph", text)])
    [item] = found.look
    post = PostPage.objects.get()
    assert item.url.endswith(f"#:w:contentpath=body.{post.body[1].id}")


@pytest.mark.parametrize(
    "text", ["Room #4", "5 * 3 ** 2", "[sighs]", "100% of it, and 20% more", "C## is a note"]
)
def test_ordinary_words_are_left_alone(newsletter: Newsletter, text: str) -> None:
    assert looked_at(newsletter, body=[("paragraph", f"<p>{text}</p>")]).look == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mail_subject": "Tea " * 30}, "The subject has 119 signs"),
        ({"preheader": "Tea and more " * 11}, "The preview line has"),
        ({"preheader": "tea FIRST"}, "the same as the subject"),
        ({"body": [("paragraph", f"<p>{'word ' * 800}</p>")]}, "800 words without headings"),
        (
            {"body": [("heading", {"text": "A", "level": "3"}), *[("heading", {"text": "B"})]]},
            "A part comes before the first section",
        ),
    ],
)
def test_it_says_what_readers_would_stumble_over(
    newsletter: Newsletter, fields: dict[str, Any], words: str
) -> None:
    assert words in said(looked_at(newsletter, **fields).look)


def test_a_sender_that_is_an_example_keeps_it_from_leaving(newsletter: Newsletter) -> None:
    Newsletter.objects.update(from_email="ada@letters.example", postal_address=" ")
    newsletter.refresh_from_db()
    sender, postal = looked_at(newsletter).mend
    assert sender.url == f"/admin/newsletters/edit/{newsletter.pk}/#id_from_email"
    assert postal.url == f"/admin/newsletters/edit/{newsletter.pk}/#id_postal_address"


def test_where_nothing_leaves_that_is_only_worth_a_look(
    newsletter: Newsletter, settings: LazySettings
) -> None:
    settings.EMAIL_URL = "outbox:"
    settings.SITE_URL = "http://localhost:8000"
    Newsletter.objects.update(from_email="ada@localhost", postal_address="")
    newsletter.refresh_from_db()
    found = looked_at(newsletter)
    assert found.mend == []
    assert len(found.look) == 3


def test_a_letter_that_mail_programs_would_cut_cannot_leave(newsletter: Newsletter) -> None:
    [item] = looked_at(newsletter, body=[("paragraph", f"<p>{'tea ' * 25_000}</p>")]).mend
    assert "Mail programs hide" in item.said


def test_a_colour_that_is_too_pale_is_shown_darker_and_said(newsletter: Newsletter) -> None:
    SiteSettings.objects.update(accent="#FFE9A8")
    [item] = looked_at(newsletter).look
    assert "too pale" in item.said
    assert item.url.endswith("#id_accent")


def test_far_more_people_than_the_last_time_are_worth_a_look(newsletter: Newsletter) -> None:
    for _ in range(4):
        make_subscriber(newsletter)
    start_mailing(post=make_post(newsletter=newsletter), by="ada")
    assert "the last letter went to 4 people" in said(looked_at(newsletter, people=5).fine)
    assert "the last letter went to 4 people" in said(looked_at(newsletter, people=6).look)
