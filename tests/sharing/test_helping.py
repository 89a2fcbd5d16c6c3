"""“This helped me”: one press, one more in a number, and the same thanks to everybody."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from posts.content.models import PostPage
from posts.sharing import helping
from posts.sharing.actions import ensure_link
from posts.sharing.models import DailyCount
from subscribers.limits.models import Tally
from tests.factories import make_post
from tests.sharing.reading import press

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(db: None) -> PostPage:
    return make_post(slug="kettle", title="The kettle")


def presses() -> int:
    return sum(DailyCount.objects.values_list("helped", flat=True))


@pytest.mark.parametrize("through_link", [False, True])
def test_a_press_counts_once_and_a_reload_of_the_thanks_does_not(
    post: PostPage, through_link: bool
) -> None:
    page = f"/s/{ensure_link(post=post).code}" if through_link else "/kettle"
    assert f'action="{page}/helped/"' in Client().get(page, follow=True).text
    answer = press(f"{page}/helped/")
    assert answer.status_code == 302
    for _ in range(2):
        thanks = Client().get(answer["Location"])
        assert "Thank you" in thanks.text
        assert f'href="{page}/share/"' in thanks.text
    assert presses() == 1
    assert not answer.cookies
    assert not Session.objects.exists()


def test_the_thanks_behind_a_link_keep_it_to_themselves(post: PostPage) -> None:
    post.visibility = PostPage.Visibility.SUBSCRIBERS
    post.save()
    thanks = Client().get(f"/s/{ensure_link(post=post).code}/helped/")
    assert thanks["Referrer-Policy"] == "no-referrer"
    assert thanks["Cache-Control"] == "no-store"
    assert "/kettle/" not in thanks.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_cannot_press(post: PostPage, headers: dict[str, str]) -> None:
    assert press("/kettle/helped/", **headers).status_code == 403
    assert presses() == 0


def test_a_machine_is_thanked_and_not_counted(post: PostPage) -> None:
    assert press("/kettle/helped/", User_Agent="curl/8.5.0").status_code == 302
    assert presses() == 0


def test_beyond_the_limit_of_a_network_the_thanks_are_the_same(
    post: PostPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helping, "A_DAY", 3)
    answers = {press("/kettle/helped/", ip=f"203.0.113.{n}")["Location"] for n in range(6)}
    assert answers == {"/kettle/helped/"}
    assert presses() == 3
    press("/kettle/helped/", ip="198.51.100.7")
    assert presses() == 4


def test_a_loop_over_all_posts_ends_too(post: PostPage, monkeypatch: pytest.MonkeyPatch) -> None:
    make_post(slug="cup")
    monkeypatch.setattr(helping, "A_DAY_OF_ALL", 3)
    for _ in range(3):
        press("/kettle/helped/")
        press("/cup/helped/")
    assert presses() == 3


def test_nothing_of_who_pressed_is_kept(post: PostPage) -> None:
    press("/kettle/helped/", ip="203.0.113.7")
    for row in Tally.objects.all():
        assert b"203.0.113" not in bytes(row.key)
    names = {field.name for field in DailyCount._meta.fields}
    assert names == {"id", "post", "day", "reads", "helped"}


def test_who_sees_only_the_first_words_has_no_button(post: PostPage) -> None:
    post.visibility = PostPage.Visibility.SUBSCRIBERS
    post.save()
    assert "/helped/" not in Client().get("/kettle/").text
    press("/kettle/helped/")
    assert presses() == 0


def test_a_post_that_is_gone_cannot_help(post: PostPage) -> None:
    path = f"/s/{ensure_link(post=post).code}/helped/"
    post.unpublish()
    assert press(path).status_code == 410
    assert press("/kettle/helped/").status_code == 410
    assert press("/nothing/helped/").status_code == 404
    assert presses() == 0


def test_the_privacy_notice_says_what_is_counted() -> None:
    make_post()
    assert "how often it was read through its link" in Client().get("/privacy/").text
