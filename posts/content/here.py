"""What each process takes over from the site's settings before it works: where and when it is."""

from typing import Any

from celery.signals import task_prerun
from django.conf import settings

from posts.content import address, zone
from posts.content.site_settings import SiteSettings


def adopt_saved() -> None:
    """For a process that answers no request."""
    if settings.TIME_ZONE_IS_FIXED and settings.SITE_URL_IS_FIXED:
        return
    saved = SiteSettings.objects.values_list("time_zone", "address").first()
    if saved is not None:
        zone.adopt(saved[0])
        address.adopt(saved[1])


def _before_a_task(**_: Any) -> None:
    adopt_saved()


def connect() -> None:
    task_prerun.connect(_before_a_task, dispatch_uid="where and when the site is", weak=False)
