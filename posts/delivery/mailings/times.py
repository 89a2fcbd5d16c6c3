"""Times that people read and write: in the zone that is active, and saying which. That is the
site's, and in the desk the writer's where her account says another."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from posts.delivery.clock import database_now
from posts.delivery.mailings.audit import DeliveryRefused
from subscribers.saying import sentence

FURTHEST = timedelta(days=366)


def on_her_clock(naive: datetime) -> datetime:
    """A moment as the clock on the wall of whoever types it shows it. Raises DeliveryRefused for
    one that the clock skips or shows twice, when it is put forward or back."""
    zone = timezone.get_current_timezone()
    at = naive.replace(tzinfo=zone)
    if at.utcoffset() != at.replace(fold=1).utcoffset():
        raise DeliveryRefused(
            sentence(
                "%(at)s does not exist once in %(zone)s: the clocks change in that "
                "night. Choose another hour.",
                at=date_format(naive, "SHORT_DATETIME_FORMAT"),
                zone=timezone.get_current_timezone_name(),
            )
        )
    return at


def read(text: str) -> datetime:
    """A moment as typed: `2026-12-01 09:00`, in the active zone unless it names an offset."""
    try:
        found = parse_datetime(text.strip())
    except ValueError:  # well written, but there is no such day or hour
        found = None
    if found is None or ":" not in text:
        raise DeliveryRefused(
            sentence(
                "“%(text)s” is no date and time. Write it like 2026-12-01 09:00, which "
                "is meant in %(zone)s.",
                text=text,
                zone=timezone.get_current_timezone_name(),
            )
        )
    return found if timezone.is_aware(found) else on_her_clock(found)


def check_ahead(at: datetime) -> None:
    """Refuse what is over, and what is so far ahead that it must be a slip."""
    now = database_now()
    if at <= now:
        raise DeliveryRefused(
            sentence(
                "%(at)s is over; it is %(now)s now. Choose a time that is still to come.",
                at=at,
                now=now,
            )
        )
    if at > now + FURTHEST:
        raise DeliveryRefused(
            sentence("%(at)s is more than a year away. Choose a time within a year.", at=at)
        )
