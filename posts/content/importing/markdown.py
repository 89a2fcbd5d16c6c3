"""Markdown, made HTML by markdown-it and then read as that.

With what most dialects add: tables, footnotes, definitions, lists of things to do, words that are
struck out or raised. What only means something to the program that a text was written for is taken
out before (see `leftovers`).
"""

import re
from dataclasses import replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from posts.content.importing.draft import Draft
from posts.content.importing.html import read_html
from posts.content.importing.leftovers import without_leftovers
from posts.content.importing.pictures import Album
from posts.content.importing.refusal import ImportRefused
from subscribers.saying import sentence

# A few lines can say that a long address stands in a thousand places: so many characters more than
# the text has itself.
_MOST_ADDRESSES = 200_000
_NOTE = re.compile(r"^ {0,3}\[\^(?P<name>[^\]\s]{1,60})\]:[ \t]*", re.MULTILINE)
_REFERENCE = re.compile(r"\[\^(?P<name>[^\]\s]{1,60})\](?!:)")
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": True})
    .enable(["table", "strikethrough"])
    .use(footnote_plugin)
    .use(deflist_plugin)
    .use(tasklists_plugin)
    .use(superscript_plugin)
    .use(sub_plugin)
)


def read_markdown(text: str, album: Album | None = None) -> Draft:
    """Read the words and the form of a text in Markdown, without what stands above it."""
    text, losses = without_leftovers(text)
    draft = read_html(_rendered(_without_lone_notes(text)), album)
    return replace(draft, losses=(*losses, *draft.losses))


def _without_lone_notes(text: str) -> str:
    """Footnotes that nothing refers to as paragraphs, or they would vanish; and references to none
    as numbers in brackets."""
    notes = {found["name"] for found in _NOTE.finditer(text)}
    used = {found["name"] for found in _REFERENCE.finditer(text)}
    if notes - used:
        text = _NOTE.sub(lambda found: "\n" if found["name"] not in used else found.group(), text)
    if used - notes:
        text = _REFERENCE.sub(
            lambda found: found.group() if found["name"] in notes else f"[{found['name']}]", text
        )
    return text


def _rendered(body: str) -> str:
    environment: dict[str, Any] = {}
    tokens = _MARKDOWN.parse(body, environment)
    # Before it is written: of five megabytes, forty thousand could be made.
    if sum(map(_length_of_addresses, tokens)) > len(body) + _MOST_ADDRESSES:
        raise ImportRefused(
            sentence(
                "A link that is defined once and used very often makes the text too "
                "long. Write the links where they are used, or save the text without "
                "them."
            )
        )
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment))


def _length_of_addresses(token: Token) -> int:
    own = sum(len(str(value)) for value in token.attrs.values())
    return own + sum(map(_length_of_addresses, token.children or ()))
