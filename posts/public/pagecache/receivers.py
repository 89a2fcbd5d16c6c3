"""Whatever a page may show was saved or deleted: a new generation of pages begins.

Of all pages at once: the menu, the footer and what else there is to read stand on many.
"""

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.images import get_image_model
from wagtail.models import Page, Site
from wagtail.signals import post_page_move

from posts.content.enclosures.models import Enclosure
from posts.content.models import (
    AboutLine,
    CareNote,
    HomePage,
    PlainPage,
    PostAddress,
    PostPage,
    SiteSettings,
    Topic,
)
from posts.content.warming import warmed
from posts.delivery.rate.models import SendingSettings  # the privacy page says how long
from posts.public.pagecache.generation import pages_changed
from posts.sharing.models import CoveringNote, FormerCode, ShareLink
from subscribers.limits.models import DoorSetting  # the form says when nobody can sign up
from subscribers.models import Newsletter

# What only the desk shows. The editor saves a draft every few seconds while somebody writes.
_OF_DRAFTS = frozenset(
    {"draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}
)
_SHOWN = (
    *(Enclosure, Page, HomePage, PlainPage, PostPage, PostAddress, Topic),
    *(Site, SiteSettings, AboutLine, CareNote, SendingSettings, Newsletter, get_image_model()),
    *(ShareLink, FormerCode, CoveringNote, DoorSetting),
)


def _on_saved(update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    if not update_fields or not update_fields <= _OF_DRAFTS:
        pages_changed()


def _on_changed(**kwargs: Any) -> None:
    pages_changed()


def connect() -> None:
    for model in _SHOWN:
        uid = f"pages show {model.__name__}"
        post_save.connect(_on_saved, sender=model, dispatch_uid=uid)
        post_delete.connect(_on_changed, sender=model, dispatch_uid=uid)
    m2m_changed.connect(
        _on_changed, sender=PostPage.topics.through, dispatch_uid="pages show topics of posts"
    )
    warmed.connect(_on_changed, dispatch_uid="pages show pictures in more sizes")
    post_page_move.connect(_on_changed, dispatch_uid="pages show where pages stand")
