"""Archive, search and sitemap: what there is, and nothing that is not for everybody."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from posts.content.models import PostPage
from posts.public import views
from posts.public.queries import find_posts
from tests.factories import make_post

pytestmark = pytest.mark.django_db

SECRET = "hummingbird"


def titles(text: str) -> list[str]:
    return re.findall(r"<h2><a [^>]*>([^<]*)</a>", text)


class TestArchive:
    def test_has_every_post_under_its_year_newest_first(self, client: Client) -> None:
        for year, title in ((2024, "An old one"), (2026, "A new one"), (2025, "Between")):
            post = make_post(title=title)
            at = datetime(year, 6, 1, tzinfo=UTC)
            PostPage.objects.filter(pk=post.pk).update(first_published_at=at)
        make_post(title="Still a draft", live=False)
        text = client.get("/archive/").text
        places = [
            text.index(words)
            for words in (">2026<", "A new one", ">2025<", "Between", ">2024<", "An old one")
        ]
        assert places == sorted(places)
        assert "Still a draft" not in text

    def test_costs_as_many_queries_for_forty_posts_as_for_two(
        self, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(40):
            make_post(title=f"Written as {number}")
        with django_assert_max_num_queries(5):
            text = client.get("/archive/").text
        assert text.count("Written as ") == 40

    def test_a_long_one_stays_light_and_leads_to_each_year(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "IN_ARCHIVE_A_PAGE", 2)
        for year in (2026, 2026, 2025, 2024, 2024):
            post = make_post(title=f"Written in {year}")
            at = datetime(year, 6, 1, tzinfo=UTC)
            PostPage.objects.filter(pk=post.pk).update(first_published_at=at)
        first, second = client.get("/archive/").text, client.get("/archive/?page=2").text
        assert first.count("Written in") == 2
        assert 'href="/archive/?page=2#year-2025"' in first
        assert 'href="/archive/?page=2#year-2024"' in first
        assert 'id="year-2024"' in second
        assert 'rel="prev" href="/archive/"' in second
        assert f'rel="canonical" href="{settings.SITE_URL}/archive/?page=2"' in second

    def test_a_short_one_needs_no_list_of_years(self, client: Client) -> None:
        make_post()
        assert "By year" not in client.get("/archive/").text

    def test_without_posts_says_so_kindly(self, client: Client) -> None:
        assert "The first post is being written" in client.get("/archive/").text


class TestSearch:
    def search(self, client: Client, words: str) -> list[str]:
        answer = client.get("/search/", {"q": words})
        assert answer.status_code == 200
        return titles(answer.text)

    def test_finds_words_in_title_body_and_small_step(self, client: Client) -> None:
        make_post(title="Saying no gently")
        make_post(title="On naps", body=[("paragraph", "<p>The kettle can wait.</p>")])
        make_post(title="On walks", small_step="Stand at the window for a minute.")
        assert self.search(client, "gently") == ["Saying no gently"]
        assert self.search(client, "kettle") == ["On naps"]
        assert self.search(client, "WINDOW minute") == ["On walks"]
        assert self.search(client, "kettle window") == []

    def test_never_finds_a_post_by_words_that_are_for_subscribers(self, client: Client) -> None:
        make_post(
            title="For you",
            visibility=PostPage.Visibility.SUBSCRIBERS,
            excerpt="A word on patience.",
            body=[("paragraph", f"<p>The {SECRET} rests too.</p>")],
            short_version=f"<p>{SECRET}</p>",
            small_step=SECRET,
        )
        assert self.search(client, SECRET) == []
        assert self.search(client, "patience") == ["For you"]

    def test_a_post_that_becomes_one_for_subscribers_is_no_longer_found_by_its_body(
        self, client: Client
    ) -> None:
        post = make_post(title="Open", body=[("paragraph", f"<p>A {SECRET}.</p>")])
        assert self.search(client, SECRET) == ["Open"]
        post.visibility = PostPage.Visibility.SUBSCRIBERS
        post.excerpt = "Something small."
        post.save_revision().publish()
        assert self.search(client, SECRET) == []

    def test_drafts_and_what_was_taken_back_are_not_found(self, client: Client) -> None:
        make_post(title="A kestrel in draft", live=False)
        post = make_post(title="A kestrel, published")
        assert self.search(client, "kestrel") == ["A kestrel, published"]
        post.unpublish()
        assert self.search(client, "kestrel") == []

    @pytest.mark.parametrize(
        "words",
        ['"', "a AND", "NEAR(", "*", "x OR 1=1", "{{ 7*7 }}", "<script>", "\0", "😀", "l'été", "-"],
    )
    def test_whatever_is_typed_is_only_words(self, client: Client, words: str) -> None:
        make_post()
        answer = client.get("/search/", {"q": words})
        assert answer.status_code == 200
        assert "<script>" not in answer.text

    def test_too_much_is_said_to_be_too_much(self, client: Client) -> None:
        answer = client.get("/search/", {"q": "calm " * 100})
        assert answer.status_code == 422
        assert "Try a few words" in answer.text

    def test_robots_do_not_list_searches_and_other_sites_do_not_learn_them(
        self, client: Client
    ) -> None:
        text = client.get("/search/", {"q": "lupus"}).text
        assert 'name="robots" content="noindex"' in text
        assert 'name="referrer" content="no-referrer"' in text

    def test_many_results_come_page_by_page(self, client: Client) -> None:
        for number in range(15):
            make_post(title=f"Kestrel {number}")
        first = client.get("/search/", {"q": "kestrel"})
        second = client.get("/search/", {"q": "kestrel", "page": "2"})
        assert len(titles(first.text)) == 12
        assert len(titles(second.text)) == 3
        assert "15 posts" in first.text
        assert len(find_posts("kestrel")) == 15


class TestSitemap:
    def test_names_home_posts_and_pages_at_the_sites_own_address(self, client: Client) -> None:
        post = make_post()
        make_post(slug="a-draft", live=False)
        text = client.get("/sitemap.xml").text
        assert f"<loc>{settings.SITE_URL}/</loc>" in text
        assert f"<loc>{post.public_url}</loc>" in text
        assert "a-draft" not in text
        assert "/s/" not in text

    def test_has_no_page_that_names_another_as_its_own_or_may_not_be_listed(
        self, client: Client
    ) -> None:
        make_post(slug="twice", canonical_address="https://elsewhere.example/first/")
        make_post(slug="für-dich")
        text = client.get("/sitemap.xml").text
        addresses = re.findall(r"<loc>([^<]*)</loc>", text)
        assert f"{settings.SITE_URL}/f%C3%BCr-dich/" in addresses
        assert f"{settings.SITE_URL}/twice/" not in addresses
        assert len(addresses) == len(set(addresses)) == 3  # with home and archive
        for address in addresses:
            page = client.get(address.removeprefix(settings.SITE_URL))
            assert page.status_code == 200
            assert 'content="noindex' not in page.text
            assert f'<link rel="canonical" href="{address}">' in page.text

    def test_is_valid(self, client: Client) -> None:
        make_post()
        assert f"<loc>{settings.SITE_URL}/archive/</loc>" in client.get("/sitemap.xml").text
        tree = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - ours
        space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
        assert tree.tag == f"{space}urlset"
        for entry in tree:
            names = [child.tag.removeprefix(space) for child in entry]
            assert names in (["loc"], ["loc", "lastmod"])  # home was never published by anybody

    def test_robots_are_told_of_it(self, client: Client) -> None:
        assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in client.get("/robots.txt").text
