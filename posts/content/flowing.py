"""Blocks as one flowing text: what a text does by itself joins the text before it.

Our importer recognises headings, lists, quotations and dividers one by one. In a letter, where one
goes on writing, they are parts of a text, as if they had been typed there; cards stay cards.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.utils.html import escape

from posts.content.richtext import inline

Block = dict[str, Any]

__all__ = ["flowing"]


def flowing(blocks: Iterable[Block], *, apart: Collection[str] = ("quote",)) -> list[Block]:
    """The blocks (raw values), with as few texts as there can be between the cards.

    Blocks of the kinds in `apart` stay cards, too. Two lists or quotations that follow each other
    stay two: in one text the editor would make a single one of them.
    """
    joined: list[Block] = []
    last = ""  # what the text ends with
    for block in blocks:
        kind, write = _kind(block), _WRITERS.get(block["type"])
        if write is None or block["type"] in apart:
            joined.append(block)
            last = ""
            continue
        html = write(block["value"])
        if last and not (kind == last and kind in _MERGING):
            joined[-1] = {"type": "paragraph", "value": joined[-1]["value"] + html}
        else:
            joined.append({"type": "paragraph", "value": html})
        last = kind
    return joined


def _kind(block: Block) -> str:
    return str(block["value"]["style"] if block["type"] == "list" else block["type"])


def _heading(value: Any) -> str:
    return f"<h{value['level']}>{escape(value['text'])}</h{value['level']}>"


def _quote(value: Any) -> str:
    attribution = value.get("attribution")
    lines = [*value["lines"], *([f"— {attribution}"] if attribution else [])]
    return "".join(f"<blockquote>{escape(line)}</blockquote>" for line in lines)


def _list(value: Any) -> str:
    tag = "ol" if value["style"] == "numbered" else "ul"
    entries = "".join(f"<li>{inline(entry)}</li>" for entry in value["entries"])
    return f"<{tag}>{entries}</{tag}>"


_MERGING = {"bulleted", "numbered", "quote"}
_WRITERS: dict[str, Callable[[Any], str]] = {
    "paragraph": str,
    "heading": _heading,
    "quote": _quote,
    "list": _list,
    "divider": lambda value: "<hr/>",
}
