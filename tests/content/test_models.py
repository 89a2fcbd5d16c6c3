"""What a post says of itself, and what the editor refuses."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from posts.content.actions import Foundation, ensure_site
from posts.content.models import PlainPage, SiteSettings
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_a_post_knows_its_addresses(site: Foundation) -> None:
    post = make_post(slug="café-days")
    assert post.public_url == "http://localhost:8000/caf%C3%A9-days/"
    assert post.share_page_url == "http://localhost:8000/caf%C3%A9-days/share/"


def test_the_subject_is_the_title_where_none_is_written() -> None:
    assert make_post(title="Small steps").subject == "Small steps"
    assert make_post(title="Small steps", mail_subject="On steps").subject == "On steps"


def test_a_subject_never_holds_a_line_break() -> None:
    assert make_post(mail_subject="On\r\nsteps").subject == "On steps"


def test_the_lead_is_the_excerpt_where_there_is_one() -> None:
    assert make_post(excerpt="In short:\nrest.").lead == "In short: rest."


def test_the_lead_is_else_the_first_words_of_the_text() -> None:
    post = make_post(
        body=[
            ("quote", {"lines": ["Not this."]}),
            ("paragraph", "<p>First &amp; <b>foremost</b>.</p><p>Then the rest.</p>"),
        ]
    )
    assert post.lead == "First & foremost. Then the rest."


def test_a_long_lead_is_cut_between_words() -> None:
    lead = make_post(body=[("paragraph", f"<p>{'kettle, ' * 60}</p>")]).lead
    assert lead.endswith("kettle…")
    assert len(lead) <= 221


def test_a_post_without_any_text_has_an_empty_lead() -> None:
    assert make_post(body=[("divider", None)]).lead == ""


def test_the_preheader_is_the_lead_where_none_is_written() -> None:
    assert make_post(excerpt="In short.").mail_preheader == "In short."
    assert make_post(excerpt="In short.", preheader="Psst.").mail_preheader == "Psst."


def test_the_reading_time_counts_the_words_of_every_block() -> None:
    reasons = {"reasons": [{"term": "One two", "explanation": "<p>" + "word " * 598 + "</p>"}]}
    assert make_post(body=[("reasons", reasons)]).reading_minutes == 3
    assert make_post(body=[]).reading_minutes == 1


def test_addresses_and_kinds_are_no_words_to_read() -> None:
    url = "https://example.org/" + "+".join(["word"] * 20)
    post = make_post(body=[("button", {"label": "Go on", "url": url})] * 250)
    assert post.reading_minutes == 2


def test_the_date_is_that_of_the_first_publication() -> None:
    post = make_post()
    post.first_published_at = dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)
    assert post.date == dt.date(2026, 3, 12)


def test_a_draft_is_dated_today() -> None:
    assert make_post(live=False).date == timezone.localdate()


@pytest.mark.parametrize("slug", ["archive", "s", "Admin"])
def test_a_post_may_not_take_one_of_our_own_addresses(slug: str) -> None:
    with pytest.raises(ValidationError, match=f"address /{slug}/ for itself.*{slug.lower()}-2"):
        make_post(slug=slug)


def test_a_plain_page_may_not_either(site: Foundation) -> None:
    with pytest.raises(ValidationError) as refusal:
        site.home.add_child(instance=PlainPage(title="Search", slug="search"))
    assert "slug" in refusal.value.error_dict


def test_a_plain_page_may_be_called_about(site: Foundation) -> None:
    assert site.home.add_child(instance=PlainPage(title="About")).slug == "about"


def test_the_accent_is_written_out_in_full() -> None:
    site = SiteSettings(accent="#a3c")
    site.clean()
    assert site.accent == "#AA33CC"


def test_an_accent_that_is_no_colour_is_refused_with_an_example() -> None:
    with pytest.raises(ValidationError, match="#1F5F5B"):
        SiteSettings(accent="teal").clean()


def test_an_accent_still_being_typed_shows_as_ours() -> None:
    assert SiteSettings(accent="tea").accents.day == "#1F5F5B"


def test_a_new_site_has_its_settings_from_the_start(db: None) -> None:
    ensure_site()
    assert SiteSettings.objects.get().name == "Passalong"
