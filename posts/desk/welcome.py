"""The one-time address by which an owner comes in: a way to sign in without a password yet."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from posts.desk.language import begin_with
from posts.desk.models import OneTimeAddress
from posts.desk.sessions import SessionStore


class AddressSpentError(Exception):
    """The address was used, has expired, never existed, or an owner came in another way."""


def issue_one_time_address(*, user: User | None = None, minutes: int = 24 * 60) -> str:
    """A whole address that signs `user` in once, or without one sets up the first owner."""
    token = secrets.token_urlsafe(32)
    OneTimeAddress.objects.create(
        token_hash=_hash(token), user=user, expires_at=timezone.now() + timedelta(minutes=minutes)
    )
    return settings.SITE_URL + reverse("welcome", args=[token])


def find_address(token: str) -> OneTimeAddress | None:
    """The address of this token, if it can still be used. Reading it changes nothing."""
    address = (
        OneTimeAddress.objects.select_related("user")
        .filter(token_hash=_hash(token), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if address is None or (address.user is None and owner_exists()):
        return None
    return address if address.user is None or address.user.is_active else None


def owner_exists() -> bool:
    return get_user_model().objects.filter(is_superuser=True, is_active=True).exists()


def owner_without_password() -> User | None:
    """An owner who came in by links only, and so can't sign in; None where one can."""
    owners = get_user_model().objects.filter(is_superuser=True, is_active=True).order_by("pk")
    if any(owner.has_usable_password() for owner in owners):
        return None
    return owners.first()


def use_address(address: OneTimeAddress) -> User:
    """Spend the address and return whom it signs in. Of two who press at once, one gets in."""
    claimed = OneTimeAddress.objects.filter(
        pk=address.pk, used_at=None, expires_at__gt=timezone.now()
    ).update(used_at=timezone.now())
    if not claimed or address.user is None:
        raise AddressSpentError
    return address.user


@transaction.atomic
def create_first_owner(address: OneTimeAddress, *, name: str, email: str, password: str) -> User:
    """Spend the address, and make the account that may do everything. She signs in with `email`."""
    # All open set-up addresses at once: of two people with one each, only the first may own.
    open_ones = OneTimeAddress.objects.filter(user=None, used_at=None)
    if not open_ones.filter(pk=address.pk).exists() or not open_ones.update(used_at=timezone.now()):
        raise AddressSpentError
    if owner_exists():
        raise AddressSpentError
    owner = User.objects.create_superuser(
        username=email, email=email, password=password, first_name=name
    )
    begin_with(owner)
    return owner


def forget_old_ways_in() -> None:
    """Drop sessions that have ended, and addresses a month after they opened anything."""
    SessionStore.clear_expired()
    OneTimeAddress.objects.filter(expires_at__lt=timezone.now() - timedelta(days=30)).delete()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
