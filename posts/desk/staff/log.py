"""Who did what to people, mailings and settings: one list, out of the logs that are kept anyway.

Wagtail's (`ModelLogEntry`: settings, newsletters, and what `notes` writes), the mailings' own
history, and of the posts' what was done to share links, publishing and deleting. No table of its
own: nothing can be in one and not in the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, PageLogEntry

from posts.delivery.mailings.audit import MACHINE
from posts.delivery.models import Mailing, MailingEvent
from posts.desk.history import done
from posts.desk.plain import is_technical
from posts.desk.staff.notes import detail_of
from subscribers.lists.models import ImportJob
from subscribers.models import Subscriber
from subscribers.segments.models import Segment, Tag

PAGE = 100
# Each save of a draft is in the post's own history, and so is what opens or closes it for a while.
_OF_POSTS = (
    "wagtail.publish",
    "wagtail.unpublish",
    "wagtail.delete",
    "wagtail.publish.schedule",
    "wagtail.view_restriction.create",
    "wagtail.view_restriction.edit",
    "wagtail.view_restriction.delete",
)
_PLACES: dict[type[Model], str] = {
    Subscriber: "desk:subscriber",
    User: "desk:team_member",
    ImportJob: "desk:import",
    Segment: "desk:segment",
    Tag: "desk:tag",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """`url`: where what it was done to is seen now; empty where it is gone."""

    at: datetime
    who: str
    what: str
    on: str
    url: str
    detail: str


def lines(*, before: datetime | None = None, who: str = "") -> list[LogLine]:
    """The newest first, `PAGE` of them; `who`: of one account, by its user name."""
    found = merge(
        _of_models(before, who),
        _of_posts(before, who),
        _of_mailings(before, who),
        key=lambda line: line.at,
        reverse=True,
    )
    return list(islice(found, PAGE))


def accounts() -> list[str]:
    return list(User.objects.order_by("username").values_list("username", flat=True))


def _narrowed(rows: "QuerySet[Any]", when: str, before: datetime | None) -> "QuerySet[Any]":
    if before is not None:
        rows = rows.filter(**{f"{when}__lt": before})
    return rows.order_by(f"-{when}", "-pk")[:PAGE]


def _of_models(before: datetime | None, who: str) -> Iterator[LogLine]:
    rows = ModelLogEntry.objects.select_related("user", "content_type")
    rows = rows.filter(user__username=who) if who else rows
    found = list(_narrowed(rows, "timestamp", before))
    there = _still_there(found)
    for row in found:
        on, url = _named(row, there)
        yield _line(row, on=on, url=url)


def _of_posts(before: datetime | None, who: str) -> Iterator[LogLine]:
    rows = PageLogEntry.objects.select_related("user")
    rows = rows.filter(user__username=who) if who else rows
    shared = rows.filter(action__startswith="posts.share_link.") | rows.filter(action__in=_OF_POSTS)
    for row in _narrowed(shared, "timestamp", before):
        url = "" if row.deleted else reverse("wagtailadmin_pages:history", args=[row.page_id])
        yield _line(row, on=row.label, url=url)


def _of_mailings(before: datetime | None, who: str) -> Iterator[LogLine]:
    rows = MailingEvent.objects.select_related("mailing", "mailing__post")
    rows = rows.filter(by=who) if who else rows
    for row in _narrowed(rows, "at", before):
        yield LogLine(
            row.at,
            _("the site itself") if row.by == MACHINE else row.by,
            _("Mailing: %(what)s") % {"what": done(row.action)},
            _subject(row.mailing),
            reverse("desk:mailing", args=[row.mailing_id]),
            "" if is_technical(row.detail) else row.detail,
        )


def _subject(mailing: Mailing) -> str:
    return mailing.subject or str(mailing.post or "")


def _line(row: Any, *, on: str, url: str) -> LogLine:
    who = row.user.get_username() if row.user else row.data.get("by") or _("the site itself")
    formatter = registry.get_formatter(row)
    what = str(formatter.label if formatter else row.action)
    return LogLine(row.timestamp, str(who), what, on, url, detail_of(row.data))


def _still_there(rows: list[ModelLogEntry]) -> dict[tuple[str, str], str]:
    """Where each thing in these lines is looked at, of those that are still there."""
    found = {}
    for model, name in _PLACES.items():
        kind = ContentType.objects.get_for_model(model).pk
        ids = {row.object_id for row in rows if row.content_type_id == kind}
        for pk in model._default_manager.filter(pk__in=ids).values_list("pk", flat=True):
            found[model._meta.label, str(pk)] = reverse(name, args=[pk])
    return found


def _named(row: ModelLogEntry, there: dict[tuple[str, str], str]) -> tuple[str, str]:
    model = row.content_type.model_class() if row.content_type else None
    url = there.get((model._meta.label, row.object_id), "") if model else ""
    if model is Subscriber:
        return (_("a reader") if url else _("a reader who is no longer there")), url
    return row.label.strip("–"), url
