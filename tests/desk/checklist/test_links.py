"""Where the links of a post lead: not checked, checked by a worker, and said on the page."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from posts.content.models import PostPage
from posts.desk import tasks
from posts.desk.checklist import links
from posts.desk.checklist.asking import LinkAnswer
from tests.factories import make_post

LINKS = ("https://kettle.garden/a", "https://gone.garden/b", "http://plain.garden/c")
ANSWERS = {LINKS[1]: LinkAnswer("gone", 404)}


@pytest.fixture
def post(draft: PostPage, monkeypatch: pytest.MonkeyPatch) -> PostPage:
    cache.clear()
    monkeypatch.setattr(links, "ask", lambda url: ANSWERS.get(url, LinkAnswer("fine", 200)))
    text = "".join(f'<p>See <a href="{link}">this</a>.</p>' for link in LINKS)
    post = make_post(live=False, newsletter=draft.newsletter, body=[("paragraph", text)])
    post.save_revision()
    return post


def checks(desk: Client, post: PostPage) -> str:
    soup = BeautifulSoup(desk.get(f"/admin/posts/{post.pk}/email/").content, "html.parser")
    section = soup.select_one("section[aria-labelledby=checks-heading]")
    assert section is not None
    return " ".join(section.text.split())


def test_before_a_worker_looked_nothing_is_claimed(desk: Client, post: PostPage) -> None:
    shown = checks(desk, post)
    assert "3 links are not checked yet." in shown
    assert "plain.garden/c is not encrypted (http)." in shown
    assert "answer" not in shown.replace("nobody can answer it", "")


def test_afterwards_it_says_which_of_them_lead_nowhere(desk: Client, post: PostPage) -> None:
    tasks.check_links(post.pk)
    shown = checks(desk, post)
    assert "gone.garden/b leads to a page that does not exist." in shown
    assert "kettle.garden" not in shown
    assert "not checked yet" not in shown


def test_a_press_has_a_worker_look_and_leads_back(
    desk: Client, post: PostPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[object, ...]] = []

    def ring(*what: object) -> bool:
        rung.append(what)
        return True

    monkeypatch.setattr("posts.desk.views.publishing.ring", ring)
    response = desk.post(f"/admin/posts/{post.pk}/email/links/", follow=True)
    assert rung == [("posts.desk.tasks.check_links", post.pk)]
    assert "The links are being looked at" in response.content.decode()


def test_our_own_links_and_the_readers_are_not_asked_for(post: PostPage) -> None:
    assert links.look(post) == 3
