"""Pressing the desk's buttons, as a browser without JavaScript does."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from posts.content.models import PostPage
from posts.delivery.models import Mailing
from posts.desk.looked_at import seal


def seal_of(post: PostPage) -> str:
    """What the page says of the version that it shows."""
    return seal(PostPage.objects.get(pk=post.pk).latest_revision)


def press(desk: Client, post: PostPage, **more: str) -> Mailing:
    """“Publish and email”."""
    form = {"revision": seal_of(post), **more}
    response = desk.post(f"/admin/posts/{post.pk}/email/", form)
    assert response.status_code == 302
    return Mailing.objects.get(pk=response["Location"].split("/")[-2])


def press_later(desk: Client, post: PostPage, *, in_hours: float = 24, **more: str) -> Any:
    at = timezone.localtime(timezone.now() + timedelta(hours=in_hours))
    form = {
        "revision": seal_of(post),
        "date": f"{at:%Y-%m-%d}",
        "time": f"{at:%H:%M}",
        **more,
    }
    return desk.post(f"/admin/posts/{post.pk}/email/later/", form)


def asked_again_by_now(desk: Client) -> None:
    """So long after she signed in that she is asked again who she is."""
    session = desk.session
    session["asked_again_at"] = 0
    session.save()


def page(desk: Client, mailing: Mailing) -> str:
    return desk.get(f"/admin/mailings/{mailing.pk}/").content.decode()


def act(desk: Client, mailing: Mailing, verb: str, **form: str) -> str:
    return desk.post(f"/admin/mailings/{mailing.pk}/{verb}/", form, follow=True).content.decode()


def fresh(mailing: Mailing) -> Mailing:
    return Mailing.objects.get(pk=mailing.pk)
