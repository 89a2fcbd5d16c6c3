"""Before a mailing goes out: undo, how fast, and at another time."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from posts.content.models import PostPage
from posts.content.tasks import publish_what_is_due
from posts.delivery import tasks
from posts.delivery.mailings import schedule
from posts.delivery.mailings.queries import count
from posts.delivery.models import Heartbeat, Mailing
from posts.delivery.rate.models import SendingSettings
from tests.delivery.clerk import hand_over
from tests.desk.pressing import act, fresh, page, press, press_later, seal_of
from tests.factories import make_subscriber

# --- Undo ---------------------------------------------------------------------------------


def test_the_press_holds_and_the_page_says_for_how_long(desk: Client, draft: PostPage) -> None:
    confirm = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "For 60 seconds after you press you can undo" in confirm
    mailing = press(desk, draft)
    assert (mailing.state, mailing.candidates) == ("held", 3)
    html = page(desk, mailing)
    assert "Undo: email nobody" in html
    assert re.search(r"It starts in (5\d|60) seconds\.", html)
    assert "Email 3 people now" in html
    assert 'http-equiv="refresh"' in html
    news = desk.get(f"/admin/mailings/{mailing.pk}/progress.json").json()
    assert news["left"].startswith("It starts in")
    assert news["moving"] is True


def test_undo_mails_nobody_and_the_post_can_be_emailed_anew(desk: Client, draft: PostPage) -> None:
    mailing = press(desk, draft)
    html = act(desk, mailing, "undo")
    assert "Taken back. Nobody was mailed." in html
    assert "Undo: email nobody" not in html
    assert PostPage.objects.get(pk=draft.pk).live
    undone = fresh(mailing).events.last()
    assert undone is not None
    assert (undone.action, undone.by) == ("undone", "ada")
    confirm = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert ">Email 3 people</button>" in confirm
    again = press(desk, draft)
    assert again.pk != mailing.pk
    assert "taken back" in page(desk, again)


def test_undo_that_comes_too_late_is_told_what_can_still_be_done(
    desk: Client, draft: PostPage
) -> None:
    mailing = press(desk, draft)
    schedule.start_now(mailing=mailing, by="ada")
    html = act(desk, mailing, "undo")
    assert "too late to undo" in html
    assert "Cancel" in html
    assert fresh(mailing).state == "sending"


def test_who_wants_no_time_to_undo_has_none(desk: Client, draft: PostPage) -> None:
    SendingSettings.objects.create(undo_seconds=0)
    confirm = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "you can undo" not in confirm
    assert press(desk, draft).state == "sending"


def test_a_held_mailing_is_started_by_a_press(desk: Client, draft: PostPage) -> None:
    mailing = press(desk, draft)
    assert "Handing letters over: 3 people to go." in act(desk, mailing, "start-now")


def test_a_held_mailing_that_no_worker_releases_says_so(desk: Client, draft: PostPage) -> None:
    mailing = press(desk, draft)
    Mailing.objects.update(starts_at=timezone.now() - timedelta(minutes=2))
    assert "It starts any moment now." in page(desk, mailing)
    Heartbeat.objects.all().delete()
    assert "celery -A config worker" in page(desk, mailing)


def test_an_undone_mailing_stands_in_no_ones_way(desk: Client, draft: PostPage) -> None:
    act(desk, press(desk, draft), "undo")
    assert "Not emailed" in desk.get("/admin/posts/").content.decode()
    editor_page = desk.get(f"/admin/pages/{draft.pk}/edit/").content.decode()
    assert 'name="action-email"' in editor_page


# --- How fast -----------------------------------------------------------------------------


def test_a_mailing_is_spread_over_the_hours_that_were_chosen(desk: Client, draft: PostPage) -> None:
    mailing = press(desk, draft, spread="14400")
    assert (mailing.spread_seconds, mailing.batches.count()) == (14400, 3)
    assert "Evenly over 4 hours." in page(desk, mailing)
    html = act(desk, mailing, "start-now")
    assert "3 people to go. Evenly over 4 hours, until about" in html


def test_a_pace_that_is_not_offered_is_refused(desk: Client, draft: PostPage) -> None:
    form = {"revision": seal_of(draft), "spread": "7"}
    response = desk.post(f"/admin/posts/{draft.pk}/email/", form)
    assert response.status_code == 422
    assert not Mailing.objects.exists()


# --- Later --------------------------------------------------------------------------------


@pytest.fixture
def scheduled(desk: Client, draft: PostPage) -> Mailing:
    press_later(desk, draft)
    return Mailing.objects.get()


def its_time_comes() -> None:
    """For the mailing, and for the page that goes live with it."""
    at = timezone.now() - timedelta(seconds=30)
    Mailing.objects.update(starts_at=at)
    for post in PostPage.objects.all():
        if waiting := post.scheduled_revision:
            waiting.approved_go_live_at = at
            waiting.content["go_live_at"] = at.isoformat()
            waiting.save()


def test_a_draft_goes_live_and_is_emailed_at_its_time(
    desk: Client, draft: PostPage, scheduled: Mailing
) -> None:
    assert (scheduled.state, scheduled.candidates, scheduled.letter) == ("scheduled", 0, None)
    assert not PostPage.objects.get(pk=draft.pk).live
    html = page(desk, scheduled)
    assert "Starts on" in html
    assert "(UTC)" in html
    assert count(scheduled).accounted
    make_subscriber(draft.newsletter)
    its_time_comes()
    tasks.sweep()
    assert fresh(scheduled).state == "scheduled"  # not before its page
    publish_what_is_due()
    tasks.sweep()
    assert PostPage.objects.get(pk=draft.pk).live
    assert (fresh(scheduled).state, fresh(scheduled).candidates) == ("sending", 4)


def test_a_published_post_stays_as_it_is_until_its_mailing(desk: Client, draft: PostPage) -> None:
    draft.latest_revision.publish()
    assert press_later(desk, draft).status_code == 302
    assert PostPage.objects.get(pk=draft.pk).live
    assert PostPage.objects.get(pk=draft.pk).scheduled_revision is None
    assert "Starts on" in page(desk, Mailing.objects.get())


def test_changes_to_a_published_post_wait_for_its_mailing_too(
    desk: Client, draft: PostPage
) -> None:
    draft.latest_revision.publish()
    changed = PostPage.objects.get(pk=draft.pk)
    changed.title = "Permission to stop, twice"
    changed.save_revision()
    press_later(desk, changed)
    assert PostPage.objects.get(pk=draft.pk).title == "Permission to stop"
    its_time_comes()
    publish_what_is_due()
    tasks.sweep()
    letter = Mailing.objects.get().letter
    assert letter is not None
    assert letter.variants.get().subject == "Permission to stop, twice"


def test_a_second_press_finds_the_first(desk: Client, draft: PostPage) -> None:
    form = {"revision": seal_of(draft), "date": "2999-01-01", "time": "09:00"}
    first = press_later(desk, draft)
    second = desk.post(f"/admin/posts/{draft.pk}/email/later/", form)
    assert second["Location"] == first["Location"]
    assert Mailing.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"date": "", "time": ""}, 422, "This field is required"),
        ({"date": "2020-01-01", "time": "09:00"}, 409, "is over"),
        ({"date": "2999-01-01", "time": "09:00"}, 409, "more than a year away"),
    ],
)
def test_a_time_that_is_none_is_refused_and_stays_in_the_form(
    desk: Client, draft: PostPage, form: dict[str, Any], status: int, said: str
) -> None:
    response = press_later(desk, draft, **form)
    assert response.status_code == status
    html = response.content.decode()
    assert said in html
    assert f'value="{form["date"]}"' in html or not form["date"]
    assert not Mailing.objects.exists()
    assert PostPage.objects.get(pk=draft.pk).scheduled_revision is None


def test_the_hour_is_that_of_the_site_also_for_an_editor_far_away(
    desk: Client, draft: PostPage, settings: Settings
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    day = f"{timezone.now() + timedelta(days=2):%Y-%m-%d}"
    press_later(desk, draft, date=day, time="09:00")
    [mailing] = Mailing.objects.all()
    assert mailing.starts_at is not None
    assert f"{mailing.starts_at:%Y-%m-%d %H:%M}" == f"{day} 00:00"
    assert "09:00 (Asia/Tokyo)" in page(desk, mailing)


def test_a_draft_that_is_not_complete_is_not_scheduled(desk: Client, draft: PostPage) -> None:
    draft.body = [("heading", {"text": "", "level": "2"})]
    draft.save_revision()
    response = press_later(desk, draft)
    assert response.status_code == 409
    assert "Something is missing in: Heading" in response.content.decode()
    assert not Mailing.objects.exists()


def test_a_post_that_would_be_taken_down_before_is_not_scheduled(
    desk: Client, draft: PostPage
) -> None:
    draft.expire_at = timezone.now() + timedelta(hours=2)
    draft.save_revision()
    assert "taken down" in press_later(desk, draft).content.decode()
    assert not Mailing.objects.exists()


def test_a_post_that_has_a_date_is_offered_that_date(desk: Client, draft: PostPage) -> None:
    draft.go_live_at = timezone.now() + timedelta(days=3)
    draft.save_revision()
    html = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "set to go live later" in html
    assert "Publish and email 3 people" not in html
    assert f'value="{draft.go_live_at:%Y-%m-%d}"' in html


def test_another_time_moves_the_page_too(desk: Client, draft: PostPage, scheduled: Mailing) -> None:
    at = timezone.now() + timedelta(days=5)
    html = act(desk, scheduled, "reschedule", date=f"{at:%Y-%m-%d}", time="07:30")
    assert "07:30 (UTC)" in html
    starts_at = fresh(scheduled).starts_at
    assert starts_at is not None
    assert f"{starts_at:%Y-%m-%d %H:%M}" == f"{at:%Y-%m-%d} 07:30"
    waiting = PostPage.objects.get(pk=draft.pk).scheduled_revision
    assert waiting.approved_go_live_at == starts_at


def test_another_time_that_is_none_changes_nothing(
    desk: Client, draft: PostPage, scheduled: Mailing
) -> None:
    for form in ({"date": "", "time": "07:30"}, {"date": "2020-01-01", "time": "07:30"}):
        act(desk, scheduled, "reschedule", **form)
    assert fresh(scheduled).starts_at == scheduled.starts_at
    waiting = PostPage.objects.get(pk=draft.pk).scheduled_revision
    assert waiting.approved_go_live_at == scheduled.starts_at


def test_starting_it_now_publishes_what_waited_for_it(
    desk: Client, draft: PostPage, scheduled: Mailing
) -> None:
    assert "The post goes live now" in page(desk, scheduled)
    act(desk, scheduled, "start-now")
    assert PostPage.objects.get(pk=draft.pk).live
    assert fresh(scheduled).state == "sending"
    assert len(hand_over()) == 3


def test_a_start_that_is_refused_publishes_nothing(
    desk: Client, draft: PostPage, scheduled: Mailing
) -> None:
    draft.newsletter.subscriptions.all().delete()
    assert "Nobody is subscribed" in act(desk, scheduled, "start-now")
    assert not PostPage.objects.get(pk=draft.pk).live
    assert fresh(scheduled).state == "scheduled"


def test_cancelling_leaves_the_date_of_the_page_as_it_is(
    desk: Client, draft: PostPage, scheduled: Mailing
) -> None:
    assert "Taken back" in act(desk, scheduled, "undo")
    assert PostPage.objects.get(pk=draft.pk).scheduled_revision is not None
    assert press_later(desk, draft, in_hours=48).status_code == 302


def test_cancelling_takes_the_date_out_when_she_says_so(
    desk: Client, draft: PostPage, scheduled: Mailing
) -> None:
    act(desk, scheduled, "undo", leave_unpublished="on")
    post = PostPage.objects.get(pk=draft.pk)
    assert (post.live, post.scheduled_revision, post.go_live_at) == (False, None, None)
    assert press(desk, draft).state == "held"
    assert PostPage.objects.get(pk=draft.pk).live


def test_a_late_mailing_asks_first(desk: Client, draft: PostPage, scheduled: Mailing) -> None:
    its_time_comes()
    publish_what_is_due()
    Mailing.objects.update(starts_at=timezone.now() - timedelta(hours=3))
    tasks.sweep()
    html = page(desk, scheduled)
    assert "more than an hour late" in html
    assert "nobody will be until you decide below" in html
    for offer in ("Start it now…", "Change the time…", "Cancel it…"):
        assert offer in html
    assert "hour late" in desk.get("/admin/").content.decode()
    act(desk, scheduled, "start-now")
    assert fresh(scheduled).state == "sending"


def test_a_deleted_post_leaves_a_mailing_that_can_be_cancelled(
    desk: Client, draft: PostPage, scheduled: Mailing
) -> None:
    draft.delete()
    its_time_comes()
    tasks.sweep()
    html = page(desk, scheduled)
    assert "The post was deleted" in html
    act(desk, scheduled, "undo")
    assert fresh(scheduled).undone_at is not None


# --- Who may ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["undo", "start-now", "reschedule", "catch-up", "correction"])
def test_an_editor_may_press_nothing(
    editor: Client, desk: Client, draft: PostPage, verb: str
) -> None:
    mailing = press(desk, draft)
    response = editor.post(f"/admin/mailings/{mailing.pk}/{verb}/")
    assert response["Location"] == "/admin/"
    assert editor.post(f"/admin/posts/{draft.pk}/email/later/")["Location"] == "/admin/"
    assert mailing.events.count() == 1
    assert fresh(mailing).state == "held"


@pytest.mark.parametrize("verb", ["undo", "start-now", "reschedule", "catch-up"])
def test_no_verb_is_an_address_to_look_at(desk: Client, draft: PostPage, verb: str) -> None:
    mailing = press(desk, draft)
    assert desk.get(f"/admin/mailings/{mailing.pk}/{verb}/").status_code == 405
    assert desk.get(f"/admin/posts/{draft.pk}/email/later/").status_code == 405
    assert fresh(mailing).state == "held"


def test_looking_changes_nothing(desk: Client, draft: PostPage, scheduled: Mailing) -> None:
    its_time_comes()
    page(desk, scheduled)
    with CaptureQueriesContext(connection) as queries:
        page(desk, scheduled)
        desk.get(f"/admin/mailings/{scheduled.pk}/progress.json")
        desk.get(f"/admin/posts/{draft.pk}/email/")
    said = [query["sql"].lstrip("(") for query in queries]
    assert [sql for sql in said if not sql.startswith("SELECT")] == []
