"""Trying out codes: cut off early, and to the harm of nobody else; counted in either place."""

from collections import Counter

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link
from posts.sharing.guessing import MISSES
from posts.sharing.models import new_code
from subscribers.limits.models import Tally
from tests.factories import make_post

pytestmark = pytest.mark.django_db

MOST = MISSES[0].most
HERS = "203.0.113.7"


@pytest.fixture(
    autouse=True, params=["database", pytest.param("redis", marks=pytest.mark.only_on("redis"))]
)
def counted_in(request: pytest.FixtureRequest, settings: LazySettings) -> str:
    if request.param == "database":
        settings.REDIS_URL = ""
    return str(request.param)


def guess(times: int, *, ip: str = HERS, behind: str = "") -> Counter[int]:
    """So many codes that nobody was given."""
    client = Client(REMOTE_ADDR=ip)
    return Counter(client.get(f"/s/{new_code()}{behind}").status_code for _ in range(times))


def test_whoever_tries_out_codes_is_cut_off() -> None:
    make_post()
    assert guess(MOST + 5) == {404: MOST, 429: 5}


def test_the_answer_is_kind_and_says_when(client: Client) -> None:
    guess(MOST, ip="127.0.0.1")
    answer = client.get(f"/s/{new_code()}")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert answer["Cache-Control"] == "no-store"
    assert "A link that is whole opens as ever." in answer.text


def test_a_right_link_opens_from_the_same_network() -> None:
    post = make_post(visibility=PostPage.Visibility.SUBSCRIBERS)
    guess(MOST + 1)
    link = ensure_link(post=post)
    neighbour = Client(REMOTE_ADDR="203.0.113.250")
    for code in (link.code, link.discreet_code):
        assert neighbour.get(f"/s/{code}").status_code == 200
        assert neighbour.get(f"/s/{code}/share/").status_code == 200


def test_another_address_of_the_network_does_not_begin_anew_and_another_network_does() -> None:
    guess(MOST)
    assert guess(1, ip="203.0.113.8") == {429: 1}
    assert guess(1, ip="198.51.100.1") == {404: 1}


def test_the_share_page_behind_a_code_counts_too() -> None:
    assert guess(MOST, behind="/share/") == {404: MOST}
    assert guess(1) == {429: 1}


def test_right_links_and_drafts_count_as_what_they_are() -> None:
    right, draft = make_post(), make_post(live=False)
    client = Client(REMOTE_ADDR=HERS)
    for _ in range(MOST):
        assert client.get(f"/s/{ensure_link(post=right).code}").status_code == 200
    assert guess(MOST - 1) == {404: MOST - 1}
    path = f"/s/{ensure_link(post=draft).code}"
    assert [client.get(path).status_code for _ in range(2)] == [404, 429]


def test_an_hour_later_it_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    guess(MOST + 1)
    later = timezone.now() + MISSES[0].lasts
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert guess(1) == {404: 1}


def test_once_cut_off_a_try_writes_nothing() -> None:
    guess(MOST)
    before = list(Tally.objects.order_by("pk").values())
    guess(3)
    assert list(Tally.objects.order_by("pk").values()) == before


def test_of_the_network_nothing_readable_is_kept(counted_in: str) -> None:
    guess(1)
    if counted_in == "database":
        assert Tally.objects.count() == len(MISSES)
    assert not any(b"203.0.113" in bytes(row.key) for row in Tally.objects.all())
