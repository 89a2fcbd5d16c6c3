from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from posts.content.actions import Foundation
from posts.delivery.mailings.coming_back import come_back
from posts.delivery.models import Mailing
from posts.delivery.restored import Restoration
from posts.delivery.webhooks.models import WebhookEndpoint
from posts.desk.staff import returned
from tests.delivery.making import make_mailing
from tests.desk.pressing import seal_of
from tests.desk.staff.steps import give_app, make_role, signed_in_as
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db

PAGE = "/admin/restored/"
RIGHT = "/admin/restored/people/"


def back(*, whole: bool = False) -> Restoration:
    now = timezone.now()
    return come_back(taken_at=now - timedelta(hours=1), known_until=None, whole=whole, objectors=2)


def text(desk: Client, page: str = PAGE) -> str:
    return desk.get(page).content.decode()


def test_a_site_that_never_came_back_says_so(desk: Client) -> None:
    assert "It never was." in text(desk)


def test_the_owner_is_told_what_is_missing_and_lets_letters_go(desk: Client) -> None:
    make_mailing(2)
    back()
    shown = text(desk)
    assert "Who said no <strong>since" in shown
    assert "Letters that were on their way" in shown
    answer = desk.post(reverse("desk:let_go"))
    assert next(str(m) for m in get_messages(answer.wsgi_request)).startswith("Letters may leave")
    assert Restoration.objects.get().opened_by == "ada"
    assert "2 people who said no since then are left alone" in text(desk)
    assert Mailing.objects.get().state == "paused"


def test_looking_changes_nothing(desk: Client) -> None:
    back()
    text(desk)
    assert desk.get(reverse("desk:let_go")).status_code == 405
    assert Restoration.objects.get().opened_at is None


def test_an_owner_is_shown_who_may_what_until_she_says_that_it_is_right(
    desk: Client, owner: User
) -> None:
    ben = make_role("editor", name="ben")
    give_app(ben)
    User.objects.filter(pk=make_role("helper", name="cleo").pk).update(is_active=False)
    back(whole=True)
    told = "whatever you took from somebody after that counts again"
    assert told in text(desk, "/admin/")
    shown = text(desk)
    assert f'/admin/team/{ben.pk}/">ben</a>: <strong>Editor</strong> · Has a second step.' in shown
    assert "cleo</a>: <strong>Helper</strong> · closed · Has no second step." in shown
    assert desk.get(RIGHT).status_code == 405
    assert desk.post(RIGHT)["Location"] == PAGE
    assert told not in text(desk, "/admin/")
    assert "ada looked at this on" in text(desk)
    assert "Looked who may come in after a return" in text(desk, "/admin/log/")
    desk.post(RIGHT)
    assert ModelLogEntry.objects.filter(action=returned.LOOKED).count() == 1


def test_after_another_return_she_is_asked_anew(desk: Client) -> None:
    back()
    desk.post(RIGHT)
    back()
    assert "I have looked: this is right" in text(desk)


def test_who_is_no_owner_sees_nothing_of_it_and_says_nothing(site: Foundation) -> None:
    back(whole=True)
    editor = signed_in_as(make_role("editor", name="ben"))
    assert "Who may come in" not in text(editor)
    assert "counts again" not in text(editor, "/admin/")
    editor.post(RIGHT)
    assert not ModelLogEntry.objects.filter(action=returned.LOOKED).exists()


def test_other_programs_that_are_told_again_are_named(desk: Client) -> None:
    hooks = WebhookEndpoint.objects
    hooks.create(url="https://p.example/", events=[], sealed="", by="ada")
    hooks.create(url="https://q.example/", events=[], sealed="", by="ada", is_on=False)
    back()
    assert ">1 other program</a> is told again what happens here." in text(desk)


def test_who_may_only_write_can_let_nothing_go(editor: Client) -> None:
    back()
    editor.post(reverse("desk:let_go"))
    assert Restoration.objects.get().opened_at is None


def test_the_dashboard_says_that_nothing_leaves(desk: Client) -> None:
    back()
    assert PAGE in text(desk, "/admin/")


def test_a_post_that_may_have_gone_out_is_emailed_only_after_a_word(
    desk: Client, site: Foundation
) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    back(whole=True)
    confirm = reverse("desk:confirm", args=[post.pk])
    assert "It may have been emailed already" in text(desk, confirm)
    assert post.title in text(desk)

    revision = seal_of(post)
    assert desk.post(confirm, {"revision": revision, "spread": "0"}).status_code == 409
    assert not Mailing.objects.exists()

    answer = desk.post(reverse("desk:not_mailed", args=[post.pk]))
    assert answer.headers["Location"] == confirm
    assert "It may have been emailed already" not in text(desk, confirm)
    assert desk.post(confirm, {"revision": revision, "spread": "0"}).status_code == 302
    assert Mailing.objects.get().post_id == post.pk
