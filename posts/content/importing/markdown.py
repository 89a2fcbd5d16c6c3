"""Markdown, made HTML by markdown-it and then read as that; with front matter if it has some."""

import re
from dataclasses import replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from posts.content.importing.draft import Draft
from posts.content.importing.files import ImportRefused
from posts.content.importing.html import read_html
from posts.content.importing.spaces import tidy

_FRONT_MATTER = re.compile(
    r"\A\ufeff?\s*---[ \t]*\n(?P<lines>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S
)
_FIELD = re.compile(r"(?P<key>[A-Za-z][\w -]{0,40}):(?:\s+(?P<value>.*))?")
_CONTINUED = re.compile(r"[\s#-]")  # an indented line, an entry of a list, a comment
# A few lines can say that a long address stands in a thousand places: so many characters more than
# the text has itself.
_MOST_ADDRESSES = 200_000
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def read_markdown(text: str) -> Draft:
    """Read the words and the form of a text in Markdown."""
    fields, body = _front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    draft = read_html(_rendered(body))
    title = fields.pop("title", "")
    language = fields.pop("language", "") or fields.pop("lang", "")
    subtitle, excerpt = fields.pop("subtitle", ""), fields.pop("excerpt", "")
    draft = replace(draft, subtitle=subtitle, excerpt=excerpt, language=language)
    if fields:
        note = f"Not imported from the top of the file: {', '.join(fields)}."
        draft = replace(draft, notes=(*draft.notes, note))
    return _named(draft, title) if title else draft


def _rendered(body: str) -> str:
    environment: dict[str, Any] = {}
    tokens = _MARKDOWN.parse(body, environment)
    # Before it is written: of five megabytes, forty thousand could be made.
    if sum(map(_length_of_addresses, tokens)) > len(body) + _MOST_ADDRESSES:
        raise ImportRefused(
            "A link that is defined once and used very often makes the text too long. Write the "
            "links where they are used, or save the text without them."
        )
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment))


def _length_of_addresses(token: Token) -> int:
    own = sum(len(str(value)) for value in token.attrs.values())
    return own + sum(map(_length_of_addresses, token.children or ()))


def _named(draft: Draft, title: str) -> Draft:
    """The title from the front matter; a main heading that says another thing stays a heading."""
    pieces = draft.pieces
    if draft.title_piece and draft.title.casefold() != title.casefold():
        pieces = [draft.title_piece, *pieces]
    return replace(draft, title=title, title_piece=None, pieces=pieces)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields between --- and ---, if fields and nothing else is what stands there."""
    match = _FRONT_MATTER.match(text)
    lines = [line for line in match["lines"].splitlines() if line.strip()] if match else []
    fields = [_FIELD.fullmatch(line.rstrip()) for line in lines]
    others = [line for line, field in zip(lines, fields, strict=True) if not field]
    if not match or not any(fields) or not all(map(_CONTINUED.match, others)):
        return {}, text
    values = {
        field["key"].strip().lower(): tidy(field["value"] or "").strip("\"'")
        for field in fields
        if field
    }
    return values, text[match.end() :]
