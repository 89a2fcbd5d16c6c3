"""The pieces of a text on their way from a file to the blocks of a post.

Readers make them, recognisers put simple ones together into telling ones, and each can say
what block it is, or, where a block refuses it, what plain paragraphs say the same words.
Fields called `html` hold escaped inline rich text; all others hold plain text.
"""

import html as entities
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from posts.content.importing.pictures import LocalFile, PictureFile
from posts.content.raised import raised

Block = dict[str, Any]
InviteKind = Literal["reflect", "try", "share"]

_TAG = re.compile(r"<[^<>]+>")
_RAISED = re.compile(r"<sup>(?P<text>[^<]*)</sup>")
_BREAK = re.compile(r"<br\s*/?>|\n")
_ADDRESS = re.compile(
    r"(?:https?://|www\.(?=[^\s.]+\.))[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?…'’\]}*_]"
    r"|(?<![\w.+@/-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@])",
    re.IGNORECASE,
)


def escape(text: str) -> str:
    """Plain text as inline rich text."""
    return entities.escape(text, quote=False)


def linked(text: str) -> str:
    """Plain text as inline rich text, with its web and mail addresses as links."""
    done, parts = 0, []
    for match in _ADDRESS.finditer(text):
        address = _closed(match.group())
        scheme = "mailto:" if "@" in address and "/" not in address else ""
        scheme = "https://" if address[:4].lower() == "www." else scheme
        target = entities.escape(scheme + address)
        parts += [escape(text[done : match.start()]), f'<a href="{target}">{escape(address)}</a>']
        done = match.start() + len(address)
    return "".join([*parts, escape(text[done:])])


def _closed(address: str) -> str:
    """Without brackets at its end that opened before it."""
    trailing = len(address) - len(address.rstrip(")"))
    outside = address.count(")") - address.count("(")
    cut = min(trailing, outside)
    return address[: len(address) - cut].rstrip(".,;:!?") if cut > 0 else address


def flowing(html: str) -> str:
    """Without the line breaks of the file."""
    return html.replace("\n", " ")


def plain(html: str) -> str:
    """The words of inline rich text, a line break as a space."""
    html = _RAISED.sub(lambda found: raised(found["text"]), _BREAK.sub(" ", html))
    return entities.unescape(_TAG.sub("", html)).strip()


def is_whole(html: str) -> bool:
    """Each tag that opens in it closes in it, so that it can stand alone."""
    return html.count("<") - html.count("<br/>") == 2 * html.count("</")


@dataclass(frozen=True)
class Piece:
    """One thing that follows another in a text. `guessed`: no mark in the file says what it is."""

    guessed: bool = field(default=False, kw_only=True)

    def block(self) -> Block:
        """This piece as the raw value of a block."""
        raise NotImplementedError

    def paragraphs(self) -> list["Text"]:
        """The same words without form, for when the block does not take them."""
        raise NotImplementedError

    def otherwise(self) -> Sequence["Piece"]:
        """The same words for whoever says that this is none."""
        return self.paragraphs()


@dataclass(frozen=True)
class Text(Piece):
    """A paragraph, or a line that nobody has recognised yet; `gap`: a blank line came before.

    A newline in it is where the file broke the line, which may mean something or nothing.
    """

    html: str
    gap: bool = False

    @cached_property
    def plain(self) -> str:
        return plain(self.html)

    @cached_property
    def needs_marks(self) -> bool:
        """Some of it is a link or struck out, and would say something else in plain words."""
        return "<a " in self.html or "<s>" in self.html

    @cached_property
    def is_bold(self) -> bool:
        """All of it, as people write headings who know of none."""
        html = self.html.removesuffix(":")
        inside = html.removeprefix("<b>").removesuffix("</b>")
        return len(html) - len(inside) == 7 and "<b>" not in inside

    @cached_property
    def lines(self) -> list["Text"]:
        """One piece for each line, where line breaks divide it."""
        parts = [part.strip() for part in _BREAK.split(self.html)]
        if not all(map(is_whole, parts)):
            return [self]
        return [Text(part, self.gap and at == 0) for at, part in enumerate(parts) if part]

    def block(self) -> Block:
        return {"type": "paragraph", "value": f"<p>{flowing(self.html)}</p>"}

    def paragraphs(self) -> list["Text"]:
        return [self]


@dataclass(frozen=True)
class Verbatim(Text):
    """Lines whose spaces mean something, such as code."""


@dataclass(frozen=True)
class Rich(Piece):
    """Rich text that is more than a paragraph, such as a list in a list."""

    html: str

    def block(self) -> Block:
        return {"type": "paragraph", "value": self.html}

    def paragraphs(self) -> list[Text]:
        return [Text(escape(plain(re.sub(r"</?(?:li|p)>", " ", self.html))))]


@dataclass(frozen=True)
class Heading(Piece):
    text: str
    level: Literal["2", "3"] = "2"

    def block(self) -> Block:
        return {"type": "heading", "value": {"text": self.text, "level": self.level}}

    def paragraphs(self) -> list[Text]:
        return [Text(escape(self.text))]


@dataclass(frozen=True)
class Quote(Piece):
    lines: tuple[str, ...]
    attribution: str = ""

    def block(self) -> Block:
        return {
            "type": "quote",
            "value": {"lines": list(self.lines), "attribution": self.attribution},
        }

    def paragraphs(self) -> list[Text]:
        return [Text(escape(line)) for line in (*self.lines, self.attribution) if line]


@dataclass(frozen=True)
class Items(Piece):
    """A list; its entries are inline rich text."""

    entries: tuple[str, ...]
    numbered: bool = False

    def block(self) -> Block:
        style = "numbered" if self.numbered else "bulleted"
        return {"type": "list", "value": {"style": style, "entries": list(self.entries)}}

    def paragraphs(self) -> list[Text]:
        return [
            Text(f"{number}. {entry}" if self.numbered else entry)
            for number, entry in enumerate(self.entries, 1)
        ]


@dataclass(frozen=True)
class Reasons(Piece):
    """Rows of a term and its explanation; the explanation is inline rich text. `was`: what stood
    there before somebody guessed that."""

    rows: tuple[tuple[str, str], ...]
    was: tuple[Piece, ...] = ()

    def block(self) -> Block:
        rows = [{"term": term, "explanation": explanation} for term, explanation in self.rows]
        return {"type": "reasons", "value": {"reasons": rows}}

    def paragraphs(self) -> list[Text]:
        return [Text(f"{escape(term)}: {explanation}") for term, explanation in self.rows]

    def otherwise(self) -> Sequence[Piece]:
        return self.was or self.paragraphs()


@dataclass(frozen=True)
class Invitation(Piece):
    """What the reader is invited to do; each is a kind and inline rich text."""

    intro: str
    invites: tuple[tuple[InviteKind, str], ...]

    def block(self) -> Block:
        invites = [{"kind": kind, "text": text} for kind, text in self.invites]
        return {"type": "invitation", "value": {"intro": self.intro, "invites": invites}}

    def paragraphs(self) -> list[Text]:
        intro = [Text(escape(self.intro))] if self.intro else []
        return intro + [Text(text) for _kind, text in self.invites]


@dataclass(frozen=True)
class SignOff(Piece):
    text: str
    name: str

    def block(self) -> Block:
        return {"type": "sign_off", "value": {"text": self.text, "name": self.name}}

    def paragraphs(self) -> list[Text]:
        return [Text(escape(line)) for line in (self.text, self.name) if line]


@dataclass(frozen=True)
class Illustration(Piece):
    """A picture that came with the text; its block holds it until it is kept."""

    picture: PictureFile
    alt: str = ""
    caption: str = ""

    def block(self) -> Block:
        value = {"image": self.picture, "alt_text": self.alt, "caption": self.caption}
        return {"type": "image", "value": value}

    def paragraphs(self) -> list[Text]:
        return [Text(escape(words)) for words in (self.alt, self.caption) if words]


@dataclass(frozen=True)
class FilePiece(Piece):
    """A worksheet or a sound that came with the text and is linked in it; its block holds it until
    it is kept, which tells also which of the two it is."""

    file: LocalFile
    title: str

    def block(self) -> Block:
        return {"type": "file", "value": {"file": self.file, "title": self.title}}

    def paragraphs(self) -> list[Text]:
        return [Text(escape(self.title))]


@dataclass(frozen=True)
class Divider(Piece):
    def block(self) -> Block:
        return {"type": "divider", "value": None}

    def paragraphs(self) -> list[Text]:
        return []
