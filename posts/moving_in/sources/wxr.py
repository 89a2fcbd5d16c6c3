"""WordPress' WXR, which is RSS with fields of its own, read in pieces by expat.

A document type is refused, and with it every entity that somebody might define. Signs that XML does
not know, which WordPress writes all the same, are left out.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from posts.content.importing import AS_WESTERN, ImportRefused
from posts.moving_in.archive import MOST_TEXT, Archive
from posts.moving_in.shape import NotBrought, line_of
from subscribers import saying
from subscribers.saying import sentence

_PIECE = 65_536
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}encoding=["']([\w.-]{1,40})["']""")
_NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_ITEM, _AUTHOR, _META, _COMMENT = "item", "wp:author", "wp:postmeta", "wp:comment"
# All that anybody asks for; of the rest nothing is kept.
_FIELDS = frozenset(
    {
        *("title", "link", "guid", "dc:creator", "content:encoded", "excerpt:encoded", "pubDate"),
        *("wp:post_id", "wp:post_name", "wp:post_date", "wp:post_date_gmt", "wp:status"),
        *("wp:post_type", "wp:post_password", "wp:attachment_url"),
    }
)
_OF_META = frozenset({"_thumbnail_id", "_wp_attachment_image_alt", "_yoast_wpseo_canonical"})
_OF_PAIRS = frozenset({"wp:author_login", "wp:author_display_name", "wp:meta_key", "wp:meta_value"})
_MOST_CATEGORIES = 200
_LONGEST_META = 2_000


@dataclass
class WxrItem:
    """One item: its fields by their names, its categories as (domain, nicename, words), its
    `postmeta`, how many comments it has, and the line on which it begins."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    categories: list[tuple[str, str, str]] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    too_large: bool = False


@dataclass(frozen=True)
class WxrAuthor:
    login: str
    name: str


class _DocumentType(Exception):
    """It says what it may consist of, as no export does."""


class _Handler:
    """Gathers what expat finds, one item at a time."""

    def __init__(self) -> None:
        self.found: list[WxrItem | WxrAuthor] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._item: WxrItem | None = None
        self._path: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._attributes: dict[str, str] = {}
        self._pair: dict[str, str] = {}

    def _refuse(self, *_: object) -> None:
        raise _DocumentType

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text, self._size = [], 0
        self._attributes = attributes
        if name == _ITEM:
            self._item = WxrItem(self.parser.CurrentLineNumber)
        elif name in (_AUTHOR, _META):
            self._pair = {}

    def _words(self, words: str) -> None:
        self._size += len(words)
        if self._size <= MOST_TEXT:
            self._text.append(words)
        elif self._item is not None:
            self._text, self._item.too_large = [], True

    def _end(self, name: str) -> None:
        self._path.pop()
        around = self._path[-1] if self._path else ""
        text, self._text = "".join(self._text), []
        if around in (_AUTHOR, _META):
            if name in _OF_PAIRS:
                self._pair[name] = text[:_LONGEST_META]
        elif name == _AUTHOR:
            login = self._pair.get("wp:author_login", "")
            self.found.append(WxrAuthor(login, self._pair.get("wp:author_display_name", "")))
        elif self._item is not None:
            self._in_item(self._item, name, around, text)

    def _in_item(self, item: WxrItem, name: str, around: str, text: str) -> None:
        if name == _ITEM:
            self.found.append(item)
            self._item = None
        elif name == _META:
            if (key := self._pair.get("wp:meta_key", "")) in _OF_META:
                item.meta[key] = self._pair.get("wp:meta_value", "")
        elif name == _COMMENT:
            item.comments += 1
        elif name == "category" and around == _ITEM and len(item.categories) < _MOST_CATEGORIES:
            said = (self._attributes.get("domain", ""), self._attributes.get("nicename", ""), text)
            domain, nicename, words = (one[:_LONGEST_META] for one in said)
            item.categories.append((domain, nicename, words))
        elif around == _ITEM and name in _FIELDS:
            item.fields[name] = text


def items_in(archive: Archive, name: str) -> Iterator[WxrItem | WxrAuthor | NotBrought]:
    """Everything in the file, in its order; where it makes no sense any more, that is said and it
    ends."""
    handler = _Handler()
    try:
        for piece in _pieces(archive, name):
            handler.parser.Parse(piece, False)
            yield from handler.found
            handler.found.clear()
        handler.parser.Parse("", True)
        yield from handler.found
    except _DocumentType:
        why = sentence("It begins with a document type, as no export of WordPress.")
        yield NotBrought(name, why, True)
    except ImportRefused as refusal:
        yield NotBrought(name, saying.of(refusal), True)
    except expat.ExpatError as error:
        yield from handler.found
        told = expat.errors.messages.get(error.code, "") or sentence("no XML")
        why = sentence("The file is damaged here (%(why)s); the rest is not read.", why=told)
        yield NotBrought(line_of(name, error.lineno), why, True)


def _pieces(archive: Archive, name: str) -> Iterator[str]:
    with archive.opened(name) as file:
        head = file.read(_PIECE)
        said = _DECLARED.search(head[:200])
        encoding = said.group(1).decode() if said else "utf-8"
        encoding = "utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else encoding
        try:
            known = codecs.lookup(encoding).name
            errors = AS_WESTERN if known == "utf-8" else "replace"
            decoder = codecs.getincrementaldecoder(known)(errors=errors)
        except LookupError:
            why = sentence("Nobody knows its encoding, %(encoding)s.", encoding=encoding)
            raise ImportRefused(why) from None
        piece = head
        while piece:
            yield decoder.decode(piece).removeprefix("\ufeff").translate(_NO_XML)
            piece = file.read(_PIECE)
        yield decoder.decode(b"", True).translate(_NO_XML)
