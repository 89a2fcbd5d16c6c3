"""The list of people: pages by key, filters, and what is done to many."""

import codecs
from itertools import product
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from posts.content.actions import Foundation
from posts.desk import bulk, search
from posts.desk.models import BulkWork
from posts.desk.search import Filters
from posts.desk.tasks import bulk_work
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription
from subscribers.queries import is_suppressed
from subscribers.segments.actions import create_tag, tag_people
from subscribers.segments.models import CareEvent, Tag, Tagging
from tests.factories import make_newsletter, make_subscriber

LIST = "/admin/subscribers/"
BULK = "/admin/subscribers/bulk/"


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return make_newsletter(name="Quiet hours")


def crowd(newsletter: Newsletter, number: int) -> list[int]:
    return [make_subscriber(newsletter, address=f"p{n:04}@example.org").pk for n in range(number)]


def walked(filters: Filters) -> list[list[int]]:
    """Page after page to the end."""
    pages, after = [], None
    while True:
        found = search.page(filters, after=after)
        pages.append([person.pk for person in found.people])
        if found.after is None:
            return pages
        after = found.after


# --- Pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 49, 50, 51, 100, 101])
def test_walking_forward_meets_everybody_once_newest_first(
    newsletter: Newsletter, number: int
) -> None:
    ids = crowd(newsletter, number)
    for filters in (Filters(), Filters(newsletter=newsletter.pk), Filters(status="active")):
        pages = walked(filters)
        assert [i for page in pages for i in page] == ids[::-1]
        assert all(len(page) == search.PAGE for page in pages[:-1])


def test_walking_back_leads_to_the_pages_one_came_from(newsletter: Newsletter) -> None:
    crowd(newsletter, 120)
    for filters in (Filters(), Filters(q="p"), Filters(newsletter=newsletter.pk)):
        first = search.page(filters)
        second = search.page(filters, after=first.after)
        third = search.page(filters, after=second.after)
        assert (first.before, third.after) == (None, None)
        assert search.page(filters, before=third.before).people == second.people
        again = search.page(filters, before=second.before)
        assert again.people == first.people
        assert again.before is None


def test_a_prefix_is_found_in_the_order_of_the_alphabet(newsletter: Newsletter) -> None:
    for name in ("anna", "Ann.b", "ann_a", "ann%", "bea", "an"):
        make_subscriber(newsletter, address=f"{name.lower()}@example.org")

    def names(q: str) -> list[str]:
        return [person.address.split("@")[0] for person in search.page(Filters(q=q)).people]

    assert names("ann") == ["ann%", "ann.b", "ann_a", "anna"]
    assert names(" ANN_") == ["ann_a"]
    assert names("ann%") == ["ann%"]
    assert names("b") == ["bea"]
    assert names("example") == []


def test_someone_in_two_newsletters_is_shown_once(newsletter: Newsletter) -> None:
    person = make_subscriber(newsletter)
    Subscription.objects.create(subscriber=person, newsletter=make_newsletter(), status="active")
    assert [p.pk for p in search.page(Filters(status="active")).people] == [person.pk]


@pytest.mark.slow
def test_whichever_way_is_read_the_same_people_are_found_and_counted(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag, other = create_tag(name="early", by="ada"), make_newsletter()
    for number in range(24):
        person = make_subscriber(
            newsletter if number % 5 else other,
            address=f"p{number}@example.org",
            pace="weekly" if number % 2 else "each",
            edition="short" if number % 3 else "full",
        )
        if number % 4 == 0:
            tag_people(tag=tag, ids=[person.pk], by="ada")
        if number % 6 == 0:
            Subscription.objects.filter(subscriber=person).update(status="complained")
    start = Subscriber.objects.order_by("pk").values_list("pk", flat=True)[10]
    Subscriber.objects.filter(pk__lt=start).update(created_at="2020-05-03T10:00:00Z")
    for few in (0, 1_000):
        monkeypatch.setattr(search, "FEW", few)
        for choice in product(
            (None, newsletter.pk), ("", "complained"), (None, tag.pk), ("", "each", "weekly"),
            ("", "short"), ("", "2021-01-01", "2999-01-01"),
        ):  # fmt: skip
            names = ("newsletter", "status", "tag", "pace", "edition", "since")
            asked: dict[str, Any] = dict(zip(names, choice, strict=True))
            filters = Filters(**asked)
            wanted = sorted(search.matching(filters).values_list("pk", flat=True), reverse=True)
            assert [i for page in walked(filters) for i in page] == wanted, filters
            assert search.page(filters).count == len(wanted), filters


def test_what_few_chose_is_not_looked_for_among_all_of_a_newsletter(
    newsletter: Newsletter,
) -> None:
    crowd(newsletter, 3)
    few = make_subscriber(newsletter, pace="weekly")
    filters = Filters(newsletter=newsletter.pk, status="active", pace="weekly")
    with CaptureQueriesContext(connection) as queries:
        assert search.page(filters).people == [few]
    [read] = [q["sql"] for q in queries if "ORDER BY" in q["sql"] and "LIMIT 51" in q["sql"]]
    assert read.startswith('SELECT "subscribers_subscriber"."id"')


def test_filters_narrow_together(newsletter: Newsletter) -> None:
    plain = make_subscriber(newsletter)
    short = make_subscriber(newsletter, edition="short", pace="weekly")
    resting = make_subscriber(newsletter, edition="short", resting_until="9999-12-31")
    tag = create_tag(name="early", by="ada")
    tag_people(tag=tag, ids=[plain.pk, resting.pk], by="ada")
    listed = Subscription.objects.filter(subscriber__in=[plain, resting])
    listed.update(brought_by=7)
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({"edition": "short"}, [resting.pk, short.pk]),
        ({"edition": "full"}, [plain.pk]),
        ({"pace": "weekly"}, [short.pk]),
        ({"resting": True}, [resting.pk]),
        ({"tag": tag.pk}, [resting.pk, plain.pk]),
        ({"tag": tag.pk, "edition": "short"}, [resting.pk]),
        ({"tag": tag.pk, "newsletter": newsletter.pk, "status": "bounced"}, []),
        ({"newsletter": newsletter.pk, "pace": "weekly"}, [short.pk]),
        ({"since": "2999-01-01"}, []),
        ({"since": "2020-01-01"}, [resting.pk, short.pk, plain.pk]),
        ({"brought_by": 7}, [resting.pk, plain.pk]),
        ({"brought_by": 7, "status": "active", "edition": "short"}, [resting.pk]),
        ({"brought_by": 7, "tag": tag.pk, "newsletter": newsletter.pk}, [resting.pk, plain.pk]),
        ({"brought_by": 8}, []),
    ]
    for fields, ids in cases:
        filters = Filters(**fields)
        assert [person.pk for person in search.page(filters).people] == ids, fields
        assert sorted(search.matching(filters).values_list("pk", flat=True)) == sorted(ids)
        assert search.page(filters).count == len(ids)


def test_a_page_costs_the_same_for_one_and_for_a_thousand(
    desk: Client, newsletter: Newsletter
) -> None:
    def counts() -> list[int]:
        person = Subscriber.objects.order_by("pk").first()
        assert person is not None
        addresses = [
            LIST,
            f"{LIST}?q=p",
            f"{LIST}?newsletter={newsletter.pk}&status=active",
            f"{LIST}?status=active&edition=full",
            f"{LIST}{person.pk}/",
            f"{LIST}growth/",
        ]
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(address).status_code == 200
            found.append(len(queries))
        return found

    tag = create_tag(name="early", by="ada")
    tag_people(tag=tag, ids=crowd(newsletter, 1), by="ada")
    counts()  # what Wagtail remembers from the first page on is asked once
    one = counts()
    people = Subscriber.objects.bulk_create(
        Subscriber(email=f"p{n}@example.net", address=f"p{n}@example.net") for n in range(999)
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=person, newsletter=newsletter, status="active") for person in people
    )
    tag_people(tag=tag, ids=[person.pk for person in people], by="ada")
    assert counts() == one


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=-1",
        f"after={2**80}",
        "before=0",
        "newsletter=x",
        "tag=99",
        "since=soon",
        "q=%00",
        "q=%F4%8F%BF%BF",
        "status=gone",
        "after=1&before=1",
    ],
)
def test_a_strange_address_is_answered(desk: Client, newsletter: Newsletter, query: str) -> None:
    crowd(newsletter, 2)
    assert desk.get(f"{LIST}?{query}").status_code == 200


# --- Many at once -----------------------------------------------------------------------------


def press(desk: Client, **form: Any) -> Any:
    return desk.post(BULK, {"who": "ticked", **form}, follow=True)


def work_done() -> BulkWork:
    bulk_work()
    return BulkWork.objects.get()


def test_it_asks_first_and_says_how_many(desk: Client, newsletter: Newsletter) -> None:
    ids = crowd(newsletter, 3)
    html = press(desk, verb="erase", ids=ids[:2]).content.decode()
    assert "Erase: 2 people" in html
    assert "cannot be undone" in html
    assert not BulkWork.objects.exists()
    assert Subscriber.objects.count() == 3


def test_the_page_that_asks_carries_everything_to_the_press(
    desk: Client, newsletter: Newsletter
) -> None:
    ids = crowd(newsletter, 3)
    soup = BeautifulSoup(press(desk, verb="suppress", ids=ids[:2]).content, "html.parser")
    form = soup.select_one(f'main form[action="{BULK}"]')
    assert form is not None
    sent: dict[str, list[str]] = {}
    for field in form.select("input[name]"):
        sent.setdefault(str(field["name"]), []).append(str(field["value"]))
    desk.post(BULK, sent)
    assert work_done().done == 2
    assert is_suppressed("p0001@example.org")
    assert not is_suppressed("p0002@example.org")


def test_those_who_are_ticked_are_tagged_and_untagged(desk: Client, newsletter: Newsletter) -> None:
    ids = crowd(newsletter, 3)
    press(desk, verb="tag", ids=ids[:2], tag="early", sure="1")
    work_done()
    assert sorted(Tagging.objects.values_list("subscriber_id", flat=True)) == ids[:2]
    BulkWork.objects.all().delete()
    press(desk, verb="untag", ids=ids, tag="early", sure="1")
    work_done()
    assert not Tagging.objects.exists()


def test_everybody_who_matches_is_unsubscribed_in_chunks(
    desk: Client, newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    other = make_newsletter()
    ids = crowd(newsletter, 5)
    both = Subscription.objects.create(subscriber_id=ids[0], newsletter=other, status="active")
    form = {"verb": "unsubscribe", "who": "everybody", "newsletter": newsletter.pk, "sure": "1"}
    press(desk, **form)
    late = make_subscriber(newsletter)
    work = work_done()
    assert (work.done, work.expected) == (5, 5)
    assert work.finished_at is not None
    left = Subscription.objects.filter(status="unsubscribed")
    assert sorted(left.values_list("subscriber_id", flat=True)) == ids
    both.refresh_from_db()
    assert both.status == "active"  # the filter said which newsletter
    assert late.subscriptions.get().status == "active"  # came after the press
    events = ConsentEvent.objects.filter(kind="unsubscribed")
    assert {(e.by, e.source) for e in events} == {("ada", LIST)}
    said = ["bulk unsubscribe", "bulk unsubscribe done"]
    assert [event.action for event in CareEvent.objects.all()] == said


def test_a_worker_that_was_stopped_goes_on_where_it_was(
    desk: Client, newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    crowd(newsletter, 5)
    press(desk, verb="suppress", who="everybody", sure="1")
    assert bulk.go_on(seconds=-1)  # out of time after one chunk
    half = BulkWork.objects.get()
    assert (half.done, half.finished_at) == (2, None)
    assert not bulk.go_on()
    assert work_done().done == 5
    assert Subscription.objects.filter(status="unsubscribed").count() == 5


def test_the_erased_are_gone_and_stay_out(desk: Client, newsletter: Newsletter) -> None:
    ids = crowd(newsletter, 2)
    press(desk, verb="erase", ids=ids[:1], sure="1")
    work_done()
    assert list(Subscriber.objects.values_list("pk", flat=True)) == ids[1:]
    assert is_suppressed("p0000@example.org")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"verb": "erase"}, "Nobody is ticked"),
        ({"verb": "tag", "who": "page", "shown": ["1"]}, "Write which tag"),
        ({"verb": "untag", "who": "page", "shown": ["1"], "tag": "gone"}, "no such tag"),
        ({"verb": "delete", "ids": ["1"]}, "Nothing was changed"),
        ({"verb": "erase", "who": "everybody", "since": "soon"}, "Correct the fields"),
    ],
)
def test_what_is_not_clear_is_not_done(
    desk: Client, newsletter: Newsletter, form: dict[str, Any], says: str
) -> None:
    crowd(newsletter, 1)
    response = press(desk, **form, sure="1")
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not BulkWork.objects.exists()


def test_a_download_has_the_chosen_and_no_formulas(desk: Client, newsletter: Newsletter) -> None:
    crowd(newsletter, 2)
    Subscriber.objects.filter(address="p0001@example.org").update(name="'=HYPERLINK()")
    response = press(desk, verb="export", who="everybody", q="p0001")
    content = b"".join(response.streaming_content)
    assert content.startswith(codecs.BOM_UTF8), "or Excel takes it for something else"
    lines = content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    # One mark more, so that an import reads the name as it was.
    assert lines[1].startswith("p0001@example.org,''=HYPERLINK(),")
    assert "no-store" in response["Cache-Control"]


def test_who_may_only_look_changes_nothing(site: Foundation, newsletter: Newsletter) -> None:
    user = User.objects.create_user("kim", "kim@letters.example", "words and more words")
    names = ["view_subscriber", "access_admin"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    ids = crowd(newsletter, 1)
    assert client.get(LIST).status_code == 200
    press(client, verb="erase", ids=ids, sure="1")
    client.post(f"{LIST}{ids[0]}/erase/", {"address": "p0000@example.org"})
    client.post(f"{LIST}tags/", {"name": "early"})
    assert Subscriber.objects.count() == 1
    assert not BulkWork.objects.exists()
    assert not Tag.objects.exists()


def test_no_get_begins_anything(desk: Client, newsletter: Newsletter) -> None:
    assert desk.get(f"{BULK}?verb=erase&who=everybody&sure=1").status_code == 405
