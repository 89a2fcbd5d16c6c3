"""Care notes, one for each language: written in the settings, missed before a letter goes."""

import pytest
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from posts.content.actions import Foundation
from posts.content.models import CareNote, PostPage, SiteSettings
from tests.factories import make_post

pytestmark = pytest.mark.django_db

MISSING = "This letter has no care note."


def notes_in(*languages: str) -> None:
    site: SiteSettings = SiteSettings.load()
    site.care_notes = [CareNote(language=language, text="Call.") for language in languages]
    site.save()


def confirm_page(desk: Client, post: PostPage) -> str:
    return desk.get(f"/admin/posts/{post.pk}/email/").text


def test_a_letter_in_a_language_without_one_says_so_before_it_goes(
    desk: Client, site: Foundation
) -> None:
    notes_in("en")
    page = confirm_page(desk, make_post(live=False, language="de"))
    assert MISSING in page
    assert "Write one in Deutsch" in page
    assert MISSING not in confirm_page(desk, make_post(live=False, language="en"))


def test_nobody_is_reminded_of_them_who_wrote_none(desk: Client, site: Foundation) -> None:
    assert MISSING not in confirm_page(desk, make_post(live=False, language="de"))


@pytest.mark.parametrize("languages", [("en", "de"), ("de", "de")])
def test_a_writer_writes_one_for_each_language_once(
    desk: Client, site: Foundation, languages: tuple[str, str]
) -> None:
    settings: SiteSettings = SiteSettings.load()
    notes = [
        {"language": language, "text": f"Call {number}."}
        for number, language in enumerate(languages)
    ]
    form = {
        **{"name": "Letters", "tagline": "", "author": "", "about_author": "", "portrait": ""},
        **{"language": "en", "accent": settings.accent, "care_notes": inline_formset(notes)},
        "about_lines": inline_formset([{"language": "de", "text": "Ich schreibe."}]),
        **{"privacy": rich_text(""), "imprint": rich_text("")},
    }
    answer = desk.post(f"/admin/settings/posts/sitesettings/{settings.pk}/", nested_form_data(form))
    if len(set(languages)) == 1:
        assert answer.status_code == 200
        assert "duplicate" in answer.text
        assert not CareNote.objects.exists()
    else:
        assert answer.status_code == 302, answer.context["form"].errors
        assert settings.care_note_in("de") == "Call 1."
        assert [line.text for line in settings.about_lines.all()] == ["Ich schreibe."]
