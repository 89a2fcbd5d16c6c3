"""She is in: the device is remembered, the session listed, and a new device told of by mail."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from posts.desk import again
from posts.desk.devices import device_of, remember
from posts.desk.staff import halfway, sittings
from subscribers.ring import ring_on_commit

__all__ = ["arrived", "connect"]

JUST_MADE = timedelta(minutes=10)


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="desk: somebody arrives")


def _signed_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None and halfway.began(request, user):
        arrived(request, user)


@transaction.atomic
def arrived(request: HttpRequest, user: User) -> None:
    """After the last step of signing in, by whatever way."""
    name = user.get_username()
    # Nobody is warned of the device on which she made her account just now; and an account without
    # a password, such as the sample's, is entered from the machine itself.
    is_old = timezone.now() - user.date_joined > JUST_MADE
    is_new = is_old and user.has_usable_password() and not device_of(request, name)
    row = sittings.begin(request, user=user, notice=is_new)
    remember(request, name)
    again.note(request)
    if is_new:
        ring_on_commit("posts.desk.tasks.mail_new_device", row.pk)
