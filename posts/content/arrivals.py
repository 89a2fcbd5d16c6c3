"""Posts and pages that came from elsewhere: what they were there, and the addresses under which
they stood.

An arrival is known by what the other system calls it, so that bringing it twice makes one page. Its
readers had it there: no digest and no mail after a rest takes it for news.
"""

import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.db import models
from django.utils.text import slugify
from wagtail.models import Page

from posts.content import routing
from posts.content.models import PostAddress
from posts.content.slugs import LONGEST_PATH, OWN_ROOMS, number_in

__all__ = ["Arrival", "OldAddress"]

_HOME = 2  # a page's depth


class Arrival(models.Model):
    """A post or a page that was brought. One that is deleted here may be brought again."""

    page = models.OneToOneField(
        Page, on_delete=models.CASCADE, related_name="arrival", db_column="post_id"
    )
    system = models.CharField(max_length=20)
    key = models.CharField(max_length=255)  # by which that system, or its file, knows it
    was_public = models.BooleanField(default=False)  # there, so that its readers have it
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "key"], name="an_arrival_comes_once")
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.key}"


class OldAddress(models.Model):
    """A path under which a page stood where it comes from, or `?p=` and the number by which
    WordPress knew it. A path is asked only where no page of ours is, a number only at `/`."""

    path = models.CharField(max_length=LONGEST_PATH, unique=True)
    page = models.ForeignKey(
        Page,
        null=True,
        on_delete=models.SET_NULL,
        related_name="old_addresses",
        db_column="post_id",
    )

    def __str__(self) -> str:
        return f"/{self.path}"


def path_in(address: str) -> str:
    """The path of an address or a path, as it is kept: `/P/A%20b/` as `p/a b`, `/?p=12` as `?p=12`.
    Empty where it is none, or one that we keep for nobody."""
    try:
        parts = urlsplit(address.strip())
        path = unquote(parts.path, errors="strict")
    except ValueError:
        return ""
    if path in ("", "/"):
        return number_in(parts.query)
    path = unicodedata.normalize("NFC", path).strip("/").casefold()
    if "\0" in path or len(path) > LONGEST_PATH or path.partition("/")[0] in OWN_ROOMS:
        return ""
    return path


def make_way(slug: str) -> None:
    """Forget that a post was deleted under this slug: what stood there comes again, and its readers
    have its address."""
    wanted = slugify(slug, allow_unicode=True)
    PostAddress.objects.filter(slug=wanted, post=None).delete()


def remember(page: Page, addresses: Iterable[str]) -> list[str]:
    """Let the addresses lead to the page; answers those that cannot, since another has them."""
    others = []
    for address in addresses:
        path = path_in(address)
        here = Page.objects.filter(slug=path, depth__gt=_HOME).exclude(pk=page.pk)
        if not path or here.exists():
            others.append(address)
        elif path != page.slug.casefold():
            old, _is_new = OldAddress.objects.get_or_create(path=path, defaults={"page": page})
            if old.page_id is None:  # of one that was deleted
                OldAddress.objects.filter(pk=old.pk, page=None).update(page=page)
            elif old.page_id != page.pk:
                others.append(address)
    return others


def in_small_letters(path: str) -> str | None:
    """Where the page is whose address somebody wrote with capitals, or its post once was: a path
    that is answered. None where nothing is meant, or more than one page."""
    slug = unicodedata.normalize("NFC", path).strip("/")
    small = slug.lower()
    if small == slug or "/" in slug or "\0" in slug or len(slug) > LONGEST_PATH:
        return None
    meant = Page.objects.filter(slug__iexact=small, depth__gt=_HOME, live=True)
    if pages := list(meant[:2]):
        return routing.path_of(pages[0]) if len(pages) == 1 and pages[0].slug != slug else None
    once = PostAddress.objects.filter(slug=small).exists()
    return routing.path_to(small) if once else None


def address_now(address: str) -> str | None:
    """Where the page of an old address is now: its path, where a post that was taken back is kindly
    said to be.

    None where there is none, or it was never public here.
    """
    kept = path_in(address)
    old = OldAddress.objects.select_related("page").filter(path=kept).first() if kept else None
    if old is None or old.page is None:
        return None
    if old.page.live or PostAddress.objects.filter(post_id=old.page_id).exists():
        return routing.path_of(old.page)
    return None
