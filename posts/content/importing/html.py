"""HTML, cleaned and walked block by block, to pieces.

Only words, emphasis, links, pictures and the form of a text come through: nh3 drops everything
else, and whatever tags come out were written here.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from posts.content.importing import inline, pages
from posts.content.importing.draft import Draft
from posts.content.importing.footnotes import take_footnotes
from posts.content.importing.html_quotes import quote_lines, take_name
from posts.content.importing.html_tables import table_pieces
from posts.content.importing.inline import Inline, web_address
from posts.content.importing.nesting import refuse_endless, too_deep
from posts.content.importing.page_parts import about_codes, without_shortcodes
from posts.content.importing.pictures import Album
from posts.content.importing.pieces import (
    Divider,
    FilePiece,
    Heading,
    Illustration,
    Items,
    Piece,
    Quote,
    Reasons,
    Rich,
    Text,
    Verbatim,
    escape,
    flowing,
    is_whole,
    linked,
    plain,
)
from posts.content.importing.spaces import even, tidy
from posts.content.importing.styles import styles_in

_MEDIA = {"iframe", "video", "audio"}
_CONTAINERS = {
    *("address", "article", "aside", "body", "button", "caption", "center", "dd", "details"),
    *("div", "dt", "fieldset", "figcaption", "footer", "form", "header", "label", "legend", "li"),
    *("main", "nav", "option", "p", "section", "summary", "td", "th"),
}
_FORMS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "hr", "pre", "table"),
    *("tr", "figure", "title"),
}
_BLOCKS = sorted(_CONTAINERS | _FORMS | _MEDIA)
_EVERYWHERE = {"class", "style", "role", "hidden", "id"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "input": {"type", "checked"},
    **{name: {"src"} for name in _MEDIA},
}
_NOT_IN_CELLS = sorted(set(_BLOCKS) - {"p", "div", "th", "td"})
_DROPPED = {"script", "style", "template", "noscript", "svg"}
_PARAGRAPH_BREAK = re.compile(r"(?:<br/>\s*+){2,}+")
_LEADING = re.compile(r"(?:\s|<br/>)*+")
_INDENT = re.compile(r" (?= )|^ |\t", re.MULTILINE)
_HIGHEST_START = 6  # digits


def read_html(text: str, album: Album | None = None) -> Draft:
    """Read the words and the form of a page, or of a part of one."""
    refuse_endless(text)
    said = pages.said_in_head(text)
    text, codes = without_shortcodes(text)
    cleaned = nh3.clean(
        text,
        tags=set(inline.TAGS) | set(_BLOCKS),
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        url_schemes={*inline.SCHEMES, "data"},
        link_rel=None,
    )
    texts = Inline(album or Album(), styles_in(text))
    tree = BeautifulSoup(cleaned, "html.parser")
    page = pages.article_in(
        tree, is_page="<html" in text[:20_000].lower() or "<body" in text.lower()
    )
    notes = take_footnotes(page.root)
    walk = _Walk(texts, _around_blocks(page.root))
    try:
        walk.blocks(page.root.contents)
        endnotes = walk.inside_all(notes)
    except RecursionError:
        raise too_deep() from None
    top = walk.first_h1
    pieces = [piece for piece in walk.pieces if piece is not top]
    if page.subtitle:
        said = replace(said, subtitle=said.subtitle or page.subtitle)
    about = said if page.is_article else replace(said, excerpt="", canonical="", date=None)
    return Draft(
        title=top.text if top else "",
        pieces=pieces,
        title_piece=top,
        about=replace(about, title="" if top or page.is_article else said.title),
        endnotes=endnotes,
        losses=(*page.losses, *about_codes(codes), *texts.losses()),
    )


class _Walk:
    """One pass over nodes that stand beside each other, gathering words until a block ends."""

    def __init__(
        self, inline: Inline, around_blocks: frozenset[int], *, is_outer: bool = True
    ) -> None:
        self.pieces: list[Piece] = []
        self.first_h1: Heading | None = None
        self._inline = inline
        self._around_blocks = around_blocks
        self._is_outer = is_outer
        self._gathered = ""

    def blocks(self, nodes: Iterable[PageElement]) -> None:
        """Walk through the nodes; tags that are only wrapped around others count for nothing."""
        self._walk(nodes)
        # Not by those inside, or a picture would be in a list or a quotation.
        self._show_pictures()

    def _walk(self, nodes: Iterable[PageElement]) -> None:
        for node in list(nodes):
            if not isinstance(node, Tag) or self._is_inline(node):
                self._gathered += self._inline.html(node)
                continue
            self._end_paragraph()
            handle: Callable[[Tag], None] = getattr(self, f"_{node.name}", self._container)
            handle(node)
            if self._is_outer:
                self._show_pictures()
        self._end_paragraph()

    def _show_pictures(self) -> None:
        self.pieces += self._inline.shown
        self._inline.shown.clear()

    def inside_all(self, parts: Iterable[Tag]) -> list[Piece]:
        """What each of these says, as the entries of one list that counts."""
        entries = tuple(filter(None, (_flat(self._inside(part.contents)) for part in parts)))
        return [Divider(), Items(entries, numbered=True)] if entries else []

    def _end_paragraph(self) -> None:
        text, self._gathered = even(self._gathered), ""
        parts = _PARAGRAPH_BREAK.split(text)
        for part in parts if all(map(is_whole, parts)) else [text]:
            html = _without_edges(part)
            if tidy(plain(html)) and not self._is_only_a_file(html):
                self.pieces.append(Text(html, gap=True))

    def _is_only_a_file(self, html: str) -> bool:
        """The paragraph is no more than a link to a file, which bears these words below it."""
        shown, words = self._inline.shown, tidy(plain(html))
        return self._is_outer and any(
            isinstance(one, FilePiece) and one.title == words for one in shown
        )

    def _inside(self, nodes: Iterable[PageElement]) -> list[Piece]:
        """What these nodes say, apart from the rest."""
        inner = _Walk(self._inline, self._around_blocks, is_outer=False)
        inner._walk(nodes)
        return inner.pieces

    def _is_inline(self, node: Tag) -> bool:
        """Whether it stands within a line. (Some editors wrap whole documents in one <b>.)"""
        return node.name in inline.TAGS and id(node) not in self._around_blocks

    def _container(self, node: Tag) -> None:
        self._walk(node.contents)

    def _title(self, node: Tag) -> None:
        """Said already, in the head."""

    def _heading(self, node: Tag) -> None:
        html = even(self._inline.html(node))
        text = tidy(plain(html))
        if not text:
            return
        if "<s>" in html:  # which a heading cannot say
            self.pieces.append(Text(f"<b>{flowing(html)}</b>", gap=True))
            return
        self._inline.left_out["links"] += html.count("<a ")
        heading = Heading(text, "2" if node.name in ("h1", "h2") else "3")
        if node.name == "h1" and not self.first_h1:
            self.first_h1 = heading
        self.pieces.append(heading)

    _h1 = _h2 = _h3 = _h4 = _h5 = _h6 = _heading

    def _hr(self, node: Tag) -> None:
        self.pieces.append(Divider())

    def _pre(self, node: Tag) -> None:
        """Spaces that mean something do not break, so that they stay what they are."""
        text = node.get_text().strip("\n").expandtabs(4)
        if tidy(text):
            lines = _INDENT.sub("\xa0", text.rstrip()).splitlines()
            self.pieces.append(Verbatim("<br/>".join(map(escape, lines)), gap=True))

    def _media(self, node: Tag) -> None:
        found = self._inline.album.enclosed(str(node.get("src", "")))
        if found and node.name == "audio":
            self._inline.shown.append(FilePiece(found, found.name.rpartition(".")[0] or found.name))
        elif address := web_address(str(node.get("src", ""))):
            self._inline.left_out["media"] += 1
            self.pieces.append(Text(linked(address), gap=True))
        self._walk(node.contents if node.name != "iframe" else [])

    _iframe = _video = _audio = _media

    def _table(self, node: Tag) -> None:
        """A table of words; one that only lays out a page is none."""
        rows = [row.find_all(["td", "th"], recursive=False) for row in node.find_all("tr")]
        cells = [cell for row in rows for cell in row]
        is_data = len(rows) > 1 and max(map(len, rows)) > 1
        if not is_data or any(cell.find(_NOT_IN_CELLS) for cell in cells):
            self._walk(node.contents)
            return
        caption = node.find("caption")
        if isinstance(caption, Tag):
            self._walk(caption.contents)
        self.pieces += table_pieces(
            [row for row in rows if row], lambda cell: _flat(self._inside(cell.contents))
        )

    def _tr(self, node: Tag) -> None:
        """A row in one line; a row that only lays out a page is no row."""
        cells = node.find_all(["td", "th"], recursive=False)
        if len(cells) < 2 or any(cell.find(_BLOCKS) for cell in cells):
            self._walk(node.contents)
            return
        self.pieces += table_pieces([cells], lambda cell: _flat(self._inside(cell.contents)))

    def _dl(self, node: Tag) -> None:
        parts = node.find_all(["dt", "dd"])
        # A list in this one must be seen before anything is read: both read and then walked
        # through, each would double the work of those around it.
        if _are_pairs(parts) and not _any_nested(parts):
            rows = tuple(
                (tidy(term.get_text()), _flat(self._inside(explanation.contents)))
                for term, explanation in zip(parts[::2], parts[1::2], strict=True)
            )
            named = "".join("".join(part.get_text() for part in parts).split())
            if all(map(all, rows)) and named == "".join(node.get_text().split()):
                self.pieces.append(Reasons(rows))
                return
        self._walk(node.contents)

    def _blockquote(self, node: Tag) -> None:
        name = take_name(node)
        inner = self._inside(node.contents)
        texts = [piece for piece in inner if isinstance(piece, Text) and not piece.needs_marks]
        if texts and len(texts) == len(inner):
            self.pieces.append(quote_lines(texts, name))
        else:
            self.pieces += [*inner, *([Text(f"— {escape(name)}", gap=True)] if name else [])]

    def _figure(self, node: Tag) -> None:
        """A quotation in a figure is signed by its caption, a picture explained by it."""
        caption = node.find("figcaption")
        if not isinstance(caption, Tag) or not tidy(caption.get_text()):
            self._walk(node.contents)
            return
        below, shown = caption.extract(), len(self._inline.shown)
        inner = self._inside(node.contents)
        words = tidy(plain(even(self._inline.html(below))))
        quote = inner[0] if len(inner) == 1 and node.find("blockquote") else None
        if isinstance(quote, Quote) and not quote.attribution:
            self.pieces.append(replace(quote, attribution=words.lstrip("—–―- ")))
        elif not inner and len(self._inline.shown) == shown + 1 and "<a " not in words:
            self._explain(words, below)
        else:
            self.pieces += [*inner, *self._inside(below.contents)]

    def _explain(self, words: str, below: Tag) -> None:
        """The words below the one thing that a figure shows."""
        last = self._inline.shown[-1]
        if isinstance(last, Illustration):
            self._inline.shown[-1] = replace(last, caption=words)
        else:
            self.pieces += self._inside(below.contents)

    def _list(self, node: Tag) -> None:
        start, numbered = str(node.get("start", "1")), node.name == "ol"
        entries = [entry for nodes in _entries(node) if (entry := self._inside(nodes))]
        if numbered and start != "1" and start.isdecimal() and len(start) <= _HIGHEST_START:
            # Our numbered lists begin at one; the words of this one include its numbers.
            for number, entry in enumerate(entries, int(start)):
                self.pieces.append(Text(f"{number}. {_flat(entry)}", gap=True))
        elif any(isinstance(piece, Items | Rich) for entry in entries for piece in entry):
            self.pieces.append(Rich(_nested(node.name, entries)))
        elif entries:
            self.pieces.append(Items(tuple(map(_flat, entries)), numbered))

    _ul = _ol = _list


def _around_blocks(tree: Tag) -> frozenset[int]:
    """The `id` of each tag in which a block stands, however deep: looked for once, not at each."""
    found: set[int] = set()
    for block in tree.find_all(_BLOCKS):
        for parent in block.parents:
            if id(parent) in found:
                break
            found.add(id(parent))
    return frozenset(found)


def _without_edges(html: str) -> str:
    """Without what is empty at its beginning and its end."""
    start = _LEADING.match(html)
    begin, end = start.end() if start else 0, len(html)
    while end > begin:
        if html[end - 1].isspace():
            end -= 1
        elif html.endswith("<br/>", begin, end):
            end -= len("<br/>")
        else:
            break
    return html[begin:end]


def _are_pairs(parts: Sequence[Tag]) -> bool:
    """Each term has one explanation."""
    return [part.name for part in parts] == ["dt", "dd"] * (len(parts) // 2)


def _any_nested(parts: Sequence[Tag]) -> bool:
    """Whether one stands in another, which is then the one before it."""
    return any(any(parent is outer for parent in part.parents) for outer, part in pairwise(parts))


def _entries(node: Tag) -> Iterable[list[PageElement]]:
    """The entries of a list, among them what stands there without being one."""
    for child in node.contents:
        yield list(child.contents) if isinstance(child, Tag) and child.name == "li" else [child]


def _flat(pieces: Iterable[Piece]) -> str:
    """All the words of some pieces as lines of inline rich text."""
    return "<br/>".join(flowing(text.html) for piece in pieces for text in piece.paragraphs())


def _nested(tag: str, entries: Iterable[list[Piece]]) -> str:
    """A list whose entries hold lists, as rich text."""
    return f"<{tag}>{''.join(f'<li>{_entry(pieces)}</li>' for pieces in entries)}</{tag}>"


def _entry(pieces: list[Piece]) -> str:
    html = ""
    for piece in pieces:
        if isinstance(piece, Rich):
            html += piece.html
        elif isinstance(piece, Items):
            inner: list[list[Piece]] = [[Text(entry)] for entry in piece.entries]
            html += _nested("ol" if piece.numbered else "ul", inner)
        else:
            html += ("<br/>" if html and not html.endswith("l>") else "") + _flat([piece])
    return html
