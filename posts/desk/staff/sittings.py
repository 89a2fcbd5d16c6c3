"""Where somebody is signed in: seen by herself, and ended."""

from datetime import timedelta
from time import monotonic

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from posts.desk.models import DeskSession
from posts.desk.sessions import stored

NOTED_EVERY = timedelta(minutes=5)

# By whom; the first that fits. Most browsers name their ancestors too, so the order counts.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
# When this process last noted a session: so that not each request writes.
_noted: dict[str, float] = {}


def device_words(request: HttpRequest) -> tuple[str, str]:
    """Browser and system, by name; empty where nobody knows them."""
    agent = request.headers.get("User-Agent", "")[:500]
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    return browser, next((name for sign, name in _SYSTEMS if sign in agent), "")


def told(row: DeskSession) -> str:
    """The device, for people to read."""
    if row.browser and row.system:
        return _("%(browser)s on %(system)s") % {"browser": row.browser, "system": row.system}
    return row.browser or row.system or _("a device that does not say what it is")


def key_of(request: HttpRequest) -> str:
    """Of the session of this request, as the database has it; empty without one."""
    return stored(request.session.session_key) if request.session.session_key else ""


def begin(request: HttpRequest, *, user: User, notice: bool) -> DeskSession:
    """Note that she is in."""
    if not request.session.session_key:
        request.session.save()
    browser, system = device_words(request)
    row, _is_new = DeskSession.objects.update_or_create(
        key=key_of(request),
        defaults={
            "user": user,
            "browser": browser,
            "system": system,
            "seen_at": timezone.now(),
            "notice_due": notice,
        },
    )
    _noted[row.key] = monotonic()
    return row


def seen(request: HttpRequest) -> None:
    """Note, every few minutes, that the session is used."""
    key, now = key_of(request), monotonic()
    if not key or now - _noted.get(key, -1e9) < NOTED_EVERY.total_seconds():
        return
    if len(_noted) > 1_000:
        _noted.clear()
    _noted[key] = now
    DeskSession.objects.filter(key=key).update(seen_at=timezone.now())


def open_ones(user: User) -> "QuerySet[DeskSession]":
    """Hers that have not ended, the latest first."""
    alive = Session.objects.filter(session_key=OuterRef("key"), expire_date__gt=timezone.now())
    return DeskSession.objects.filter(Exists(alive), user=user).order_by("-seen_at", "-pk")


@transaction.atomic
def end(sittings: "QuerySet[DeskSession]") -> int:
    """End them; how many they were. Their next request is nobody's."""
    keys = list(sittings.values_list("key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    DeskSession.objects.filter(key__in=keys).delete()
    return len(keys)


def end_others(request: HttpRequest, user: User) -> int:
    """After a new password or another second step: whoever is in elsewhere signs in anew."""
    return end(DeskSession.objects.filter(user=user).exclude(key=key_of(request)))


def forget_ended() -> None:
    """Those whose session is gone."""
    alive = Session.objects.filter(session_key=OuterRef("key"))
    DeskSession.objects.filter(~Exists(alive)).delete()
