"""Posts and pages as Markdown, for people and for other programs.

Everything that is said comes along, in the forms that every program knows: headings, quotations,
lists, emphasis, links, pictures. What Markdown has no form for is written as a writer would: a
named reason begins with its name in bold, a quotation ends with who said it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from bs4 import BeautifulSoup
from markdownify import markdownify

from posts.content.invitations import KINDS

Value = dict[str, Any]
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


@dataclass
class Links:
    """Where what a text names by number lies, as seen from its file."""

    pictures: dict[int, str] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)
    pages: dict[int, str] = field(default_factory=dict)


def document(about: dict[str, Any], body: str) -> str:
    """A file with front matter. Empty values are left out."""
    told = {name: value for name, value in about.items() if value not in ("", None, [])}
    head = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=1_000)
    return f"---\n{head}---\n\n{body}"


def body(blocks: list[Value], links: Links) -> str:
    """The blocks of a stream, as stored."""
    parts = [RENDERERS[block["type"]](block["value"], links) for block in blocks]
    return "\n\n".join(part for part in parts if part) + "\n"


def prose(html: str, links: Links) -> str:
    """Rich text, as stored."""
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.find_all("a", linktype=True):
        number = str(link.get("id", ""))
        target = links.pages.get(int(number)) if number.isdigit() else None
        if target is None:
            link.unwrap()
        else:
            link.attrs = {"href": target}
    text: str = markdownify(
        str(soup), heading_style="atx", bullets="-", sup_symbol="<sup>", newline_style="backslash"
    )
    return text.strip()


def _line(html: str, links: Links) -> str:
    return " ".join(prose(html, links).split())


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _lines(entries: list[Any]) -> list[str]:
    return [str(one["value"] if isinstance(one, dict) else one) for one in entries]


def _heading(value: Value, links: Links) -> str:
    return f"{'#' * int(value.get('level', 2))} {_plain(value['text'])}"


def _paragraph(value: str, links: Links) -> str:
    return prose(value, links)


def _quote(value: Value, links: Links) -> str:
    words = "\\\n".join(map(_plain, _lines(value["lines"])))
    who = value.get("attribution", "")
    return _quoted(f"{words}\n\n— {_plain(who)}" if who else words)


def _list(value: Value, links: Links) -> str:
    entries = [_line(one, links) for one in _lines(value["entries"])]
    numbered = value.get("style") == "numbered"
    return "\n".join(
        f"{f'{number}.' if numbered else '-'} {entry}"
        for number, entry in enumerate(entries, start=1)
    )


def _structs(entries: list[Any]) -> list[Value]:
    return [one["value"] if "value" in one and "type" in one else one for one in entries]


def _reasons(value: Value, links: Links) -> str:
    return "\n\n".join(
        f"**{_plain(one['term'])}:** {_line(one['explanation'], links)}"
        for one in _structs(value["reasons"])
    )


def _image(value: Value, links: Links) -> str:
    picture = value["image"] or {}
    target = links.pictures.get(picture.get("image") or 0)
    alt = "" if picture.get("decorative") else _plain(picture.get("alt_text") or "")
    caption = _plain(value.get("caption") or "")
    shown = f"![{alt}]({target})" if target else ""
    return "\n\n".join(part for part in (shown, f"*{caption}*" if caption else "") if part)


def _callout(value: Value, links: Links) -> str:
    title, text = value.get("title", ""), prose(value["text"], links)
    return _quoted(f"**{_plain(title)}**\n\n{text}" if title else text)


def _divider(value: Any, links: Links) -> str:
    return "---"


def _button(value: Value, links: Links) -> str:
    return _link(value["label"], value["url"])


def _embed(value: Value, links: Links) -> str:
    return "\n\n".join(
        part
        for part in (_link(value["title"], value["url"]), _plain(value.get("description") or ""))
        if part
    )


def _link(words: str, address: str) -> str:
    return f"[{_plain(words)}](<{address}>)" if address else _plain(words)


def _invitation(value: Value, links: Links) -> str:
    invites = [
        f"- **{KINDS.get(one['kind'], one['kind'])}:** {_line(one['text'], links)}"
        for one in _structs(value["invites"])
    ]
    intro = _plain(value.get("intro") or "")
    return "\n\n".join(part for part in (intro, "\n".join(invites)) if part)


def _sign_off(value: Value, links: Links) -> str:
    told = [_plain(value.get(name) or "") for name in ("text", "name")]
    return "\\\n".join(part for part in told if part)


def _file(value: Value, links: Links) -> str:
    target = links.files.get(value["file"] or 0, "")
    return "\n\n".join(
        part
        for part in (_link(value["title"], target), _plain(value.get("description") or ""))
        if part
    )


def _sound(value: Value, links: Links) -> str:
    target = links.files.get(value["sound"] or 0, "")
    return "\n\n".join(
        part
        for part in (_link(value["title"], target), prose(value.get("transcript") or "", links))
        if part
    )


RENDERERS: dict[str, Callable[[Any, Links], str]] = {
    "heading": _heading,
    "paragraph": _paragraph,
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
    "file": _file,
    "sound": _sound,
}
