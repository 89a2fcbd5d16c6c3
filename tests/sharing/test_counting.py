"""Reads through share links: added up in memory, written soon after, and nobody in them."""

import datetime as dt
import logging
import os
import subprocess
import sys
import threading
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from posts.content.models import PostPage
from posts.sharing import counting
from posts.sharing.actions import ensure_link
from posts.sharing.models import DailyCount
from tests.factories import make_post
from tests.sharing.reading import PHONE, READER, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(db: None) -> PostPage:
    return make_post(slug="kettle")


def link_of(post: PostPage) -> str:
    return f"/s/{ensure_link(post=post).code}"


def reads(post: PostPage) -> int:
    """What is written by now."""
    counting.write_waiting()
    return sum(DailyCount.objects.filter(post=post).values_list("reads", flat=True))


def test_each_read_through_the_link_counts(post: PostPage) -> None:
    for _ in range(3):
        assert read(link_of(post)).status_code == 200
    assert reads(post) == 3
    row = DailyCount.objects.get()
    assert (row.day, row.helped) == (counting.today(), 0)


def test_a_read_asks_the_database_nothing_for_the_counting(post: PostPage) -> None:
    read(link_of(post))
    assert not DailyCount.objects.exists()


def test_the_posts_own_address_is_not_counted(post: PostPage) -> None:
    read("/kettle/")
    read("/kettle/share/")
    read(f"{link_of(post)}/share/")
    assert reads(post) == 0


@pytest.mark.parametrize(
    "name",
    [
        "",
        "WhatsApp/2.24.20.89 A",
        "TelegramBot (like TwitterBot)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Twitterbot/1.0",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        # What iMessage calls itself when it draws a preview.
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
        "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36",
        "Signal",
        "curl/8.5.0",
        "Mozilla/5.0 " + "x" * 2_000,
    ],
)
def test_a_machine_is_no_reader(post: PostPage, name: str) -> None:
    assert read(link_of(post), User_Agent=name).status_code == 200
    assert reads(post) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Dest": "iframe"},
    ],
)
def test_what_is_fetched_but_not_shown_is_no_read(post: PostPage, headers: dict[str, str]) -> None:
    read(link_of(post), **headers)
    assert reads(post) == 0


def test_a_scanner_under_a_browsers_name_has_no_language(post: PostPage) -> None:
    Client().get(link_of(post), headers={"User-Agent": PHONE, "Accept": "*/*"})
    assert reads(post) == 0


def test_an_old_browser_that_does_not_say_what_it_fetches_is_a_reader(post: PostPage) -> None:
    old = {name: value for name, value in READER.items() if not name.startswith("Sec-")}
    Client().get(link_of(post), headers=old)
    assert reads(post) == 1


def test_asking_for_the_headers_alone_is_no_read(post: PostPage) -> None:
    Client().head(link_of(post), headers=READER)
    assert reads(post) == 0


def test_the_writer_herself_is_not_counted(post: PostPage) -> None:
    desk = Client()
    desk.force_login(User.objects.create_superuser("ada", "ada@letters.example", "rest"))
    desk.get(link_of(post), headers=READER)
    assert reads(post) == 0


def test_a_post_that_was_taken_back_is_not_read(post: PostPage) -> None:
    path = link_of(post)
    post.unpublish()
    assert read(path).status_code == 410
    assert reads(post) == 0


def test_the_day_is_that_of_the_site(post: PostPage, settings: LazySettings) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"  # 14 hours ahead
    with timezone.override(ZoneInfo("America/New_York")):  # somebody's in the desk
        read(link_of(post))
    assert reads(post) == 1
    there = dt.datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    assert DailyCount.objects.get().day == there


def test_a_read_before_midnight_counts_for_its_own_day(
    post: PostPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (dt.date(2026, 3, 1), dt.date(2026, 3, 2)):
        monkeypatch.setattr(counting, "today", lambda day=day: day)
        read(link_of(post))
    counting.write_waiting()
    days = DailyCount.objects.order_by("day").values_list("day", "reads")
    assert list(days) == [(dt.date(2026, 3, 1), 1), (dt.date(2026, 3, 2), 1)]


def test_a_deleted_post_does_no_harm_to_the_others(post: PostPage) -> None:
    other = make_post()
    read(link_of(post))
    read(link_of(other))
    post.delete()
    counting.write_waiting()
    assert list(DailyCount.objects.values_list("post", "reads")) == [(other.pk, 1)]


def test_what_cannot_be_written_is_kept_and_said(
    post: PostPage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> NoReturn:
        raise DatabaseError("the disk is full")

    # It runs in this thread here, whose connection the test needs.
    monkeypatch.setattr(connection, "close", lambda: None)
    read(link_of(post))
    with monkeypatch.context() as broken:
        broken.setattr(counting, "_add", fail)
        with caplog.at_level(logging.ERROR):
            counting._write_in_thread()
    assert "They are kept" in caplog.text
    read(link_of(post))
    assert reads(post) == 2


def test_a_thread_is_asked_for_once_in_a_while(
    post: PostPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(counting, "write_soon", lambda: asked.append(1))
    for _ in range(5):
        read(link_of(post))
    assert len(asked) == 1
    counting.write_waiting()
    read(link_of(post))
    assert len(asked) == 2


def test_a_forked_process_begins_with_nothing(post: PostPage) -> None:
    counting.waiting.add({(post.pk, counting.today()): 1})
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(tell, str(sum(counting.waiting.take().values())).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(told, 10) == b"0"
    os.close(told)
    os.close(tell)
    assert reads(post) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
def test_many_who_add_at_once_lose_nothing() -> None:
    posts = [make_post() for _ in range(4)]
    today = counting.today()

    def add() -> None:
        for _ in range(20):
            counting.write({(post.pk, today): 1 for post in posts}, {(posts[0].pk, today): 2})
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row.reads for row in DailyCount.objects.all()} == {120}
    assert DailyCount.objects.get(post=posts[0]).helped == 240


@pytest.mark.slow
def test_the_end_of_a_process_writes_what_it_holds() -> None:
    """A process that ends long before its thread would write."""
    code = """
import datetime as dt
import django
django.setup()
from posts.sharing import counting
counting.write = lambda reads, helped: print("written:", sum(reads.values()))
counting.waiting.add({(1, dt.date(2026, 3, 1)): 7})
counting.write_soon()
counting.write_soon()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "written: 7\n"
