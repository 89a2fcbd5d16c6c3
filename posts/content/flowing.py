"""Blocks as one flowing text: what a text does by itself joins the text before it.

Our importer makes a block of each heading, list, quotation and divider. In an open letter, where
one goes on writing, they are parts of a text; cards stay cards.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.html import escape

from posts.content.richtext import inline

Block = dict[str, Any]

__all__ = ["flowing"]


def flowing(blocks: Iterable[Block]) -> list[Block]:
    """The blocks (raw values), with as few texts as there can be between the cards."""
    joined: list[Block] = []
    for block in blocks:
        write = _WRITERS.get(block["type"])
        if write is None:
            joined.append(block)
        elif joined and joined[-1]["type"] == "paragraph":
            joined[-1] = {"type": "paragraph", "value": joined[-1]["value"] + write(block["value"])}
        else:
            joined.append({"type": "paragraph", "value": write(block["value"])})
    return joined


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


_WRITERS: dict[str, Callable[[Any], str]] = {
    "paragraph": str,
    "heading": _heading,
    "quote": _quote,
    "list": _list,
    "divider": lambda value: "<hr/>",
}
