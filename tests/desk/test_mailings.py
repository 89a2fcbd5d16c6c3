"""The page of a mailing, its numbers again as JSON, and its buttons."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery.mailings import cached_report
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import ALL_STATES, Delivery, Heartbeat, Mailing
from posts.delivery.status import worker_seen
from subscribers.models import Subscriber, Subscription
from tests.delivery.making import settle
from tests.factories import make_newsletter, make_post, make_subscriber

State = Delivery.State


@pytest.fixture
def mailing(owner: User) -> Mailing:
    newsletter = make_newsletter()
    for number in range(4):
        make_subscriber(newsletter, address=f"reader-{number}@example.org")
    post = make_post(title="Small steps", newsletter=newsletter)
    worker_seen("host:1")
    return start_mailing(post=post, by="ada")[0]


@pytest.fixture
def troubled(mailing: Mailing) -> Mailing:
    settle(
        mailing,
        (State.ACCEPTED, ""),
        (State.REFUSED, "550 no such user here"),
        (State.IN_DOUBT, "the connection was lost"),
        (State.LEFT_OUT, "resting"),
    )
    return mailing


def page(client: Client, mailing: Mailing) -> str:
    response = client.get(f"/admin/mailings/{mailing.pk}/")
    assert response.status_code == 200
    return response.content.decode()


# --- What became of it ---------------------------------------------------------------------


def figures(html: str) -> dict[str, str]:
    found = BeautifulSoup(html, "html.parser").select(".desk-figures > div")
    return {one.dt.text: " ".join(dd.text for dd in one.select("dd")) for one in found if one.dt}


def test_while_it_goes_out_three_numbers_say_how_far_it_is(desk: Client, mailing: Mailing) -> None:
    assert figures(page(desk, mailing)) == {
        "got it": "0",
        "could not be reached": "0",
        "still to come": "4",
    }


def test_afterwards_they_stand_beside_those_of_the_letter_before(
    desk: Client, troubled: Mailing
) -> None:
    finished = {"state": Mailing.State.FINISHED, "finished_at": timezone.now()}
    Mailing.objects.filter(pk=troubled.pk).update(**finished)
    again = make_post(title="Smaller steps", newsletter=troubled.newsletter)
    following = start_mailing(post=again, by="ada")[0]
    settle(following, *[(State.ACCEPTED, "")] * 4)
    Mailing.objects.filter(pk=following.pk).update(**finished)

    html = page(desk, following)
    assert figures(html) == {
        "got it": "4 last time 1",
        "could not be reached": "0 last time 1",
        "left since": "0 last time 0",
    }
    assert f'Compared with <a href="/admin/mailings/{troubled.pk}/">Small steps</a>' in html


def test_each_concern_has_the_thing_one_can_do_about_it(desk: Client, troubled: Mailing) -> None:
    soup = BeautifulSoup(page(desk, troubled), "html.parser")
    boxes = {box.h3.text: box for box in soup.select("section.desk-box") if box.h3}
    doubts = boxes["1 person may have it, or not"]
    assert [form["action"] for form in doubts.select("form")] == [
        f"/admin/mailings/{troubled.pk}/{verb}/" for verb in ("resend-doubts", "leave-doubts")
    ]
    refused = boxes["The mail server of 1 person said no"]
    assert [form["action"] for form in refused.select("form")] == [
        f"/admin/mailings/{troubled.pk}/retry-failed/"
    ]
    assert "550 no such user here" in refused.text


# --- The page -----------------------------------------------------------------------------


def test_it_says_what_happens_now_and_what_comes_next(desk: Client, mailing: Mailing) -> None:
    html = page(desk, mailing)
    assert "0 of 4 people settled" in html
    assert "Handing letters over: 4 people to go." in html
    assert "the work goes on without you" in html
    assert "It adds up" in html


def test_without_a_worker_it_says_what_to_start(desk: Client, mailing: Mailing) -> None:
    Heartbeat.objects.all().delete()
    assert "celery -A config worker" in page(desk, mailing)


def test_all_ten_states_stand_there_under_their_fixed_names(desk: Client, mailing: Mailing) -> None:
    html = page(desk, mailing)
    for name in ALL_STATES:
        assert f"<code>{name}</code>" in html


def test_who_was_left_out_stands_there_with_the_reason(desk: Client, troubled: Mailing) -> None:
    assert "1 × resting from mails for now" in page(desk, troubled)


def test_refusals_and_doubts_stand_there_with_the_servers_words(
    desk: Client, troubled: Mailing
) -> None:
    html = page(desk, troubled)
    assert "reader-1@example.org" in html
    assert "550 no such user here" in html
    assert "reader-2@example.org" in html
    assert "the connection was lost" in html


def test_a_reader_erased_since_has_no_address(desk: Client, troubled: Mailing) -> None:
    person = Subscriber.objects.get(address="reader-1@example.org")
    Subscription.objects.filter(subscriber=person).delete()
    person.delete()
    html = page(desk, troubled)
    assert "reader-1@example.org" not in html
    assert "Erased since" in html


def test_numbers_that_do_not_add_up_are_admitted(desk: Client, troubled: Mailing) -> None:
    Mailing.objects.update(candidates=9)
    assert "It does not add up" in page(desk, troubled)


def test_the_problem_stands_there_with_what_to_do(desk: Client, mailing: Mailing) -> None:
    Mailing.objects.update(state=Mailing.State.PAUSED, problem="535 who are you?")
    html = page(desk, mailing)
    assert "535 who are you?" in html
    assert "When it is repaired, press “Resume”" in html


def test_the_audit_says_who_did_what(desk: Client, mailing: Mailing) -> None:
    assert "<strong>Started</strong>, by ada: 4 people" in page(desk, mailing)


def test_a_deleted_post_keeps_its_mailing(desk: Client, mailing: Mailing) -> None:
    assert mailing.post is not None
    mailing.post.delete()
    assert "Small steps" in page(desk, mailing)
    assert "Small steps" in desk.get("/admin/mailings/").content.decode()


def test_a_mailing_under_way_refreshes_without_javascript(desk: Client, mailing: Mailing) -> None:
    assert 'http-equiv="refresh"' in page(desk, mailing)
    Mailing.objects.update(state=Mailing.State.FINISHED)
    assert 'http-equiv="refresh"' not in page(desk, mailing)


def test_looking_changes_nothing(desk: Client, mailing: Mailing) -> None:
    page(desk, mailing)
    with CaptureQueriesContext(connection) as queries:
        page(desk, mailing)
        desk.get(f"/admin/mailings/{mailing.pk}/progress.json")
    # PostgreSQL is given the two halves of a union in brackets.
    said = [query["sql"].lstrip("(") for query in queries]
    assert [sql for sql in said if not sql.startswith("SELECT")] == []


def test_more_troubled_readers_cost_no_more_queries(desk: Client, mailing: Mailing) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(desk, mailing)
        return len(queries)

    settle(mailing, (State.REFUSED, "no"), *[(State.ACCEPTED, "")] * 3)
    page(desk, mailing)
    one = count()
    Delivery.objects.update(state=State.REFUSED)
    assert count() == one


def test_nobody_is_looked_for_among_all_rows_where_the_count_says_that_there_are_none(
    desk: Client, mailing: Mailing
) -> None:
    settle(mailing, *[(State.ACCEPTED, "")] * 4)
    with CaptureQueriesContext(connection) as queries:
        page(desk, mailing)
    assert not [query for query in queries if '"posts_delivery"."detail"' in query["sql"]]


# --- The numbers again --------------------------------------------------------------------


def test_the_numbers_again_as_json(desk: Client, troubled: Mailing) -> None:
    news = desk.get(f"/admin/mailings/{troubled.pk}/progress.json").json()
    assert news["deliveries"]["in_doubt"] == 1
    assert (news["percent"], news["label"]) == (100, "4 of 4 people settled")
    assert news["accounted"] is True


def test_the_page_is_told_when_more_than_numbers_changed(desk: Client, mailing: Mailing) -> None:
    address = f"/admin/mailings/{mailing.pk}/progress.json"
    before = desk.get(address).json()
    settle(mailing, *[(State.ACCEPTED, "")] * 4)
    assert desk.get(address).json()["look"] == before["look"]
    Mailing.objects.update(state=Mailing.State.FINISHED)
    after = desk.get(address).json()
    assert after["look"] != before["look"]
    assert (before["moving"], after["moving"]) == (True, False)


def test_numbers_of_a_moment_ago_say_so_and_the_page_itself_counts_anew(
    desk: Client, mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached_report, "WORTH_KEEPING", 0.0)
    monkeypatch.setattr(cached_report, "AS_LONG_AS", 1_000_000)
    address = f"/admin/mailings/{mailing.pk}/progress.json"
    assert desk.get(address).json()["label"] == "0 of 4 people settled"
    settle(mailing, *[(State.ACCEPTED, "")] * 4)
    assert desk.get(address).json()["label"].startswith("0 of 4 people settled, as of ")
    assert "4 of 4 people settled" in page(desk, mailing)


# --- The buttons --------------------------------------------------------------------------


def act(client: Client, mailing: Mailing, verb: str) -> Any:
    return client.post(f"/admin/mailings/{mailing.pk}/{verb}/", follow=True)


def test_pause_and_resume(desk: Client, mailing: Mailing) -> None:
    html = act(desk, mailing, "pause").content.decode()
    assert "Nobody else is mailed for now" in html
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    act(desk, mailing, "resume")
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    assert [event.by for event in mailing.events.all()] == ["ada"] * 3


def test_cancel(desk: Client, mailing: Mailing) -> None:
    html = act(desk, mailing, "cancel").content.decode()
    assert "Who had not been mailed is left out" in html
    assert Mailing.objects.get().state == Mailing.State.CANCELLED


def test_the_refused_are_tried_again(desk: Client, troubled: Mailing) -> None:
    act(desk, troubled, "retry-failed")
    assert not Delivery.objects.filter(state=State.REFUSED).exists()
    assert Delivery.objects.filter(state=State.RETRYING).count() == 1


def test_doubts_are_sent_again_only_when_asked_for(desk: Client, troubled: Mailing) -> None:
    act(desk, troubled, "leave-doubts")
    assert Delivery.objects.filter(state=State.IN_DOUBT).count() == 1
    act(desk, troubled, "resend-doubts")
    assert not Delivery.objects.filter(state=State.IN_DOUBT).exists()


@pytest.mark.parametrize(
    ("state", "offered", "not_offered"),
    [
        ("sending", {"pause", "cancel"}, {"resume"}),
        ("paused", {"resume", "cancel"}, {"pause"}),
        ("finished", set(), {"pause", "resume", "cancel"}),
        ("cancelled", set(), {"pause", "resume", "cancel", "retry-failed", "resend-doubts"}),
    ],
)
def test_what_applies_is_offered(
    desk: Client, troubled: Mailing, state: str, offered: set[str], not_offered: set[str]
) -> None:
    Mailing.objects.update(state=state)
    html = page(desk, troubled)
    found = {verb for verb in offered | not_offered if f"/{verb}/" in html}
    assert found == offered


def test_a_press_that_comes_too_late_says_why(desk: Client, mailing: Mailing) -> None:
    Mailing.objects.update(state=Mailing.State.FINISHED)
    assert "it cannot be paused now" in act(desk, mailing, "pause").content.decode()


@pytest.mark.parametrize("verb", ["pause", "cancel", "retry-failed", "resend-doubts"])
def test_an_editor_may_press_nothing(editor: Client, mailing: Mailing, verb: str) -> None:
    response = editor.post(f"/admin/mailings/{mailing.pk}/{verb}/")
    assert response["Location"] == "/admin/"
    assert mailing.events.count() == 1


def test_a_verb_is_not_an_address_to_look_at(desk: Client, mailing: Mailing) -> None:
    assert desk.get(f"/admin/mailings/{mailing.pk}/cancel/").status_code == 405
    assert desk.post(f"/admin/mailings/{mailing.pk}/explode/").status_code == 404


# --- Lists --------------------------------------------------------------------------------


def test_an_empty_list_teaches_how_a_mailing_begins(desk: Client) -> None:
    assert "A mailing begins at a post" in desk.get("/admin/mailings/").content.decode()


@pytest.mark.parametrize("address", ["/admin/mailings/", "/admin/posts/"])
def test_each_list_costs_the_same_for_one_and_for_three(desk: Client, address: str) -> None:
    def count() -> int:
        desk.get(address)  # publishing emptied Wagtail's cache of sites
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    def add() -> None:
        newsletter = make_newsletter()
        make_subscriber(newsletter)
        start_mailing(post=make_post(newsletter=newsletter), by="ada")

    add()
    one = count()
    add()
    add()
    assert count() == one


def test_the_list_of_posts_shows_each_mailing(desk: Client, mailing: Mailing) -> None:
    make_post(title="Not mailed")
    html = desk.get("/admin/posts/").content.decode()
    assert f"/admin/mailings/{mailing.pk}/" in html
    assert "Not emailed" in html


def test_the_dashboard_shows_what_is_going_out(desk: Client, mailing: Mailing) -> None:
    html = desk.get("/admin/").content.decode()
    assert "Going out" in html
    assert "0 of 4 people settled" in html
