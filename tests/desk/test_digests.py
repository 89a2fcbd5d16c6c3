"""A digest, and a mailing whose rows were folded, on the screens of the desk."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from posts.delivery.mailings import finish, schedule
from posts.delivery.models import Mailing
from posts.delivery.rate.models import SendingSettings
from posts.delivery.reporting import retention
from tests.delivery.mailings.test_digests import digest_of, in_the_week
from tests.delivery.making import drain
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db
TITLE = "Weekly digest, 16–22 November"


@pytest.fixture
def digest(owner: User) -> Mailing:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly", address="weekly@example.org")
    in_the_week(newsletter, title="A post of that week")
    return digest_of(newsletter)


@pytest.fixture
def folded(digest: Mailing) -> Mailing:
    schedule.start_now(mailing=digest, by="ada")
    drain()
    finish.finish_done()
    long_ago = timezone.now() - timedelta(days=400)
    Mailing.objects.filter(pk=digest.pk).update(finished_at=long_ago)
    assert retention.fold_old() == 1
    return digest


def words(desk: Client, path: str) -> str:
    response = desk.get(path)
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return " ".join(page.get_text(" ").split())


def test_a_digest_stands_in_the_list_under_its_title(desk: Client, digest: Mailing) -> None:
    assert TITLE in words(desk, "/admin/mailings/")


def test_its_page_names_its_posts_and_what_can_be_done(desk: Client, digest: Mailing) -> None:
    page = words(desk, f"/admin/mailings/{digest.pk}/")

    assert TITLE in page
    assert "A post of that week" in page
    assert "Email the digest now" in page
    assert "Cancel the digest" in page


def test_its_editor_starts_it_with_a_press(desk: Client, digest: Mailing) -> None:
    desk.post(f"/admin/mailings/{digest.pk}/start-now/")

    digest.refresh_from_db()
    assert digest.state == Mailing.State.SENDING


def test_its_report_and_its_file_bear_its_name(desk: Client, digest: Mailing) -> None:
    schedule.start_now(mailing=digest, by="ada")

    assert TITLE in words(desk, f"/admin/mailings/{digest.pk}/report/")
    file = desk.post(f"/admin/mailings/{digest.pk}/report/deliveries.csv")
    assert "weekly-digest-1622-november" in file["Content-Disposition"]


def test_the_report_says_that_the_rows_were_folded(desk: Client, folded: Mailing) -> None:
    page = words(desk, f"/admin/mailings/{folded.pk}/report/")

    assert "Who got it is no longer known" in page
    assert "It adds up" in page
    assert "Download everybody" not in page


def test_did_she_get_it_is_no_longer_known(desk: Client, folded: Mailing) -> None:
    response = desk.post(
        f"/admin/mailings/{folded.pk}/report/reader/", {"address": "weekly@example.org"}
    )

    assert "That is no longer known." in response.content.decode()


def test_the_days_are_set_under_sending(desk: Client, owner: User) -> None:
    assert "365" in desk.get("/admin/sending/").content.decode()

    desk.post("/admin/sending/", {"keep_days": "30", "undo_seconds": "60"})
    assert SendingSettings.objects.get().keep_days == 30
    refused = desk.post("/admin/sending/", {"keep_days": "2", "undo_seconds": "60"})
    assert "Write a number from 7 up" in refused.content.decode()
    assert SendingSettings.objects.get().keep_days == 30


def test_the_confirm_screen_tells_who_gets_it_later(desk: Client, owner: User) -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter)
    make_subscriber(newsletter, pace="weekly")
    make_subscriber(newsletter, pace="monthly")
    post = make_post(newsletter=newsletter)

    page = words(desk, f"/admin/posts/{post.pk}/email/")

    assert "1 person subscribed to" in page
    assert "2 more get it in a weekly or monthly digest" in page
