"""What is planned, in the writer's zone; and the first page with the next letter and the last."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from posts.content.models import PostPage
from posts.delivery.models import Mailing
from posts.desk.planned import planned
from subscribers.figures.actions import count_anew
from tests.desk.pressing import fresh, press_later

PLANNED = "/admin/mailings/planned/"


@pytest.fixture
def in_tokyo(owner: User) -> None:
    UserProfile.objects.create(user=owner, current_time_zone="Asia/Tokyo")


def said(desk: Client, address: str) -> str:
    main = BeautifulSoup(desk.get(address).content, "html.parser").select_one("main")
    assert main is not None
    return " ".join(main.text.split())


def test_nothing_is_planned_at_first(desk: Client) -> None:
    assert "Nothing is planned" in said(desk, PLANNED)


def test_a_letter_and_the_post_that_goes_live_with_it_stand_there_at_their_time(
    desk: Client, draft: PostPage
) -> None:
    press_later(desk, draft)
    plans = planned()
    assert [plan.what for plan in plans] == [
        f"“Permission to stop” is emailed to whoever gets “{draft.newsletter}”",
        "“Permission to stop” goes live on the site",
    ]
    assert plans[0].at == plans[1].at == Mailing.objects.get().starts_at
    for plan in plans:
        assert plan.what in said(desk, PLANNED)
    assert "Next: “Permission to stop” is emailed" in said(desk, "/admin/")


@pytest.mark.usefixtures("in_tokyo")
def test_what_she_types_and_reads_is_on_her_own_clock(desk: Client, draft: PostPage) -> None:
    day = timezone.now().astimezone(ZoneInfo("Asia/Tokyo")).date() + timedelta(days=2)
    html = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "Time (Asia/Tokyo)" in html
    press_later(desk, draft, date=f"{day}", time="07:30")
    mailing = Mailing.objects.get()
    assert mailing.starts_at == datetime(
        day.year, day.month, day.day, 7, 30, tzinfo=ZoneInfo("Asia/Tokyo")
    )
    assert f"All times are in Asia/Tokyo. {day:%A} {day.day} {day:%B %Y}, 07:30" in said(
        desk, PLANNED
    )
    page = desk.get(f"/admin/mailings/{mailing.pk}/").content.decode()
    assert f"Starts on {day.day} {day:%b %Y}, 07:30 (Asia/Tokyo)" in page
    assert 'value="07:30"' in page


def test_an_hour_that_the_clock_skips_is_not_taken(
    desk: Client, owner: User, draft: PostPage
) -> None:
    UserProfile.objects.create(user=owner, current_time_zone="Europe/Brussels")
    spring = next_change(ZoneInfo("Europe/Brussels"))
    response = press_later(desk, draft, date=f"{spring:%Y-%m-%d}", time=f"{spring:%H}:30")
    assert response.status_code == 422
    assert "the clocks change" in response.content.decode()
    assert not Mailing.objects.exists()


def next_change(zone: ZoneInfo) -> datetime:
    """The next hour at which the clock is put forward, as it would have been read."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    while True:
        later = hour + timedelta(hours=1)
        gap = later.astimezone(zone).utcoffset() - hour.astimezone(zone).utcoffset()  # type: ignore[operator]
        if gap > timedelta(0):
            return later.astimezone(zone).replace(tzinfo=None) - gap
        hour = later


def test_the_first_page_shows_the_last_letter_and_how_the_list_grew(
    desk: Client, draft: PostPage
) -> None:
    press_later(desk, draft)
    mailing = Mailing.objects.get()
    Mailing.objects.update(
        state=Mailing.State.FINISHED, starts_at=timezone.now(), finished_at=timezone.now()
    )
    count_anew()
    shown = said(desk, "/admin/")
    assert f"Last: {fresh(mailing).title}" in shown
    assert "No letter went out." in shown
    assert "could not be reached" in shown


def test_an_editor_who_may_not_publish_sees_no_plans(editor: Client, draft: PostPage) -> None:
    assert "Your letters" not in editor.get("/admin/").content.decode()
