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
    parts = [RENDERERS[block["type"]](block.get("value") or "", links) for block in blocks]
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
        str(soup),
        escape_misc=True,
        heading_style="atx",
        bullets="-",
        sup_symbol="<sup>",
        newline_style="backslash",
    )
    return text.strip()


def _line(html: str, links: Links) -> str:
    return " ".join(prose(html, links).split())


def _plain(text: Any) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def _told(value: Value, name: str) -> Any:
    """What a card says under this name; a draft may lack anything."""
    return (value or {}).get(name) or ""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _lines(entries: list[Any]) -> list[str]:
    return [str(one["value"] if isinstance(one, dict) else one) for one in entries]


def _heading(value: Value, links: Links) -> str:
    return f"{'#' * int(_told(value, 'level') or 2)} {_plain(_told(value, 'text'))}"


def _paragraph(value: str, links: Links) -> str:
    return prose(value, links)


def _quote(value: Value, links: Links) -> str:
    words = "\\\n".join(map(_plain, _lines(_told(value, "lines"))))
    who = _told(value, "attribution")
    return _quoted(f"{words}\n\n— {_plain(who)}" if who else words)


def _list(value: Value, links: Links) -> str:
    entries = [_line(one, links) for one in _lines(_told(value, "entries"))]
    numbered = _told(value, "style") == "numbered"
    return "\n".join(
        f"{f'{number}.' if numbered else '-'} {entry}"
        for number, entry in enumerate(entries, start=1)
    )


def _structs(entries: list[Any]) -> list[Value]:
    return [one["value"] if "value" in one and "type" in one else one for one in entries]


def _reasons(value: Value, links: Links) -> str:
    return "\n\n".join(
        f"**{_plain(_told(one, 'term'))}:** {_line(_told(one, 'explanation'), links)}"
        for one in _structs(_told(value, "reasons"))
    )


def _image(value: Value, links: Links) -> str:
    picture = _told(value, "image")
    picture = picture if isinstance(picture, dict) else {"image": picture}
    target = links.pictures.get(_told(picture, "image") or 0)
    alt = "" if _told(picture, "decorative") else _plain(_told(picture, "alt_text"))
    caption = _plain(_told(value, "caption"))
    shown = f"![{alt}]({target})" if target else ""
    return "\n\n".join(part for part in (shown, f"*{caption}*" if caption else "") if part)


def _callout(value: Value, links: Links) -> str:
    title, text = _told(value, "title"), prose(_told(value, "text"), links)
    return _quoted(f"**{_plain(title)}**\n\n{text}" if title else text)


def _divider(value: Any, links: Links) -> str:
    return "---"


def _button(value: Value, links: Links) -> str:
    return _link(_told(value, "label"), _told(value, "url"))


def _embed(value: Value, links: Links) -> str:
    return "\n\n".join(
        part
        for part in (
            _link(_told(value, "title"), _told(value, "url")),
            _plain(_told(value, "description")),
        )
        if part
    )


def _link(words: str, address: str) -> str:
    return f"[{_plain(words)}](<{address}>)" if address else _plain(words)


def _invitation(value: Value, links: Links) -> str:
    invites = [
        f"- **{KINDS.get(_told(one, 'kind'), '')}:** {_line(_told(one, 'text'), links)}"
        for one in _structs(_told(value, "invites"))
    ]
    intro = _plain(_told(value, "intro"))
    return "\n\n".join(part for part in (intro, "\n".join(invites)) if part)


def _sign_off(value: Value, links: Links) -> str:
    told = [_plain(_told(value, name)) for name in ("text", "name")]
    return "\\\n".join(part for part in told if part)


def _file(value: Value, links: Links) -> str:
    target = links.files.get(_told(value, "file") or 0, "")
    return "\n\n".join(
        part
        for part in (_link(_told(value, "title"), target), _plain(_told(value, "description")))
        if part
    )


def _sound(value: Value, links: Links) -> str:
    target = links.files.get(_told(value, "sound") or 0, "")
    return "\n\n".join(
        part
        for part in (_link(_told(value, "title"), target), prose(_told(value, "transcript"), links))
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
