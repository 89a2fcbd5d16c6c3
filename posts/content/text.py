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

from posts.content import invitations
from posts.content.enclosures import within
from posts.content.pictures import alt_text
from posts.content.raised import raised
from posts.content.richtext import PageLinks, Quotation, parts

WIDTH = 72
RULE = "-" * WIDTH
_PAUSE = "* * *".center(WIDTH).rstrip()
_EMPHASIS = {"b": "*", "strong": "*", "i": "_", "em": "_", "s": "~~"}
_UNDERLINES = {"h2": "-", "h3": "~"}
_BLOCKS = {"blockquote", "div", "h2", "h3", "hr", "ol", "p", "ul"}


@dataclass
class TextPage:
    """One text being written: where its links lead, and the notes it has so far."""

    share_url: str
    links: PageLinks = field(default_factory=PageLinks)
    page_url: str = ""  # of the page itself, below which its files are
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


def underlined(text: str, mark: str, *, indent: str = "") -> str:
    """A heading with a line of marks below."""
    lines = wrapped(text, indent=indent)
    longest = max(map(len, lines.splitlines()), default=0)
    return f"{lines}\n{indent}{mark * (longest - len(indent))}"


# --- Rich text ----------------------------------------------------------------------------------


def rich(value: Any, page: TextPage, *, indent: str = "", first: str | None = None) -> str:
    """Rich text in its paragraphs, headings, lists and quotations; `first` replaces the indent of
    the very first line."""
    texts: list[str] = []
    for part in parts(page.links.expand(str(getattr(value, "source", value)))):
        if isinstance(part, Quotation):
            texts.append(_quotation(part, page, indent))
        else:
            texts += _around_quotations(part, page, indent, None if texts else first)
    return joined(texts)


def _around_quotations(html: str, page: TextPage, indent: str, first: str | None) -> Iterable[str]:
    texts: list[str] = []
    running = ""  # words that stand outside any paragraph, as imported entries have them
    for node in [*BeautifulSoup(html, "html.parser").contents, None]:
        if node is not None and not _is_block(node):
            running += _inline(node, page)
            continue
        for text in (_paragraph(running, indent, first), _block(node, page, indent, first)):
            if text:
                texts, first = [*texts, text], None
        running = ""
    return texts


def _is_block(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name in _BLOCKS


def _block(node: PageElement | None, page: TextPage, indent: str, first: str | None) -> str:
    if not isinstance(node, Tag):
        return ""
    if node.name in {"ul", "ol"}:
        return _html_list(node, page, indent)
    if node.name == "hr":
        return indent + _PAUSE
    if node.name in _UNDERLINES:
        return underlined(_inline(node, page), _UNDERLINES[node.name], indent=indent)
    return _paragraph(_inline(node, page), indent, first)


def _quotation(quotation: Quotation, page: TextPage, indent: str) -> str:
    def words(html: str) -> str:
        return _inline(BeautifulSoup(html, "html.parser"), page)

    lines = list(map(words, quotation.lines))
    return _quoted(lines, words(quotation.attribution), indent)


def _quoted(lines: Iterable[str], attribution: str, indent: str = "") -> str:
    texts = [wrapped(line, indent=f"{indent}> ") for line in lines]
    if attribution:
        texts.append(wrapped(attribution, indent=f"{indent}>   ", first=f"{indent}> — "))
    return "\n".join(texts)


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
    if node.name == "sup":
        return raised(text)
    if node.name == "a":
        return _link(text, str(node.get("href", "")), page)
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
    return _quoted(value["lines"], value["attribution"])


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
    return _PAUSE


def _button(value: Any, page: TextPage) -> str:
    return f"{wrapped(value['label'])}:\n{value['url']}"


def _embed(value: Any, page: TextPage) -> str:
    lines = [wrapped(value["title"]), wrapped(value["description"] or ""), value["url"]]
    return joined(lines, gap="\n")


def _file(value: Any, page: TextPage) -> str:
    if not (enclosed := value["file"]):
        return ""
    name = wrapped(f"{value['title']} ({within.about(enclosed)})")
    address = within.address(enclosed, page.page_url)
    return joined([name, wrapped(value["description"] or ""), address], gap="\n")


def _sound(value: Any, page: TextPage) -> str:
    if not (enclosed := value["sound"]):
        return ""
    name = wrapped(f"{value['title']} ({within.about(enclosed)})")
    lines = [name, within.address(enclosed, page.page_url)]
    if str(value["transcript"]):
        lines.append(f"{_('To read what is said:')}\n{within.transcript(enclosed, page.page_url)}")
    return joined(lines, gap="\n")


def _invitation(value: Any, page: TextPage) -> str:
    invites = []
    for invite in value["invites"]:
        text = rich(invite["text"], page, indent="    ")
        where = f"    {page.share_url}" if invite["kind"] == "share" else ""
        invites.append(joined([invitations.label(invite), text, where], gap="\n"))
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
    "file": _file,
    "sound": _sound,
    "invitation": _invitation,
    "sign_off": _sign_off,
}


def body_text(body: Iterable[Any], page: TextPage) -> str:
    """The blocks as text, without the list of links, which belongs at the very end."""
    return joined(RENDERERS[child.block_type](child.value, page) for child in body)
