"""What one can do to the site and its pages."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.text import slugify
from wagtail.images.models import AbstractImage
from wagtail.log_actions import log
from wagtail.models import Locale, Page, PageLogEntry, Site

from posts.content.models import HomePage, PlainPage, PostPage, SiteSettings, Topic
from posts.content.slugs import free_slug
from subscribers.languages import of_the_site
from subscribers.models import Newsletter

_Written = TypeVar("_Written", PostPage, PlainPage)


@dataclass(frozen=True)
class Foundation:
    """What every site has."""

    home: HomePage
    newsletter: Newsletter


@transaction.atomic
def ensure_site() -> Foundation:
    """Make what is missing of root, home, site and one newsletter. Repeating it is harmless."""
    address = urlsplit(settings.SITE_URL)
    home = HomePage.objects.first() or _make_home()
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or (443 if address.scheme == "https" else 80),
            "root_page": home,
        },
    )
    SiteSettings.load()  # so that no reader's visit has to write the row
    newsletter = Newsletter.objects.first()
    if newsletter is None:
        newsletter = newsletter_to_begin_with()
        newsletter.save()
    return Foundation(home=home, newsletter=newsletter)


def newsletter_to_begin_with() -> Newsletter:
    """As a fresh site has it, not saved: its owner gives it names of her own."""
    host = urlsplit(settings.SITE_URL).hostname
    return Newsletter(
        name="Letters", slug="letters", from_name="Letters", from_email=f"letters@{host}"
    )


@transaction.atomic
def create_post(
    *,
    title: str,
    body: Sequence[dict[str, Any] | tuple[str, Any]],
    newsletter: Newsletter | None = None,
    slug: str | None = None,
    subtitle: str = "",
    excerpt: str = "",
    language: str = "",
    topics: Iterable[str] = (),
    canonical_address: str = "",
    cover: AbstractImage | None = None,
    date: dt.datetime | None = None,
    visibility: str = PostPage.Visibility.PUBLIC,
    by: str,
    publish: bool = False,
    user: AbstractBaseUser | None = None,
) -> PostPage:
    """Make a post below the home page: a draft, or published when asked.

    A slug that is reserved or taken gets a number. `language` is one of
    settings.POST_LANGUAGES, the site’s when it is not said. `topics` are names; those that are new
    are made. `date`: when it first appeared, if that was before.
    """
    foundation = ensure_site()
    post = PostPage(
        title=title,
        slug=free_slug(slug or title),
        subtitle=subtitle,
        excerpt=excerpt,
        language=language or of_the_site(),
        newsletter=newsletter or foundation.newsletter,
        body=stored_body(body),
        canonical_address=canonical_address,
        cover=cover,
        topics=list(map(_topic, topics)),
        first_published_at=date,
        visibility=visibility,
        live=False,
        owner=user,
    )
    _add(post, foundation.home, by=by, user=user)
    return publish_post(post=post, by=by, user=user) if publish else post


@transaction.atomic
def create_page(
    *,
    title: str,
    body: Sequence[dict[str, Any] | tuple[str, Any]],
    slug: str | None = None,
    date: dt.datetime | None = None,
    by: str,
    publish: bool = False,
    user: AbstractBaseUser | None = None,
) -> PlainPage:
    """Make a plain page below the home page, as `create_post` makes a post. No menu has it."""
    page = PlainPage(
        title=title,
        slug=free_slug(slug or title),
        body=stored_body(body),
        first_published_at=date,
        show_in_menus=False,
        live=False,
        owner=user,
    )
    _add(page, ensure_site().home, by=by, user=user)
    return publish_post(post=page, by=by, user=user) if publish else page


def _add(page: Page, home: HomePage, *, by: str, user: AbstractBaseUser | None) -> None:
    home.add_child(instance=page)
    # Wagtail has logged this itself, but not who did it.
    PageLogEntry.objects.filter(page=page.pk, action="wagtail.create").update(
        user=user, data={"by": by}
    )
    page.save_revision(user=user)


@transaction.atomic
def publish_post(*, post: _Written, by: str, user: AbstractBaseUser | None = None) -> _Written:
    """Publish the latest revision. A post, or a page, that is published as it stands stays as it
    is."""
    post.refresh_from_db()
    if post.live and not post.has_unpublished_changes:
        return post
    revision = post.get_latest_revision() or post.save_revision(user=user)
    revision.publish(user=user, log_action=False)
    log(instance=post, action="wagtail.publish", user=user, data={"by": by}, revision=revision)
    post.refresh_from_db()
    return post


def _topic(name: str) -> Topic:
    """The topic of this name, however it is written."""
    slug = slugify(name, allow_unicode=True)[:80] or "topic"
    return Topic.objects.get_or_create(slug=slug, defaults={"name": name[:80]})[0]


def stored_body(body: Sequence[dict[str, Any] | tuple[str, Any]]) -> str:
    """The body as a stream field stores it, from pairs or from stored data."""
    blocks = (
        block if isinstance(block, dict) else {"type": block[0], "value": block[1]}
        for block in body
    )
    return json.dumps(list(blocks))


def _make_home() -> HomePage:
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.objects.filter(depth=1).first() or Page.add_root(
        instance=Page(title="Root", slug="root")
    )
    # Wagtail's first migration leaves a welcome page, which stands where ours goes.
    for welcome in root.get_children().filter(slug="home").exact_type(Page):
        welcome.delete()
    root.refresh_from_db()
    home: HomePage = root.add_child(instance=HomePage(title="Home", slug="home"))
    return home
