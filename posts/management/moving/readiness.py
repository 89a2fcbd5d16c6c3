"""Whether a place may take an export in: it has nothing of anybody's, nobody works on it, and it is
not older than what comes."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.images import get_image_model
from wagtail.models import Revision

from posts.content import beginning
from posts.content.enclosures.models import Enclosure
from posts.content.models import PlainPage, PostPage, Topic
from posts.delivery import status
from posts.delivery.models import Mailing
from posts.management.moving.leaving import OURS
from subscribers.models import Newsletter, Subscriber
from subscribers.segments.models import Tag


class NotEmpty(Exception):
    """Nothing can be taken in here; the text says why and what to do."""


def check(manifest: dict[str, Any]) -> None:
    """Raises NotEmpty, having changed nothing."""
    known = {f"{app} {name}" for app, name in _known() if app in OURS}
    if newer := sorted(set(manifest.get("migrations", ())) - known):
        raise NotEmpty(
            f"The export was made by a newer version than this one (it has {newer[0]}). Update "
            "Passalong, then import."
        )
    if status.workers_alive():
        raise NotEmpty(
            "A worker was at work here within the last half minute. Stop all processes of this "
            "site, wait half a minute, and try again."
        )
    models: Any = (Subscriber, PostPage, Mailing, Enclosure, Topic, Tag, get_image_model())
    if any(model.objects.exists() for model in models) or not _as_begun():
        raise NotEmpty(
            "There is a site here already. An export goes into an empty place: name another "
            "DATA_DIR or DATABASE_URL, run `manage.py prepare` there, and import into that."
        )


def _known() -> set[tuple[str, str]]:
    return set(MigrationExecutor(connection).loader.disk_migrations)


def _as_begun() -> bool:
    """Nothing but what every fresh site has: a newsletter, and a page that nobody touched."""
    pages = list(PlainPage.objects.all())
    untouched = all(
        page.slug == beginning.SLUG
        and not page.live
        and Revision.objects.for_instance(page).count() == 1
        for page in pages
    )
    return untouched and len(pages) <= 1 and Newsletter.objects.count() <= 1
