"""The zone in which the site's days and hours are meant, as the writer chose it.

Where TIME_ZONE is set in the environment that counts. Else each process takes the zone of the
settings over before it answers or works (`posts.content.here`): all that reads settings.TIME_ZONE,
Django's own included, then goes by it, without a restart.
"""

from zoneinfo import available_timezones

from django.conf import settings
from django.utils import timezone

DEFAULT = "UTC"


def choices() -> list[str]:
    """Names like Europe/Brussels, in order; those that are kept for old programs left out."""
    old = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")
    named = (name for name in available_timezones() if "/" in name and not name.startswith(old))
    return [DEFAULT, *sorted(named)]


def adopt(name: str) -> None:
    """Have this process mean that zone from now on; an empty name means the default."""
    name = name or DEFAULT
    if settings.TIME_ZONE_IS_FIXED or name == settings.TIME_ZONE:
        return
    settings.TIME_ZONE = name
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined] # kept by lru_cache
