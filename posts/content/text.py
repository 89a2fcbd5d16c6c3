"""A post as plain text that is a pleasure to read.

Lines are at most 72 characters, so that they survive being quoted. Headings are underlined, links
are numbered and listed at the end. An address is never wrapped: half an address leads nowhere.
"""

import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement
from django.utils.translation import gettext as _

from posts.content.pictures import alt_text
from posts.content.raised import raised
from posts.content.richtext import PageLinks

WIDTH = 72
RULE = "-" * WIDTH
_EMPHASIS = {"b": "*", "strong": "*", "i": "_", "em": "_", "s": "~~"}


@dataclass
class TextPage:
    """One text being written: where its links lead, and the notes it has so far."""

    share_url: str
    links: PageLinks = field(default_factory=PageLinks)
    notes: dict[str, int] = field(default_factory=dict)

    def note(self, address: str) -> str:
        """The mark of a link; the same address gets the same number again."""
        return f"[{self.notes.setdefault(address, len(self.notes) + 1)}]"

    def list_of_links(self) -> str:
        """What the marks stand for; nothing where there are none."""
        if not self.notes:
            return ""
        lines = (f"[{number}] {address}" for address, number in self.notes.items())
        return "\n".join([underlined(_("Links"), "-"), "", *lines])


# --- Lines --------------------------------------------------------------------------------------


def joined(parts: Iterable[str], gap: str = "\n\n") -> str:
    """The parts that are not empty, a blank line between them."""
    return gap.join(part for part in parts if part)


def wrapped(text: str, *, indent: str = "", first: str | None = None) -> str:
    """The text in lines of 72, each line break of its own kept; words are never cut."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        start = first if first is not None and not lines else indent
        lines += textwrap.wrap(
            line,
            WIDTH,
            initial_indent=start,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def paragraphs(text: str) -> str:
    """Text as typed into a plain field: blank lines part its paragraphs."""
    return joined(wrapped(part) for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")))


def underlined(text: str, mark: str) -> str:
    """A heading with a line of marks below."""
    lines = wrapped(text)
    return f"{lines}\n{mark * max(map(len, lines.splitlines()), default=0)}"


# --- Rich text ----------------------------------------------------------------------------------


def rich(value: Any, page: TextPage, *, indent: str = "", first: str | None = None) -> str:
    """Rich text in paragraphs and lists; `first` replaces the indent of the very first line."""
    html = page.links.expand(str(getattr(value, "source", value)))
    parts: list[str] = []
    running = ""  # words that stand outside any paragraph, as imported entries have them
    for node in BeautifulSoup(html, "html.parser").contents:
        if not _is_block(node):
            running += _inline(node, page)
            continue
        for text in (_paragraph(running, indent, first), _block(node, page, indent, first)):
            if text:
                parts, first = [*parts, text], None
        running = ""
    return joined([*parts, _paragraph(running, indent, first)])


def _is_block(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name in {"p", "ul", "ol", "div"}


def _block(node: PageElement, page: TextPage, indent: str, first: str | None) -> str:
    if isinstance(node, Tag) and node.name in {"ul", "ol"}:
        return _html_list(node, page, indent)
    return _paragraph(_inline(node, page), indent, first)


def _paragraph(text: str, indent: str, first: str | None) -> str:
    return wrapped(text, indent=indent, first=first)


def _html_list(node: Tag, page: TextPage, indent: str) -> str:
    entries = []
    for number, entry in enumerate(node.find_all("li", recursive=False), 1):
        mark = f"{number}. " if node.name == "ol" else "- "
        inner = indent + " " * len(mark)
        nested = [child.extract() for child in entry.find_all(["ul", "ol"], recursive=False)]
        text = wrapped(_inline(entry, page), indent=inner, first=indent + mark)
        entries += [text, *(_html_list(child, page, inner) for child in nested)]
    return joined(entries, gap="\n")


def _inline(node: PageElement, page: TextPage) -> str:
    if isinstance(node, NavigableString):
        return re.sub(r"[ \t\r\n]+", " ", str(node))
    if not isinstance(node, Tag):
        return ""
    if node.name == "br":
        return "\n"
    text = "".join(_inline(child, page) for child in node.contents)
    if node.name == "a":
        return _link(text, str(node.get("href", "")), page)
    if node.name == "sup":
        return raised(text)
    mark = _EMPHASIS.get(node.name, "")
    return _marked(text, mark) if mark else text


def _marked(text: str, mark: str) -> str:
    """The words between two marks; white space at their ends stays outside."""
    bare = text.strip()
    return text.replace(bare, f"{mark}{bare}{mark}", 1) if bare else text


def _link(text: str, href: str, page: TextPage) -> str:
    address = href.removeprefix("mailto:").removeprefix("tel:")
    if not address or address.startswith("#") or text.strip() == address:
        return text
    return f"{text} {page.note(address)}"


# --- Blocks -------------------------------------------------------------------------------------


def _heading(value: Any, page: TextPage) -> str:
    return underlined(value["text"], "-" if value["level"] == "2" else "~")


def _quote(value: Any, page: TextPage) -> str:
    lines = [wrapped(line, indent="> ") for line in value["lines"]]
    if value["attribution"]:
        lines.append(wrapped(value["attribution"], indent=">   ", first="> — "))
    return "\n".join(lines)


def _list(value: Any, page: TextPage) -> str:
    numbered = value["style"] == "numbered"
    entries = []
    for number, entry in enumerate(value["entries"], 1):
        mark = f"{number}. " if numbered else "- "
        entries.append(rich(entry, page, indent=" " * len(mark), first=mark))
    return joined(entries, gap="\n")


def _reasons(value: Any, page: TextPage) -> str:
    return joined(
        f"{wrapped(reason['term'])}\n{rich(reason['explanation'], page, indent='    ')}"
        for reason in value["reasons"]
    )


def _image(value: Any, page: TextPage) -> str:
    if not (image := value["image"]):
        return ""
    alt = alt_text(image)
    seen = wrapped(_("[Picture: %(description)s]") % {"description": alt}) if alt else ""
    return joined([seen, wrapped(value["caption"] or "")], gap="\n")


def _callout(value: Any, page: TextPage) -> str:
    title = wrapped(f"*{value['title']}*", indent="| ") if value["title"] else ""
    text = rich(value["text"], page, indent="| ")
    return joined([title, text], gap="\n|\n").replace("\n\n", "\n|\n")


def _divider(value: Any, page: TextPage) -> str:
    return "* * *".center(WIDTH).rstrip()


def _button(value: Any, page: TextPage) -> str:
    return f"{wrapped(value['label'])}:\n{value['url']}"


def _embed(value: Any, page: TextPage) -> str:
    lines = [wrapped(value["title"]), wrapped(value["description"] or ""), value["url"]]
    return joined(lines, gap="\n")


def _invitation(value: Any, page: TextPage) -> str:
    names = {"reflect": _("Reflect"), "try": _("Try"), "share": _("Share")}
    invites = []
    for invite in value["invites"]:
        text = rich(invite["text"], page, indent="    ")
        where = f"    {page.share_url}" if invite["kind"] == "share" else ""
        invites.append(joined([names[invite["kind"]], text, where], gap="\n"))
    return joined([wrapped(value["intro"] or ""), *invites])


def _sign_off(value: Any, page: TextPage) -> str:
    return joined([wrapped(value["text"] or ""), wrapped(value["name"] or "")], gap="\n")


RENDERERS: dict[str, Callable[[Any, TextPage], str]] = {
    "heading": _heading,
    "paragraph": rich,
    "quote": _quote,
    "list": _list,
    "reasons": _reasons,
    "image": _image,
    "callout": _callout,
    "divider": _divider,
    "button": _button,
    "embed": _embed,
    "invitation": _invitation,
    "sign_off": _sign_off,
}


def body_text(body: Iterable[Any], page: TextPage) -> str:
    """The blocks as text, without the list of links, which belongs at the very end."""
    return joined(RENDERERS[child.block_type](child.value, page) for child in body)
