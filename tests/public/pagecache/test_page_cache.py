"""What a reader gets, from Django's middleware and from the event loop before Django alike."""

import gzip
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import brotli
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from posts.content.actions import Foundation
from posts.content.models import PlainPage, PostPage, SiteSettings, Topic
from posts.public.pagecache import generation, store
from posts.public.server.kept import KeptAnswers
from posts.sharing.actions import ensure_link
from posts.sharing.models import CoveringNote
from tests.factories import make_newsletter, make_post
from tests.rsgi import HOST, Protocol, request

pytestmark = pytest.mark.django_db

PATHS = (
    *("/", "/kettle/", "/about/", "/archive/", "/subscribe/", "/kettle/share/", "/feed.xml"),
    *("/feed.json", "/sitemap.xml", "/robots.txt", "/privacy/", "/imprint/"),
)
Change = Callable[[PostPage], object]


@contextmanager
def no_queries_but_the_generation() -> Iterator[None]:
    """A kept page asks at most for the generation."""

    def only_that(execute: Any, sql: str, *rest: Any) -> Any:
        assert "pagegeneration" in sql, sql
        return execute(sql, *rest)

    with connection.execute_wrapper(only_that):
        yield


def at_once(path: str, **asked: str) -> Protocol | None:
    """The same request, answered from the event loop; None where Django has to be asked. Twice,
    since the second time it is found by fewer steps."""
    answers = KeptAnswers()
    for _ in range(2):
        protocol = Protocol()
        if not answers.give(generation.current(), request(path, **asked), protocol):
            return None
    return protocol


def kept(path: str, **asked: str) -> Protocol:
    answer = at_once(path, **asked)
    assert answer is not None
    return answer


@pytest.fixture
def kettle(site: Foundation) -> PostPage:
    site.home.add_child(instance=PlainPage(title="About", slug="about"))
    post = make_post(slug="kettle", title="The kettle")
    generation._known.forget()
    return post


class TestAKeptPage:
    @pytest.mark.parametrize("path", PATHS)
    def test_is_answered_without_asking_for_it(
        self, reader: Client, kettle: PostPage, path: str
    ) -> None:
        first = reader.get(path)
        assert first.status_code == 200
        with no_queries_but_the_generation():
            second = reader.get(path)
            answer = kept(path)
        assert second.content == first.content == answer.body
        assert {name.lower(): value for name, value in second.items()} == answer.headers
        assert answer.status == 200
        assert answer.headers["content-length"] == str(len(answer.body))
        assert answer.headers["content-security-policy"] == first["Content-Security-Policy"]
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"

    def test_is_so_by_its_share_link_too(self, reader: Client, kettle: PostPage) -> None:
        code = ensure_link(post=kettle).code
        for path in (f"/s/{code}", f"/s/{code}/share/"):
            reader.get(path)
            with no_queries_but_the_generation():
                assert reader.get(path)["X-Robots-Tag"] == "noindex"

    def test_comes_compressed_once_for_all(self, reader: Client, kettle: PostPage) -> None:
        plain = reader.get("/kettle/")
        for name, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            packed = reader.get("/kettle/", headers={"accept-encoding": name})
            assert packed["Content-Encoding"] == name
            assert packed["Vary"] == "Accept-Encoding"
            assert unpack(packed.content) == plain.content
            assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
            assert kept("/kettle/", accept_encoding=name).body == packed.content

    def test_says_that_it_did_not_change(self, reader: Client, kettle: PostPage) -> None:
        # Also when this is asked before there is a page: the answer for all is made on the way.
        tag = reader.get("/kettle/", headers={"if-none-match": '"other"'})["ETag"]
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            again = reader.get("/kettle/", headers={"if-none-match": known})
            assert again.status_code == 304
            assert again["ETag"] == tag
            assert again["Cache-Control"] == "no-cache"
            answer = kept("/kettle/", if_none_match=known)
            assert (answer.status, answer.headers["etag"], answer.body) == (304, tag, b"")
        store.memory.clear()
        assert reader.get("/feed.xml", headers={"if-none-match": "*"}).status_code == 304

    def test_is_asked_for_its_headers_first(self, reader: Client, kettle: PostPage) -> None:
        head = reader.head("/kettle/")  # makes it, whole
        assert head.content == b""
        page = reader.get("/kettle/")
        assert page.content
        assert head["Content-Length"] == page["Content-Length"] == str(len(page.content))
        assert reader.head("/kettle/").headers == head.headers
        assert kept("/kettle/", method="HEAD").body == b""

    def test_does_not_repeat_what_stood_in_a_link(self, reader: Client, kettle: PostPage) -> None:
        first = reader.get("/kettle/?utm_source=spring&fbclid=1234")
        assert "utm_source" not in first.text
        with no_queries_but_the_generation():
            assert reader.get("/kettle/?gclid=1").content == first.content

    def test_has_a_number_where_there_are_many(
        self, reader: Client, kettle: PostPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("posts.content.models.HomePage.POSTS_A_PAGE", 1)
        make_post(slug="later", title="A later one")
        first, second = reader.get("/"), reader.get("/?page=2&utm_source=x")
        assert "A later one" in first.text
        assert "The kettle" in second.text
        assert reader.get("/?page=2").content == second.content


class TestIsNotKept:
    def test_what_is_for_somebody(self, reader: Client, kettle: PostPage) -> None:
        hidden = make_post(slug="hidden", visibility=PostPage.Visibility.SUBSCRIBERS)
        code = ensure_link(post=hidden).code
        for path in (f"/s/{code}", "/healthz", "/preferences/", "/search/?q=tea", "/nothing/"):
            for _ in range(2):
                reader.get(path)
            assert store.memory._pages == {}
            assert at_once(path) is None
        assert reader.get(f"/s/{code}")["Cache-Control"] == "no-store"

    def test_what_an_editor_sees(self, kettle: PostPage, admin_client: Client) -> None:
        assert admin_client.get("/kettle/", headers={"host": HOST}).status_code == 200
        assert (
            admin_client.get(
                f"/admin/pages/{kettle.pk}/view_draft/", headers={"host": HOST}
            ).status_code
            == 200
        )
        assert store.memory._pages == {}

    def test_what_was_asked_under_another_name(self, client: Client, kettle: PostPage) -> None:
        client.get("/kettle/", headers={"host": "127.0.0.1"})
        assert store.memory._pages == {}


def publish(post: PostPage) -> None:
    post.title = "Changed"
    post.save_revision().publish()


def change_settings(post: PostPage) -> None:
    site = SiteSettings.load()
    site.name = "Changed"
    site.save()


def rename(post: PostPage) -> None:
    post.slug = "renamed"
    post.save()


def add_topic(post: PostPage) -> None:
    post.topics = [Topic.objects.create(name="Rest", slug="rest")]
    post.save()


class TestIsMadeAnew:
    @pytest.mark.parametrize(
        "change",
        [
            *(publish, change_settings, rename, add_topic),
            lambda post: post.unpublish(),
            lambda post: post.delete(),
            lambda post: make_newsletter(),
            lambda post: CoveringNote.objects.create(text="Changed"),
            lambda post: make_post(slug="another"),
            lambda post: ensure_link(post=post).delete(),
        ],
    )
    def test_after_a_change(
        self,
        reader: Client,
        kettle: PostPage,
        change: Change,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        before = generation.current()
        assert "The kettle" in reader.get("/kettle/").text
        with django_capture_on_commit_callbacks(execute=True):
            change(PostPage.objects.get(pk=kettle.pk))
        assert generation.current() != before
        assert store.find(generation.current(), "/kettle/") is None
        response = reader.get("/kettle/")
        alive = PostPage.objects.live().filter(pk=kettle.pk, slug="kettle").first()
        assert response.status_code == (200 if alive else response.status_code)
        if alive is None:
            assert response.status_code in (301, 410)
        else:
            assert alive.title in response.text

    def test_in_another_process_within_a_quarter_of_a_second(
        self, reader: Client, kettle: PostPage
    ) -> None:
        reader.get("/kettle/")
        # Somebody else's process: it tells ours nothing but by the database.
        generation.PageGeneration.objects.update_or_create(pk=1, defaults={"token": "other"})
        PostPage.objects.filter(pk=kettle.pk).update(title="Changed")
        time.sleep(generation.CHECKED_EVERY + 0.05)
        assert "Changed" in reader.get("/kettle/").text
        assert b"Changed" in kept("/kettle/").body

    def test_not_for_a_draft(
        self,
        kettle: PostPage,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        before = generation.current()
        with django_capture_on_commit_callbacks(execute=True):
            kettle.title = "A thought"
            kettle.save_revision()
        generation._known.forget()
        assert generation.current() == before

    @pytest.mark.django_db(transaction=True)
    def test_not_before_a_change_is_committed(self, kettle: PostPage) -> None:
        before = generation.current()
        with transaction.atomic():
            change_settings(kettle)
            generation._known.forget()
            assert generation.current() == before
        assert generation.current() != before

    def test_when_it_was_rendered_before_the_change(
        self,
        reader: Client,
        kettle: PostPage,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        """A slow render reads old words, and is kept after new ones were published."""
        get_context = PostPage.get_context

        def slowly(page: PostPage, request: HttpRequest) -> dict[str, Any]:
            context = get_context(page, request)
            monkeypatch.undo()
            with django_capture_on_commit_callbacks(execute=True):
                publish(PostPage.objects.get(pk=kettle.pk))
            return context

        monkeypatch.setattr(PostPage, "get_context", slowly)
        assert "The kettle" in reader.get("/kettle/").text
        assert "Changed" in reader.get("/kettle/").text


class TestWhenSomethingIsAway:
    def test_pages_stay_readable_without_the_database(
        self, reader: Client, kettle: PostPage, caplog: pytest.LogCaptureFixture
    ) -> None:
        first = reader.get("/kettle/")
        generation._known.forget()

        def away(*args: Any) -> Any:
            raise DatabaseError("away")

        with connection.execute_wrapper(away):
            assert kept("/kettle/").body == first.content
        assert "The database is away" in caplog.text

    def test_pages_are_rendered_without_their_store(
        self, reader: Client, kettle: PostPage, settings: Any
    ) -> None:
        settings.CACHES = {
            **settings.CACHES,
            "pages": {
                "BACKEND": "django_redis.cache.RedisCache",
                "LOCATION": "redis://127.0.0.1:1/0",
                "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.3},
            },
        }
        assert "The kettle" in reader.get("/kettle/").text
        with no_queries_but_the_generation():
            assert "The kettle" in reader.get("/kettle/").text


def test_each_read_through_a_share_link_is_counted_once(
    reader: Client, kettle: PostPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[int, str]] = []

    def listen(post_id: int, meta: Mapping[str, Any]) -> None:
        counted.append((post_id, meta["HTTP_USER_AGENT"]))

    for room in ("posts.sharing.counting", "posts.public.pagecache.stored"):
        monkeypatch.setattr(f"{room}.note_read", listen)
    path = f"/s/{ensure_link(post=kettle).code}"
    reader.get(path, headers={"user-agent": "rendered for"})
    tag = reader.get(path, headers={"user-agent": "given again"})["ETag"]
    kept(path, user_agent="at once, twice")
    kept(path, user_agent="has it already", if_none_match=tag)
    assert counted == [
        (kettle.pk, agent)
        for agent in ("rendered for", "given again", "at once, twice", "at once, twice")
    ]


def test_a_read_is_counted_where_pages_are_not_kept(
    reader: Client, kettle: PostPage, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PAGE_CACHE = False
    counted: list[int] = []
    monkeypatch.setattr("posts.sharing.counting.note_read", lambda post, meta: counted.append(post))
    for _ in range(2):
        reader.get(f"/s/{ensure_link(post=kettle).code}")
    assert counted == [kettle.pk] * 2


def test_a_whole_answer_costs_few_queries_and_bytes(
    reader: Client, kettle: PostPage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    generation._known.forget()
    with django_assert_max_num_queries(12):
        page = reader.get("/kettle/")
    assert len(page.content) < 30 * 1024
