"""Texts of Ghost that were never rendered there: Lexical and Mobiledoc, made HTML.

Both are JSON. Lexical is a tree (`root.children`, each with a `type`; words have `format`, a sum of
bits); Mobiledoc 0.3 is `sections` with `markups`, `atoms` and `cards` beside them. Their cards are
the same, and what a card shows becomes what a letter can show.
"""

import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from markdown_it import MarkdownIt

from posts.moving_in.archive import MOST_TEXT
from subscribers.saying import sentence

Node = dict[str, Any]
_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (16, "code"), (32, "sub"), (64, "sup"))
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAGS = frozenset({*_HEADINGS, "p", "blockquote", "aside", "ul", "ol", "a", "strong", "b", "em"})
_TAGS |= {"i", "s", "code", "sub", "sup", "u", "del"}
# What cards say: as plain words, and as HTML.
_HEADS = ("heading", "header", "subheading", "productTitle", "fileTitle")
_BODIES = ("content", "textValue", "productDescription", "html", "fileCaption")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def html_of(post: Node) -> str:
    """The text of a post as HTML: as Ghost rendered it, or else as its editor keeps it.

    Raises ValueError where that makes no sense, or is larger than a post can be."""
    if html := _text(post, "html"):
        return html
    try:
        if lexical := _text(post, "lexical"):
            root = json.loads(lexical).get("root", {})
            return "".join(map(_lexical, _nodes(root, "children")))
        if mobiledoc := _text(post, "mobiledoc"):
            return _joined(_mobiledoc(json.loads(mobiledoc)))
    except (ValueError, AttributeError, TypeError, LookupError, RecursionError) as error:
        raise ValueError(sentence("Its text cannot be read.")) from error
    return ""


def _text(node: Node, name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _nodes(node: Node, name: str) -> list[Node]:
    found = node.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _tagged(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag}>" if inside else ""


# --- Lexical ----------------------------------------------------------------------------------


def _lexical(node: Node) -> str:
    kind = _text(node, "type").removeprefix("extended-")
    inside = "".join(map(_lexical, _nodes(node, "children")))
    match kind:
        case "text" | "code-highlight":
            return _formatted(node)
        case "linebreak":
            return "<br>"
        case "link" | "autolink":
            return f'<a href="{escape(_text(node, "url"))}">{inside}</a>'
        case "paragraph":
            return _tagged("p", inside)
        case "heading":
            tag = _text(node, "tag")
            return _tagged(tag if tag in _HEADINGS else "h2", inside)
        case "list":
            return _tagged("ol" if node.get("listType") == "number" else "ul", inside)
        case "listitem":
            return _tagged("li", inside)
        case "quote" | "aside":
            return _tagged("blockquote", inside)
        case _:
            return _card(kind, node) or inside


def _formatted(node: Node) -> str:
    html = escape(_text(node, "text"), quote=False)
    bits = node.get("format")
    if isinstance(bits, int) and html.strip():
        for tag in (tag for bit, tag in _FORMATS if bits & bit):
            html = f"<{tag}>{html}</{tag}>"
    return html


# --- Mobiledoc --------------------------------------------------------------------------------
# What stands in it once may be named a million times.


def _joined(pieces: Iterable[str]) -> str:
    found, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_TEXT:
            raise ValueError(MOST_TEXT)
        found.append(piece)
    return "".join(found)


def _mobiledoc(document: Node) -> Iterator[str]:
    cards: dict[int, str] = {}
    for section in document["sections"]:
        match section:
            case [1, str(tag), list(markers)]:
                yield _tagged(_known(tag, "p"), _marked(markers, document))
            case [2, str(source), *_]:
                yield _picture({"src": source})
            case [3, str(tag), list(entries)]:
                lines = (_tagged("li", _marked(entry, document)) for entry in entries)
                yield _tagged(_known(tag, "ul"), _joined(lines))
            case [10, int(number), *_]:
                if number not in cards:
                    kind, payload = document["cards"][number][:2]
                    cards[number] = _card(str(kind), payload if isinstance(payload, dict) else {})
                yield cards[number]


def _known(tag: str, otherwise: str) -> str:
    return tag if tag in _TAGS else otherwise


def _marked(markers: Iterable[Any], document: Node) -> str:
    """Words between tags that open at one marker and close at a later one."""
    return _joined(_marks(markers, document))


def _marks(markers: Iterable[Any], document: Node) -> Iterator[str]:
    opened: list[str] = []
    for kind, opening, closing, value in markers:
        for number in opening:
            tag, *attributes = document["markups"][number]
            opened.append(tag if tag in _TAGS else "span")
            yield f"<{opened[-1]}{_address(attributes)}>"
        words = document["atoms"][value][1] if kind == 1 else value
        yield "<br>" if kind == 1 and not words else escape(str(words), quote=False)
        for _ in range(min(closing, len(opened))):
            yield f"</{opened.pop()}>"
    yield from (f"</{tag}>" for tag in reversed(opened))


def _address(attributes: list[Any]) -> str:
    pairs = attributes[0] if attributes else []
    found = dict(zip(pairs[::2], pairs[1::2], strict=False))
    return f' href="{escape(str(found["href"]))}"' if "href" in found else ""


# --- Cards of both ----------------------------------------------------------------------------


def _card(kind: str, card: Node) -> str:
    match kind:
        case "horizontalrule" | "hr":
            return "<hr>"
        case "image":
            return _picture(card)
        case "gallery":
            return "".join(map(_picture, _nodes(card, "images")))
        case "markdown" | "card-markdown":
            return str(_MARKDOWN.render(_text(card, "markdown")))
        case "codeblock" | "code":
            return _tagged("pre", escape(_text(card, "code"), quote=False))
        case "callout":
            return _tagged("blockquote", f"<p>{_text(card, 'calloutText')}</p>")
        case "paywall" | "signup" | "email" | "email-cta" | "tk" | "zwnj" | "soft-return":
            return ""  # what the page, or the mail, had around the text
        case _:
            return _other(card)


def _other(card: Node) -> str:
    """What another card says, and where it leads."""
    html = "".join(_tagged("h3", escape(_text(card, name))) for name in _HEADS)
    html += "".join(_tagged("div", _text(card, name)) for name in _BODIES)
    for address in ("url", "buttonUrl", "productUrl", "src"):
        if target := _text(card, address):
            about = card.get("metadata")
            title = _text(about, "title") if isinstance(about, dict) else ""
            words = title or _text(card, "buttonText") or _text(card, "title") or target
            html += f'<p><a href="{escape(target)}">{escape(words)}</a></p>'
    return html + _tagged("p", _text(card, "caption"))


def _picture(card: Node) -> str:
    caption = _text(card, "caption")
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    source, alt = escape(_text(card, "src")), escape(_text(card, "alt"))
    return f'<figure><img src="{source}" alt="{alt}">{below}</figure>'
