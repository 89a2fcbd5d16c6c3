"""How far a post travelled, as the desk tells it."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from posts.content.models import PostPage
from posts.sharing.counting import today
from posts.sharing.models import DailyCount
from tests.factories import make_post


@pytest.fixture
def post(owner: User) -> PostPage:
    return make_post(title="The kettle", slug="kettle")


def count(post: PostPage, ago: int, *, reads: int = 0, helped: int = 0) -> None:
    day = today() - dt.timedelta(days=ago)
    DailyCount.objects.create(post=post, day=day, reads=reads, helped=helped)


def screen(desk: Client, post: PostPage) -> str:
    return desk.get(f"/admin/posts/{post.pk}/travel/").content.decode()


def test_both_numbers_are_told_with_a_chart_and_a_table(desk: Client, post: PostPage) -> None:
    count(post, 3, reads=12, helped=5)
    count(post, 1, reads=1_200)
    page = screen(desk, post)
    assert "Read through its link: 1,212 times" in page
    assert "“This helped me”: 5 times" in page
    assert page.count("<rect") == 3
    assert '<td class="desk-number">1,200</td>' in page


def test_below_five_no_number_is_told(desk: Client, post: PostPage) -> None:
    count(post, 1, reads=4, helped=3)
    page = screen(desk, post)
    assert page.count("fewer than five times") == 2
    assert "<rect" not in page
    DailyCount.objects.all().delete()
    assert "fewer than five times" in screen(desk, post)


def test_no_small_number_follows_from_the_file(desk: Client, post: PostPage) -> None:
    for ago, reads in ((9, 2), (8, 10), (7, 3)):
        count(post, ago, reads=reads, helped=1)
    answer = desk.get(f"/admin/posts/{post.pk}/travel/travel.csv")
    first, last = (today() - dt.timedelta(days=ago) for ago in (9, 8))
    assert answer.content.decode().splitlines() == [
        "\ufeffwhat,from,to,times",
        f"reads,{first},{last},12",
    ]
    assert "kettle" in answer["Content-Disposition"]


def test_the_dashboard_and_the_post_lead_there(desk: Client, post: PostPage) -> None:
    count(post, 1, reads=7)
    address = f"/admin/posts/{post.pk}/travel/"
    home = desk.get("/admin/").content.decode()
    assert address in home
    assert "Read through its link 7 times, helped fewer than five times" in home
    assert address in desk.get(f"/admin/pages/{post.pk}/edit/").content.decode()


def test_the_dashboard_costs_the_same_for_one_post_and_for_three(
    desk: Client, post: PostPage
) -> None:
    def queries() -> int:
        desk.get("/admin/")  # what is asked for once is asked for now
        with CaptureQueriesContext(connection) as found:
            desk.get("/admin/")
        return len(found)

    count(post, 1, reads=7)
    one = queries()
    for _ in range(2):
        count(make_post(), 1, reads=7)
    assert queries() == one


def test_who_may_not_publish_is_told_nothing(editor: Client, post: PostPage) -> None:
    count(post, 1, reads=7)
    assert editor.get(f"/admin/posts/{post.pk}/travel/")["Location"] == "/admin/"
    assert editor.get(f"/admin/posts/{post.pk}/travel/travel.csv")["Location"] == "/admin/"
    assert "7 times" not in editor.get("/admin/").content.decode()
