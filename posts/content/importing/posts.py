"""From a file to all that a post is made of."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from posts.content.blocks import BodyBlock
from posts.content.importing.draft import Draft
from posts.content.importing.ending import find_invitation, find_sign_off
from posts.content.importing.files import ImportRefused, read_source
from posts.content.importing.html import read_html
from posts.content.importing.markdown import read_markdown
from posts.content.importing.pieces import Block, Heading, Piece, Text, escape
from posts.content.importing.plain import read_plain
from posts.content.importing.plain_rules import PLAIN_RULES
from posts.content.importing.rules import Rule, opened, quotation, reasons, recognise
from posts.content.importing.spaces import tidy
from posts.content.words import shortened
from subscribers.languages import of_posts

LONGEST_TITLE = 255
_READERS: dict[str, Callable[[str], Draft]] = {
    "plain": read_plain,
    "markdown": read_markdown,
    "html": read_html,
}
_BODY = BodyBlock()
_MARKED_UP_RULES: tuple[Rule, ...] = (quotation, reasons)


@dataclass(frozen=True)
class ImportedPost:
    """A text as a post holds it; `notes` say what its writer may want to look at."""

    title: str
    subtitle: str
    body: list[Block]
    excerpt: str = ""
    language: str = ""
    notes: tuple[str, ...] = ()


def read_post(path: Path, *, title: str | None = None) -> ImportedPost:
    """Read a file. Raises ImportRefused, whose message says what to do, where that is no post."""
    source = read_source(path)
    draft = _titled(_READERS[source.form](source.text), tidy(title or ""), path)
    rules = PLAIN_RULES if source.form == "plain" else _MARKED_UP_RULES
    # The signature first, or its short lines would be taken for the end of a list.
    pieces = recognise(opened(find_sign_off(draft.pieces)), rules)
    body = list(_blocks(find_invitation(pieces)))
    if not body:
        raise ImportRefused(
            f"{path} has a title (“{draft.title}”) and no text below it. Write the text, or give "
            "the title with --title if this line is the text."
        )
    language, about_language = _language(draft.language)
    return ImportedPost(
        title=draft.title,
        subtitle=draft.subtitle,
        body=body,
        excerpt=draft.excerpt,
        language=language,
        notes=(*source.notes, *draft.notes, *about_language),
    )


def _language(tag: str) -> tuple[str, tuple[str, ...]]:
    """The language of posts that a tag such as `de-AT` means, and what to say when it is none.

    An empty one where the file says nothing of use: the post gets the site’s."""
    if found := of_posts(tag):
        return found, ()
    known = ", ".join(code for code, _name in settings.POST_LANGUAGES)
    note = (
        f"The file says its language is “{tag}”, which no post can have, so it gets the site’s. "
        f"Say another with --language ({known})."
    )
    return "", (note,) if tag else ()


def _titled(draft: Draft, given: str, path: Path) -> Draft:
    """The draft with the title that it gets in the end, and the words of any other in its text."""
    if len(given) > LONGEST_TITLE:
        raise ImportRefused(f"The title is too long: {LONGEST_TITLE} characters are possible.")
    if given:
        return _retitled(draft, given)
    if not draft.title:
        draft = _title_from_text(draft, path)
    if len(draft.title) > LONGEST_TITLE:
        whole = draft.title_piece or Text(escape(draft.title))
        note = "The title is longer than a title can be: it was shortened, and begins the text."
        title = shortened(draft.title, LONGEST_TITLE - 1)
        draft = _with_top(replace(draft, title=title), whole, note)
    if len(draft.subtitle) > LONGEST_TITLE:
        note = "The subtitle is longer than a subtitle can be: it begins the text."
        draft = _with_top(replace(draft, subtitle=""), Text(escape(draft.subtitle)), note)
    return draft


def _retitled(draft: Draft, title: str) -> Draft:
    if not draft.title_piece or draft.title.casefold() == title.casefold():
        return replace(draft, title=title)
    note = f"“{draft.title}” stays at the top of the text, since another title was given."
    return _with_top(replace(draft, title=title), draft.title_piece, note)


def _title_from_text(draft: Draft, path: Path) -> Draft:
    """The heading that opens the text is its title; without one, the file's name is."""
    first = draft.pieces[0] if draft.pieces else None
    if isinstance(first, Heading):
        return replace(draft, title=first.text, title_piece=first, pieces=draft.pieces[1:])
    name = tidy(re.sub(r"[-_]+", " ", path.stem))
    note = "The text has no title: it got the name of the file. Give another with --title."
    return replace(draft, title=name[:1].upper() + name[1:], notes=(*draft.notes, note))


def _with_top(draft: Draft, piece: Piece, note: str) -> Draft:
    return replace(draft, pieces=[piece, *draft.pieces], notes=(*draft.notes, note))


def _blocks(pieces: Iterable[Piece]) -> Iterator[Block]:
    """The pieces as blocks; one that its block does not take, as plain paragraphs."""
    for piece in pieces:
        block = piece.block()
        if _is_accepted(block):
            yield block
        else:
            yield from (text.block() for text in piece.paragraphs())


def _is_accepted(block: Block) -> bool:
    kind = _BODY.child_blocks[block["type"]]
    try:
        kind.clean(kind.to_python(block["value"]))
    except ValidationError:
        return False
    return True
