"""What is said beside a letter while it is written, of the text as it stands."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.desk import tasks, writing_help
from posts.desk.checklist import links
from posts.desk.checklist.asking import LinkAnswer
from tests.desk.test_publishing import ADD
from tests.factories import make_post

EASY = "Some days the kettle is the whole plan. You sit. You wait. The water sings. " * 4
HARD = (
    "Interdisciplinary rehabilitation necessitates continuous individualised re-evaluation of "
    "psychophysiological capacity alongside organisational responsibilities and expectations."
)
KETTLE, WINDOW = "https://kettle.garden/tea", "https://window.garden/"


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    cache.clear()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(writing_help, "ring", lambda *call: calls.append(call))
    return calls


@pytest.fixture
def post(site: Foundation) -> PostPage:
    body = f'<p>Tea <a href="{KETTLE}">here</a>, and <a href="{WINDOW}">there</a>.</p>'
    return make_post(live=False, body=[("paragraph", body)])


def beside(desk: Client, *pieces: tuple[str, bool], **more: Any) -> BeautifulSoup:
    sent = {"post": None, "language": "en", "links": [], "pieces": pieces, **more}
    answer = desk.post("/admin/writing/help/", json.dumps(sent), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return BeautifulSoup(answer.content, "html.parser")


def figures(said: BeautifulSoup) -> dict[str, str]:
    return {row.dt.text: row.dd.text for row in said.select("dl > div") if row.dt and row.dd}


def test_words_minutes_and_ease_are_said(desk: Client) -> None:
    said = beside(desk, ("Tea", False), (EASY * 10, True))
    assert figures(said) == {
        "Number of words": "601",
        "Minutes to read": "3",
        "Ease, of 100": "100",
    }
    assert "Easy to read, also on a tired day." in said.text


def test_the_hardest_sentence_leads_to_its_place(desk: Client) -> None:
    said = beside(desk, (EASY, True), (f"It is late. {HARD}", True))
    [place] = said.select("button")
    assert (place["data-piece"], place["data-start"]) == ("1", "12")
    assert place["data-end"] == str(12 + len(HARD))
    assert "Perhaps it can be two." in said.text


@pytest.mark.parametrize("language", ["it", "he", "zh-hans"])
def test_of_other_languages_no_ease_is_said(desk: Client, language: str) -> None:
    assert set(figures(beside(desk, (EASY, True), language=language))) == {
        "Number of words",
        "Minutes to read",
    }


def test_what_is_still_to_be_filled_in_leads_to_its_place(desk: Client) -> None:
    said = beside(desk, ("Tea.", True), ("So [[your first name here]] & [[<b>]]", True))
    assert [(one["data-piece"], one["data-start"]) for one in said.select("button")] == [
        ("1", "3"),
        ("1", "30"),
    ]
    assert said.select("button")[0].text == "your first name here"
    assert said.select("b") == []  # what is typed is shown, and is no page


def test_links_are_looked_at_by_a_worker_and_never_here(
    desk: Client, post: PostPage, rung: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "ask", lambda url: pytest.fail("asked in the request"))
    said = beside(desk, ("Tea.", True), links=[KETTLE, WINDOW], post=post.pk)
    assert "2 links are being looked at." in said.text
    beside(desk, ("Tea!", True), links=[KETTLE, WINDOW], post=post.pk)
    assert rung == [("posts.desk.tasks.check_new_links", post.pk)]  # once in a while

    asked = []

    def answer(url: str) -> LinkAnswer:
        asked.append(url)
        return LinkAnswer("gone" if url == WINDOW else "fine")

    monkeypatch.setattr(links, "ask", answer)
    tasks.check_new_links(post.pk)
    tasks.check_new_links(post.pk)
    assert sorted(asked) == [KETTLE, WINDOW]
    said = beside(desk, ("Tea.", True), links=[KETTLE, WINDOW], post=post.pk)
    [place] = said.select("[data-link]")
    assert place["data-link"] == "1"
    assert place.text == "window.garden leads to a page that does not exist."
    assert said.select("[data-unknown]") == []


def test_where_all_answer_it_says_so(desk: Client, post: PostPage) -> None:
    for url in (KETTLE, WINDOW):
        cache.set(links._key(url), ("fine", 200), 60)
    assert "All 2 links answer." in beside(desk, links=[KETTLE, WINDOW]).text


def test_of_a_letter_that_is_saved_nowhere_nobody_is_rung(
    desk: Client, editor: Client, rung: list[tuple[Any, ...]]
) -> None:
    beside(desk, links=[KETTLE])
    beside(desk, links=[KETTLE], post=2**31 - 1)
    assert rung == []


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"post": null, "language": "en", "links": [1], "pieces": []}',
        b'{"post": null, "language": "en", "links": [], "pieces": [["a"]]}',
        b'{"post": 1e400, "language": "en", "links": [], "pieces": []}',
        b'{"post": -1, "language": "en", "links": [], "pieces": []}',
        b"[" * 20_000,
    ],
)
def test_what_is_no_text_is_refused(desk: Client, sent: bytes) -> None:
    answer = desk.post("/admin/writing/help/", sent, content_type="application/json")
    assert answer.status_code == 422


def test_it_asks_the_database_no_more_for_a_hundred_blocks_than_for_one(
    desk: Client, site: Foundation, django_assert_max_num_queries: Any
) -> None:
    """The editor itself, and the help beside it."""
    counted = []
    for blocks in (1, 100):
        body = [("paragraph", f"<p>{EASY}</p>")] * blocks
        post = make_post(live=False, body=body)
        address = f"/admin/pages/{post.pk}/edit/"
        desk.get(address)
        with django_assert_max_num_queries(200) as queries:
            desk.get(address)
        with django_assert_max_num_queries(8):
            beside(desk, *[(EASY, True)] * blocks, post=post.pk)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_it_stands_in_the_place_of_other_counts(desk: Client, site: Foundation) -> None:
    page = BeautifulSoup(desk.get(ADD.format(site.home.pk)).content, "html.parser")
    assert page.select_one('[data-side-panel="checks"] [data-writing-help="/admin/writing/help/"]')
    assert page.select("[data-content-readability-score]") == []
    assert page.select_one('script[type="module"][src*="desk/help"]')
