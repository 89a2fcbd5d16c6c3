"""Slugs: those that our own addresses need, how a title gets a free one, and what stood for one
elsewhere."""

from itertools import count
from urllib.parse import parse_qsl

from django.apps import apps
from django.utils.text import slugify

# Every first segment of an address that is not a page. A page under one of them would never be
# seen, or would hide the address. Those not in use today are kept for what may come.
RESERVED_SLUGS = frozenset(
    {
        "s",
        "archive",
        "admin",
        "django-admin",
        "subscribe",
        "confirm",
        "preferences",
        "privacy",
        "imprint",
        "unsubscribe",
        "rest",
        "feed",
        "feeds",
        "atom",
        "rss",
        "feed-xml",
        "feed-json",
        "sitemap",
        "sitemap-xml",
        "robots",
        "robots-txt",
        "favicon",
        "search",
        "healthz",
        "readyz",
        "metrics",
        "hooks",
        "static",
        "media",
        "documents",
        "images",
        "share",
        "topics",
        "card",
        "outbox",
        "desk",
        "api",
        "login",
        "logout",
        "account",
        "well-known",
        "_util",
    }
)
# Below these nothing is a page's, whatever stood there where a post comes from.
OWN_ROOMS = frozenset({"s", "admin", "django-admin", "static", "media", "hooks"})
LONGEST_PATH = 400  # of an old address
_BY_NUMBER = ("p", "page_id")  # WordPress counts posts and pages in one row
_LONGEST_NUMBER = 20  # digits
_LONGEST = 80  # an address that a person can still read aloud


def is_reserved(slug: str) -> bool:
    """Whether one of our own addresses begins with this slug."""
    return slug.lower() in RESERVED_SLUGS


def free_slug(title_or_slug: str) -> str:
    """A slug that is neither ours nor taken, now or in the past; a number makes it so."""
    stem = _shortened(slugify(title_or_slug, allow_unicode=True)) or "post"
    taken = _taken(stem)
    if stem not in taken and not is_reserved(stem):
        return stem
    return next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)


def is_taken(slug: str) -> bool:
    """Whether a page has this slug, or a post once had it."""
    return slug in _taken(slug)


def number_in(query: str) -> str:
    """What WordPress was asked for by number: `page_id=012&x=y` as `?p=12`; else empty."""
    given = dict(parse_qsl(query))
    number = next((given[name] for name in _BY_NUMBER if name in given), "")
    if not (number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER):
        return ""
    return f"?p={int(number)}"


def _shortened(slug: str) -> str:
    if len(slug) <= _LONGEST:
        return slug
    words = slug[: _LONGEST + 1].rpartition("-")[0]
    return words or slug[:_LONGEST]


def _taken(stem: str) -> set[str]:
    """Slugs that begin with the stem and belong, or once belonged, to a page."""
    # By their names: the pages themselves ask for slugs.
    page, past_address = apps.get_model("wagtailcore.Page"), apps.get_model("posts.PostAddress")
    pages = page.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    past = past_address.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    return {*pages, *past}
