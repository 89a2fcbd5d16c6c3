"""`/admin/sending/`: what is in force, and the form that changes it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import ModelLogEntry

from posts.content.actions import Foundation
from posts.delivery.rate import store
from posts.delivery.rate.models import Allowance, SendingSettings

ADDRESS = "/admin/sending/"
FORM = {"undo_seconds": "60", "warm_up_first_day": "50", "warm_up_growth": "1.5"}


def soup(client: Client) -> BeautifulSoup:
    response = client.get(ADDRESS)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def refusal(client: Client, **typed: str) -> BeautifulSoup:
    response = client.post(ADDRESS, {**FORM, **typed})
    assert response.status_code == 422
    assert not SendingSettings.objects.exists()
    return BeautifulSoup(response.content, "html.parser")


def test_looking_changes_nothing(desk: Client) -> None:
    page = soup(desk)
    assert "Nothing slows mail down" in page.text
    assert page.select_one("[name=undo_seconds]")["value"] == "60"  # type: ignore[index]
    assert not SendingSettings.objects.exists()
    assert not Allowance.objects.exists()


def test_what_is_saved_is_in_force_and_shown_as_it_was_written(desk: Client) -> None:
    response = desk.post(
        ADDRESS, {**FORM, "undo_seconds": "0", "per_second": "5", "per_day": "2000"}, follow=True
    )
    assert response.redirect_chain == [(ADDRESS, 302)]
    row = SendingSettings.objects.get()
    assert (row.undo_seconds, row.per_second, row.per_hour, row.per_day) == (0, 5, None, 2000)
    page = soup(desk)
    assert "At most 5 a second leave." in page.text
    assert "At most 2,000 in a day." in page.text
    assert page.select_one("[name=per_second]")["value"] == "5"  # type: ignore[index]


def test_saving_again_changes_the_one_row_and_is_in_the_log(desk: Client, owner: User) -> None:
    desk.post(ADDRESS, {**FORM, "per_second": "0.5"})
    desk.post(ADDRESS, FORM)
    assert SendingSettings.objects.get().per_second is None
    entries = ModelLogEntry.objects.filter(content_type__model="sendingsettings")
    assert [entry.user for entry in entries] == [owner, owner]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("per_hour", "0", "Write a number from 1 up, or leave it empty."),
        ("per_day", "2,000", "Write a whole number in digits only, such as 500."),
        ("per_second", "0,5", "Write a number with a point, such as 1.5."),
        ("per_second", "nan", "Write a number with a point, such as 1.5."),
        ("undo_seconds", "9999", "Write a number up to 3600, or leave it empty."),
        ("warm_up_since", "soon", "Write a date as year-month-day, such as 2027-03-01."),
        ("warm_up_growth", "1", "Write a number from 1.01 up, or leave it empty."),
    ],
)
def test_a_mistake_is_said_with_what_to_do_and_keeps_what_was_typed(
    desk: Client, field: str, typed: str, said: str
) -> None:
    page = refusal(desk, **{field: typed})
    [link] = page.select("[role=alert] a")
    assert said in link.text
    named = page.select_one(str(link["href"]))
    assert named is not None
    assert (named["name"], named["value"]) == (field, typed)


def test_a_warm_up_that_begins_above_the_limit_of_a_day_is_refused(desk: Client) -> None:
    page = refusal(desk, per_day="20", warm_up_since="2026-11-24")
    assert "more than your limit of 20 in a day" in page.text


def test_what_a_warm_up_needs_stays_as_it_was_when_left_empty(desk: Client) -> None:
    desk.post(ADDRESS, {"undo_seconds": "", "warm_up_first_day": "", "warm_up_growth": ""})
    row = SendingSettings.objects.get()
    assert (row.undo_seconds, row.warm_up_first_day, row.warm_up_growth) == (60, 50, 1.5)


def test_the_coming_days_of_a_warm_up_are_shown(desk: Client) -> None:
    SendingSettings.objects.create(
        warm_up_since=timezone.localdate() - timedelta(days=1), warm_up_growth=2, per_day=300
    )
    rows = soup(desk).select(".desk-days tbody tr")
    assert [row.td.text for row in rows] == ["100", "200"] + ["300"] * 5  # type: ignore[union-attr]
    assert "(today)" in rows[0].text
    assert "At most 100 today: the warm-up is going on." in soup(desk).text


def test_a_warm_up_that_is_over_says_so(desk: Client) -> None:
    SendingSettings.objects.create(warm_up_since=timezone.localdate() - timedelta(days=90))
    assert "is over" in soup(desk).text
    assert not soup(desk).select(".desk-days")


def test_a_used_up_day_is_explained(desk: Client) -> None:
    SendingSettings.objects.create(per_day=5)
    store.grant("outbox", 9)
    text = soup(desk).text
    assert "Today’s 5 mails are used up. It goes on at midnight (UTC)." in text
    assert "4 mails in this hour, 4 today" in text
    assert "A tenth of that is kept for mails that ask somebody to confirm." in text


def test_a_limit_by_domain_is_asked_for_only_with_a_mail_server_of_ones_own(
    desk: Client, settings: Settings
) -> None:
    SendingSettings.objects.create(per_domain_per_minute=30)
    assert not soup(desk).select("[name=per_domain_per_minute]")
    desk.post(ADDRESS, FORM)
    assert SendingSettings.objects.get().per_domain_per_minute == 30  # not asked, so kept
    settings.EMAIL_URL = "smtp://127.0.0.1:2525"
    assert soup(desk).select("[name=per_domain_per_minute]")
    desk.post(ADDRESS, {**FORM, "per_domain_per_minute": "12"})
    assert SendingSettings.objects.get().per_domain_per_minute == 12


def test_an_email_url_that_cannot_be_read_does_not_shut_the_page(
    desk: Client, settings: Settings
) -> None:
    settings.EMAIL_URL = "pigeon://loft"
    assert "Nothing slows mail down" in soup(desk).text


def test_who_may_change_site_settings_may_come_in_and_nobody_else(
    site: Foundation, editor: Client
) -> None:
    assert editor.get(ADDRESS).status_code == 302
    assert editor.post(ADDRESS, FORM).status_code == 302
    assert not SendingSettings.objects.exists()
    group = Group.objects.get(name="Editors")
    group.permissions.add(Permission.objects.get(codename="change_sitesettings"))
    assert editor.get(ADDRESS).status_code == 200
    assert ADDRESS in editor.get("/admin/setup/").content.decode()


def test_a_stranger_is_asked_to_sign_in(site: Foundation, client: Client) -> None:
    assert client.get(ADDRESS)["Location"].startswith("/admin/login/")
