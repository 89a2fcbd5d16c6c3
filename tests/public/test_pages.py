"""The pages that everybody can read."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from posts.content.actions import Foundation
from posts.content.models import CareNote, HomePage, PlainPage, PostPage, SiteSettings
from posts.sharing.actions import ensure_link
from tests.content.golden_post import make_golden_post, make_picture
from tests.factories import make_newsletter, make_post

pytestmark = pytest.mark.django_db

SECRET = "Only those who hold the link read this sentence."


def make_hidden_post(**fields: Any) -> PostPage:
    return make_post(
        visibility=PostPage.Visibility.SUBSCRIBERS,
        excerpt="The first words, for everybody.",
        body=[("paragraph", f"<p>{SECRET}</p>")],
        short_version="<p>In short: a secret.</p>",
        small_step="Whisper.",
        **fields,
    )


@pytest.fixture
def about(site: Foundation) -> PlainPage:
    page: PlainPage = site.home.add_child(
        instance=PlainPage(
            title="About me",
            slug="about",
            show_in_menus=True,
            body=[("paragraph", "<p>I write from a small house.</p>")],
        )
    )
    return page


@pytest.fixture
def settings_of_site(db: None) -> SiteSettings:
    site: SiteSettings = SiteSettings.load()
    site.name, site.tagline, site.author = "Fern letters", "On living slowly", "Ada Fern"
    site.care_notes = [CareNote(language="en", text="You need not carry this alone.")]
    site.save()
    return site


class TestHome:
    def test_lists_the_newest_post_first(self, client: Client) -> None:
        make_post(title="The older one")
        make_post(title="The newer one")
        text = client.get("/").text
        assert text.index("The newer one") < text.index("The older one")

    def test_says_whose_site_it_is(self, client: Client, settings_of_site: SiteSettings) -> None:
        make_post()
        text = client.get("/").text
        assert "<title>Fern letters · On living slowly</title>" in text
        assert "Written by Ada Fern." in text

    def test_turns_pages_by_plain_links(self, client: Client) -> None:
        for _ in range(HomePage.POSTS_A_PAGE + 1):
            make_post()
        first, second = client.get("/").text, client.get("/?page=2").text
        assert first.count("<article>") == HomePage.POSTS_A_PAGE
        assert 'rel="next" href="/?page=2"' in first
        assert second.count("<article>") == 1
        assert 'rel="prev" href="/"' in second
        assert f'rel="canonical" href="{settings.SITE_URL}/?page=2"' in second

    @pytest.mark.parametrize("page", ["x", "0", "99", "-1"])
    def test_answers_any_page_number(self, client: Client, page: str) -> None:
        make_post()
        assert client.get(f"/?page={page}").status_code == 200

    def test_says_so_where_nothing_is_published_yet(self, client: Client, site: object) -> None:
        assert "The first post is being written" in client.get("/").text

    def test_shows_no_word_of_a_hidden_body(self, client: Client) -> None:
        make_hidden_post()
        text = client.get("/").text
        assert "The first words, for everybody." in text
        assert SECRET not in text

    def test_marks_the_language_of_a_post_that_differs(self, client: Client) -> None:
        make_post(title="Langsame Tage", language="de")
        assert '<h2 lang="de">' in client.get("/").text

    def test_costs_the_same_queries_however_many_posts(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        make_post()
        with django_assert_num_queries(9):
            client.get("/")
        for _ in range(9):
            make_post()
        with django_assert_num_queries(9):
            client.get("/")


class TestPost:
    def test_reads_from_title_to_next_post_in_this_order(
        self, client: Client, settings_of_site: SiteSettings
    ) -> None:
        make_post(title="The one before")
        make_post(
            slug="kettle",
            title="The kettle",
            subtitle="On small plans",
            short_version="<p>Tea is enough.</p>",
            small_step="Open a window.",
        )
        make_post(title="The one after")
        text = client.get("/kettle/").text.partition("<body>")[2]
        parts = [
            '<p class="site-name"><a href="/">Fern letters</a>',
            "<h1>The kettle</h1>",
            "On small plans",
            "<time datetime=",
            "1 minute to read",
            'href="http://localhost:8000/kettle/share/">Pass this on</a>',
            "Short version (1 min)",
            "Just the one small thing",
            "Rest is not a reward.",
            "You need not carry this alone.",
            '<a class="button" href="http://localhost:8000/kettle/share/">Pass this on</a>',
            'name="email"',
            "The one before",
            "The one after",
        ]
        places = [text.index(part) for part in parts]
        assert places == sorted(places)

    def test_speaks_the_language_of_the_post(self, client: Client) -> None:
        make_post(slug="langsam", language="de")
        text = client.get("/langsam/").text
        assert '<html lang="de" dir="ltr">' in text
        assert re.search(r"<time [^>]+>\d+\. \w+ \d{4}</time>", text)  # as German writes dates

    def test_names_itself_to_machines(self, client: Client) -> None:
        post = make_post(slug="kettle", title="Tea & time", excerpt="A short word about tea.")
        text = client.get("/kettle/").text
        assert "<title>Tea &amp; time · Passalong</title>" in text
        assert f'<link rel="canonical" href="{post.public_url}">' in text
        assert '<meta name="description" content="A short word about tea.">' in text
        assert '<meta property="og:title" content="Tea &amp; time">' in text
        assert "noindex" not in text

    def test_points_to_where_it_first_appeared(self, client: Client) -> None:
        make_post(slug="kettle", canonical_address="https://elsewhere.example/kettle")
        text = client.get("/kettle/").text
        assert '<link rel="canonical" href="https://elsewhere.example/kettle">' in text

    def test_for_subscribers_shows_its_excerpt_and_kind_words_only(self, client: Client) -> None:
        make_hidden_post(slug="hidden")
        text = client.get("/hidden/").text
        assert "The first words, for everybody." in text
        assert "it is meant to be passed along" in text
        assert 'name="email"' in text
        for secret in (SECRET, "In short: a secret.", "Whisper.", "/s/"):
            assert secret not in text

    @pytest.mark.parametrize("address", ["/", "/hidden/", "/hidden/share/"])
    def test_a_short_one_for_subscribers_is_not_told_by_its_first_words(
        self, client: Client, address: str
    ) -> None:
        post = make_hidden_post(slug="hidden")
        post.excerpt = ""
        post.save_revision().publish()
        text = client.get(address).text
        assert "the link read this sentence" not in text

    def test_is_shown_whole_to_its_writer_in_the_preview(self) -> None:
        post = make_hidden_post(live=False)
        answer = post.make_preview_request(preview_mode="")
        assert answer.status_code == 200
        assert SECRET in answer.text

    def test_can_be_previewed_before_it_is_saved(self, site: Foundation) -> None:
        post = PostPage(title="Half a thought", slug="half", newsletter=site.newsletter)
        site.home.add_child(instance=post)
        fresh = PostPage(**{f: getattr(post, f) for f in ("title", "newsletter", "path", "depth")})
        assert "Half a thought" in fresh.make_preview_request(preview_mode="").text

    def test_costs_at_most_fourteen_queries_and_one_each_for_files_and_sounds(
        self, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        make_post()
        golden = make_golden_post()
        golden.cover = make_picture("The hill")
        golden.short_version = "<p>Tea is enough.</p>"
        golden.first_published_at = timezone.now()  # between the two
        golden.save()
        golden.save_revision().publish()
        make_post()
        address = f"/{golden.slug}/"
        client.get(address)  # makes the pictures' sizes, once for all
        with django_assert_max_num_queries(16):
            text = client.get(address).text
        assert text.count("<img") == 3  # the cover, and two in the body
        assert "More to read" in text

    def test_shows_its_cover_to_readers_and_to_machines(self, client: Client) -> None:
        picture = make_picture("The hill")
        picture.description = "A green hill"
        picture.save()
        make_post(slug="kettle", cover=picture)
        text = client.get("/kettle/").text
        assert re.search(r'<img src="/media/images/\S+".* alt="A green hill" class="cover"', text)
        assert re.search(r'og:image" content="http://localhost:8000/media/images/\S+">', text)


class TestEveryPage:
    @pytest.fixture(
        params=["/", "/kettle/", "/hidden/", "/about/", "/kettle/share/", "/nothing/", "/gone/"]
    )
    def address(self, request: pytest.FixtureRequest, about: PlainPage) -> str:
        make_post(slug="kettle")
        make_hidden_post(slug="hidden")
        make_post(slug="gone").unpublish()
        return str(request.param)

    def test_knows_no_session_and_sets_no_cookie(self, client: Client, address: str) -> None:
        answer = client.get(address)
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")

    def test_asks_no_third_party_and_keeps_a_strict_policy_possible(
        self, client: Client, address: str
    ) -> None:
        text = client.get(address).text
        assert not re.search(r"<[^>]+\sstyle=", text)
        assert not re.search(r"<[^>]+\son[a-z]+=", text)
        assert not re.search(r"<script(?![^>]*\ssrc=| type=\"application/ld\+json\">)", text)
        sources = re.findall(r"(?:\ssrc|<link rel=\"(?:stylesheet|icon)\" href)=\"([^\"]+)\"", text)
        assert sources
        assert all(source.startswith(("/static/", "/media/", "/favicon.ico")) for source in sources)

    def test_has_landmarks_a_skip_link_and_one_title(self, client: Client, address: str) -> None:
        text = client.get(address).text
        assert text.count("<h1") == 1
        assert text.count("<main") == text.count('<header class="site-header"') == 1
        assert '<a class="skip" href="#main">' in text
        assert '<main id="main"' in text
        assert '<html lang="en" dir="ltr">' in text

    def test_is_light(self, client: Client, address: str) -> None:
        assert len(client.get(address).content) < 30_000

    def test_answers_head_like_get(self, client: Client, address: str) -> None:
        assert client.head(address).status_code == client.get(address).status_code

    def test_leads_to_the_plain_pages(self, client: Client, address: str) -> None:
        assert '<a href="/about/">About me</a>' in client.get(address).text


def test_a_plain_page_shows_its_body(client: Client, about: PlainPage) -> None:
    text = client.get("/about/").text
    assert "<h1>About me</h1>" in text
    assert "I write from a small house." in text


def test_a_page_kept_out_of_menus_is_in_none(client: Client, about: PlainPage) -> None:
    about.show_in_menus = False
    about.save()
    assert "About me" not in client.get("/").text


def test_with_several_newsletters_home_leads_to_the_choice(client: Client, site: object) -> None:
    make_newsletter()
    text = client.get("/").text
    assert 'name="email"' not in text
    assert '<a class="button button-quiet" href="/subscribe/">' in text


class TestAccent:
    def test_of_the_house_needs_no_word_in_the_page(self, client: Client, site: object) -> None:
        assert "<style>" not in client.get("/").text

    def test_chosen_by_the_writer_colours_both_modes(
        self, client: Client, site: object, settings_of_site: SiteSettings
    ) -> None:
        settings_of_site.accent = "#7A2E5D"
        settings_of_site.save()
        style = re.search(r"<style>(.*?)</style>", client.get("/").text)
        assert style is not None
        assert style[1].startswith(":root{--accent:#7A2E5D}@media screen and (prefers-color-")

    def test_that_is_no_colour_cannot_reach_the_page(
        self, client: Client, site: object, settings_of_site: SiteSettings
    ) -> None:
        settings_of_site.accent = "</styl"
        settings_of_site.save()
        assert "<style>" not in client.get("/").text


@pytest.mark.parametrize("address", ["/", "/{slug}/", "/{slug}/share/", "/subscribe/", "/s/{code}"])
def test_what_a_browser_loads_beside_the_page_is_light(client: Client, address: str) -> None:
    post = make_golden_post()
    slots = {"slug": post.slug, "code": ensure_link(post=post).code}
    text = client.get(address.format(**slots)).text
    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', text)
    scripts = re.findall(r'<script [^>]*src="/static/([^"]+)"', text)
    player = [name for name in (*sheets, *scripts) if "/player." in name]
    assert 0 < sum(_sizes(sheets)) - sum(_sizes(player[:1])) < 20_000
    assert 0 < sum(_sizes(scripts)) - sum(_sizes(player[1:])) < 12_000
    # Comes on top where there is something to hear, and nowhere else.
    assert len(player) == (2 if "<audio" in text else 0)
    assert all(size < 2_000 for size in _sizes(player))
    assert len(text.encode()) < 30_000


def _sizes(names: list[str]) -> list[int]:
    """Bytes of each file, uncompressed."""
    files = [finders.find(name) for name in names]
    return [Path(str(file)).stat().st_size for file in files]
