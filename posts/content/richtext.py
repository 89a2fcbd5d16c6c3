"""Stored rich text made into HTML: links between pages resolved, all that is not of a text removed.

Wagtail's own expansion asks the database once per paragraph and gives relative addresses. A post
asks once for all its links, and its mail needs them absolute.

A quotation in a text looks like a block of its own. The editor stores each of its paragraphs as one
`<blockquote>`; those that follow each other are one quotation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import nh3
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from wagtail.models import Page
from wagtail.rich_text.rewriters import FIND_A_TAG, LinkRewriter, extract_attrs


# Stored text is cleaned here too, by whatever way it came to be stored.
def _cleaner(*attributes: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags={
            *("a", "b", "br", "em", "i", "s", "strong", "sup"),
            *("blockquote", "h2", "h3", "hr", "li", "ol", "p", "ul"),
        },
        attributes={"a": {"href", *attributes}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


_CLEANER = _cleaner()
_INLINE = {"a", "b", "em", "i", "s", "strong", "sup"}
# Wagtail looks for the end of a tag from each beginning of one, so it gets whole tags.
_WITH_PAGES = _cleaner("id", "linktype")
_OF_PAGES = "linktype"
_LINK_TO_NOTHING = re.compile(r"<a>([^<]*+(?:<(?!/?a\b)[^<]*+)*+)</a>")
_RELATIVE = re.compile(r'href="/(?!/)')
_BETWEEN_PARAGRAPHS = re.compile(
    r"</(?:p|h2|h3|blockquote)>\s*<(?:p|h2|h3|blockquote)\b[^>]*>|<hr>"
)
_PARAGRAPH_TAG = re.compile(r"</?(?:p|h2|h3|blockquote)\b[^>]*>")
_LINK_TAG = re.compile(r"</?a\b[^>]*>")
_QUOTED = r"<blockquote>[^<]*+(?:<(?!/?blockquote)[^<]*+)*+</blockquote>"
_QUOTATION = re.compile(rf"({_QUOTED}(?:\s*+{_QUOTED})*+)")
_QUOTING = re.compile(r"<(/?)blockquote>")
_BETWEEN_LINES = re.compile(r"</?(?:blockquote|p|h2|h3|ul|ol|li)>|<[bh]r>")
_ANY_TAG = re.compile(r"<(/?)([a-z0-9]+)[^<>]*>")
_DEEPEST_LIST = 6  # of lists in lists; the editor makes five
_SIGNED = re.compile(r"[—―–]\s*")


@dataclass(frozen=True)
class Quotation:
    """Lines that somebody said, and who, as inline HTML."""

    lines: tuple[str, ...]
    attribution: str = ""


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
        html = _shallow(_CLEANER.clean(source))
        html = _LINK_TO_NOTHING.sub(r"\1", html)
        while html.endswith("<p></p>"):  # the line on which "/" put a card below
            html = html.removesuffix("<p></p>")
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


def parts(html: str) -> Iterator[str | Quotation]:
    """Expanded HTML, cut into quotations and what stands around them."""
    for part in _QUOTATION.split(_one_deep(html)):
        if not part.startswith("<blockquote>"):
            if part.strip():
                yield part
        elif (quotation := _quotation(part)).lines:
            yield quotation


def dressed(html: str, medium: str) -> str:
    """Expanded HTML for the medium (`web` or `email`), its quotations like blocks of their own."""
    if "<blockquote>" not in html:
        return html
    return "".join(
        part if isinstance(part, str) else _quote_block(part, medium) for part in parts(html)
    )


def _shallow(html: str) -> str:
    """Without tags that say again what holds already, and no deeper than anybody reads, so that
    whoever walks through it never falls: bold in bold is bold, and an entry of a list too deep in
    lists is a line of the entry around it. `html` has an end for each tag."""
    kept: dict[str, list[bool]] = {}  # by tag: whether each that is open now is still there
    lists = 0

    def tag(found: re.Match[str]) -> str:
        nonlocal lists
        closes, name = found[1], found[2]
        if name in ("br", "hr"):
            return found[0]
        is_list, open_now = name in ("ul", "ol"), kept.setdefault(name, [])
        if closes:
            stays = open_now.pop() if open_now else True
            lists -= is_list
        else:
            lists += is_list
            again = name in _INLINE and any(open_now)
            stays = not again and (lists <= _DEEPEST_LIST or name not in ("ul", "ol", "li"))
            open_now.append(stays)
        return found[0] if stays else "<br>" if name == "li" and not closes else ""

    return _ANY_TAG.sub(tag, html)


def _one_deep(html: str) -> str:
    """A quotation in a quotation stands after the words that come before it."""
    depth = 0

    def tag(found: re.Match[str]) -> str:
        nonlocal depth
        outer, depth = depth, depth + (-1 if found[1] else 1)
        return "</blockquote><blockquote>" if outer and depth else found[0]

    return _QUOTING.sub(tag, html)


def _quotation(html: str) -> Quotation:
    lines = [line for part in _BETWEEN_LINES.split(html) if (line := part.strip())]
    if not all(line.count("<") == 2 * line.count("</") for line in lines):
        return Quotation(("<br>".join(lines),))  # words that are bold across two lines
    if len(lines) > 1 and (signed := _SIGNED.match(lines[-1])) and signed.end() < len(lines[-1]):
        return Quotation(tuple(lines[:-1]), lines[-1][signed.end() :])
    return Quotation(tuple(lines))


def _quote_block(quotation: Quotation, medium: str) -> str:
    value = {
        # It was cleaned when it was expanded.
        "lines": [mark_safe(line) for line in quotation.lines],  # noqa: S308
        "attribution": mark_safe(quotation.attribution),  # noqa: S308
    }
    return render_to_string(f"content/blocks/{medium}/quote.html", {"value": value}).strip()


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
