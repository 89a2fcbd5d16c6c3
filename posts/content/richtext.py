"""Stored rich text made into HTML: links between pages resolved, all that is not of a text removed.

Wagtail's own expansion asks the database once per paragraph and gives relative addresses. A post
asks once for all its links, and its mail needs them absolute.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import nh3
from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text.rewriters import FIND_A_TAG, LinkRewriter, extract_attrs


# Stored text is cleaned here too, by whatever way it came to be stored.
def _cleaner(*attributes: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags={"a", "b", "br", "em", "i", "li", "ol", "p", "s", "strong", "sup", "ul"},
        attributes={"a": {"href", *attributes}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


_CLEANER = _cleaner()
# Wagtail looks for the end of a tag from each beginning of one, so it gets whole tags.
_WITH_PAGES = _cleaner("id", "linktype")
_OF_PAGES = "linktype"
_LINK_TO_NOTHING = re.compile(r"<a>([^<]*+(?:<(?!/?a\b)[^<]*+)*+)</a>")
_RELATIVE = re.compile(r'href="/(?!/)')
_BETWEEN_PARAGRAPHS = re.compile(r"</p>\s*<p\b[^>]*>")
_PARAGRAPH_TAG = re.compile(r"</?p\b[^>]*>")
_LINK_TAG = re.compile(r"</?a\b[^>]*>")


@dataclass(frozen=True)
class PageLinks:
    """Where each linked page lives. `base` is empty on the web, the site's address elsewhere."""

    paths: Mapping[str, str] = field(default_factory=dict)
    base: str = ""

    def expand(self, source: str) -> str:
        """Stored rich text as HTML. A link to a page that is gone leaves its words."""
        if _OF_PAGES in source:
            rewriter = LinkRewriter(rules={"page": self._opening_tag})
            source = rewriter(_WITH_PAGES.clean(source))
        html = _CLEANER.clean(source)
        html = _LINK_TO_NOTHING.sub(r"\1", html)
        return _RELATIVE.sub(f'href="{self.base}/', html) if self.base else html

    def _opening_tag(self, attributes: Mapping[str, str]) -> str:
        path = self.paths.get(attributes.get("id", ""))
        return f'<a href="{escape(path)}">' if path else "<a>"


def page_links(stored: Any, *, base: str = "") -> PageLinks:
    """The links of everything stored (blocks, lists of them, text), with one query for all."""
    sources = _strings(stored)
    ids = {identifier for source in sources for identifier in _page_ids(source)}
    if not ids:
        return PageLinks(base=base)
    pages = Page.objects.filter(pk__in=ids).values_list("pk", "url_path")
    return PageLinks({str(pk): _path(url_path) for pk, url_path in pages}, base)


def inline(html: str) -> str:
    """The HTML without paragraphs, to stand inside a list entry or a term's explanation."""
    return _PARAGRAPH_TAG.sub("", _BETWEEN_PARAGRAPHS.sub("<br>", html)).strip()


def has_link(html: str) -> bool:
    """Whether the HTML holds a link, and so must not stand inside another."""
    return _LINK_TAG.search(html) is not None


def _path(url_path: str) -> str:
    """A page's public path: Wagtail's, without the home page that it begins with."""
    return quote("/" + url_path.split("/", 2)[-1])  # the root page has no part before it


def _page_ids(source: str) -> Iterator[str]:
    if _OF_PAGES not in source:
        return
    for tag in FIND_A_TAG.findall(_WITH_PAGES.clean(source)):
        attributes = extract_attrs(tag)
        if attributes.get("linktype") == "page" and attributes.get("id", "").isdecimal():
            yield attributes["id"]


def _strings(stored: Any) -> Iterator[str]:
    if isinstance(stored, str):
        yield stored
    elif isinstance(stored, Mapping):
        yield from _strings(list(stored.values()))
    elif isinstance(stored, Iterable):
        for inner in stored:
            yield from _strings(inner)
