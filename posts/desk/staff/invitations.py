"""Inviting somebody to the desk. The link works once, for a week; looking at it does nothing."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from posts.content.models import SiteSettings
from posts.desk.models import DeskInvitation
from posts.desk.staff import roles
from posts.desk.staff.notes import note
from subscribers import saying

__all__ = ["InvitationSpent", "accept", "find", "invite", "mail", "open_ones", "withdraw"]

LASTS = timedelta(days=7)
# Kept so long after it ended, so that whoever comes late is told so.
_KEPT = timedelta(days=30)


class InvitationSpent(Exception):
    """It was used, taken back, is too old, or there is an account with its address by now."""


def open_ones() -> "QuerySet[DeskInvitation]":
    """Those that somebody can still accept, newest first."""
    waiting = DeskInvitation.objects.filter(used_at=None, expires_at__gt=timezone.now())
    return waiting.filter(by__is_active=True, by__is_superuser=True).order_by("-pk")


@transaction.atomic
def invite(*, email: str, role: str, by: User) -> tuple[DeskInvitation, str]:
    """The invitation, and the address for the mail, which is kept nowhere. One that went to the
    same address before opens nothing any more."""
    DeskInvitation.objects.filter(email__iexact=email, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    row = DeskInvitation.objects.create(
        email=email,
        role=role,
        by=by,
        token_hash=_hash(token),
        expires_at=timezone.now() + LASTS,
    )
    note("desk.invited", by=by, on=row, detail=saying.listed([email, roles.title_of(role)], ": "))
    return row, settings.SITE_URL + reverse("invited", args=[token])


def mail(row: DeskInvitation, address: str) -> None:
    """Hand it over, at once: whoever invites is told whether it was taken. Raises what the mail
    backend raises."""
    site, host = SiteSettings.load().name, urlsplit(settings.SITE_URL).hostname
    text = _(
        "%(who)s invites you to work at the desk of “%(site)s” (%(host)s), as: %(role)s.\n\n"
        "This link makes your account. It works once, until %(until)s:\n\n%(address)s\n\n"
        "If you don’t know what this is about, do nothing: without you nothing happens."
    ) % {
        "who": row.by.get_full_name() or row.by.get_username(),
        "site": site,
        "host": host,
        "role": roles.title_of(row.role),
        "until": f"{timezone.localtime(row.expires_at):%Y-%m-%d %H:%M}",
        "address": address,
    }
    subject = _("An invitation to the desk of “%(site)s”") % {"site": site}
    EmailMessage(" ".join(subject.split()), text, None, [row.email]).send()
    DeskInvitation.objects.filter(pk=row.pk).update(mailed_at=timezone.now())


def find(token: str) -> DeskInvitation | None:
    """The invitation of this token, if it can still be accepted."""
    return open_ones().select_related("by").filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept(row: DeskInvitation, *, name: str, password: str) -> User:
    """Make the account, with the address that was invited. Raises InvitationSpent."""
    claimed = open_ones().filter(pk=row.pk).order_by().update(used_at=timezone.now())
    if not claimed or User.objects.filter(username__iexact=row.email).exists():
        raise InvitationSpent
    if row.role not in dict(roles.choices()):  # a group that is gone
        raise InvitationSpent
    user = User.objects.create_user(row.email, row.email, password, first_name=name)
    roles.set_role(user=user, key=row.role)
    note("desk.joined", by=user, on=user, detail=roles.title_of(row.role))
    return user


@transaction.atomic
def withdraw(row: DeskInvitation, *, by: User) -> bool:
    """Take it back. False: it was accepted meanwhile, or taken back already."""
    note("desk.invitation.withdrawn", by=by, on=row, detail=row.email)
    return bool(DeskInvitation.objects.filter(pk=row.pk, used_at=None).delete()[0])


def forget_old() -> None:
    DeskInvitation.objects.filter(expires_at__lt=timezone.now() - _KEPT).delete()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
