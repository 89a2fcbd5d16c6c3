"""From a file to all that a post is made of."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop as _

from posts.content.blocks import BodyBlock
from posts.content.flowing import flowing
from posts.content.importing import language
from posts.content.importing.about import About, about
from posts.content.importing.draft import Draft
from posts.content.importing.files import Source, read_source
from posts.content.importing.footers import without_footers
from posts.content.importing.front_matter import FieldsAbove, take_fields
from posts.content.importing.html import read_html
from posts.content.importing.invitation import find_invitation
from posts.content.importing.markdown import read_markdown
from posts.content.importing.pictures import Album
from posts.content.importing.pieces import Block, Heading, Piece, Text, escape
from posts.content.importing.plain import read_plain
from posts.content.importing.plain_rules import GUESSES, MARKED_UP_RULES, PLAIN_RULES
from posts.content.importing.refusal import ImportRefused, NothingBelowTitle
from posts.content.importing.rules import opened, recognise
from posts.content.importing.signature import find_sign_off
from posts.content.importing.spaces import storable, tidy
from posts.content.words import all_words, shortened
from subscribers.saying import listed, quoted, sentence

LONGEST_TITLE = 255
_LONGEST_MADE_TITLE = 70
_MARKED_TEXTS = ("plain", "markdown")  # above which fields may stand
_DATED = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)-(?P<name>.+)")  # as Jekyll calls its files
_NAMES = {
    "heading": _("Heading"),
    "paragraph": _("Paragraph"),
    "quote": _("Quote"),
    "reasons": _("Named reasons"),
    "list": _("List"),
    "image": _("Picture"),
    "invitation": _("Invitation"),
    "divider": _("Divider"),
    "sign_off": _("Signature"),
    "file": _("File"),
}
HELD = ("image", "file")  # blocks that hold what is kept with the post
_BODY = BodyBlock()


@dataclass(frozen=True)
class PostPart:
    """A block of the post. `guessed`: nothing in the file says that it is one. `plainly`: the same
    words as paragraphs, or as the list that they were, for whoever says that it is none."""

    block: Block
    guessed: bool
    plainly: tuple[Block, ...]

    @property
    def name(self) -> str:
        """What it is, in a word."""
        kind = str(self.block["type"])
        return sentence(_NAMES[kind]) if kind in _NAMES else kind.capitalize()

    @property
    def was_list(self) -> bool:
        """It stands in the file as a list."""
        return [block["type"] for block in self.plainly] == ["list"]


@dataclass(frozen=True)
class ImportedPost:
    """A text as a post holds it. `guesses` and `losses` say what its writer may want to look at:
    what was taken for something, and what could not be kept. `guessed_language`: its language,
    where only its words told it."""

    title: str
    subtitle: str = ""
    parts: tuple[PostPart, ...] = ()
    about: About = field(default_factory=About)
    excerpt: str = ""
    language: str = ""
    guessed_language: str = ""
    album: Album = field(default_factory=Album)
    guesses: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()

    @property
    def blocks(self) -> list[Block]:
        """All that was recognised, a block each; those of pictures and files hold a
        `LocalFile`."""
        return [part.block for part in self.parts]

    @property
    def body(self) -> list[Block]:
        """The same as a post holds it and its writer would have typed it: texts, and cards
        between."""
        return flowing(self.blocks)

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.guesses, *self.losses)

    def called(self, title: str) -> "ImportedPost":
        """The post under another title."""
        return replace(self, title=title)

    def with_paragraphs(self, places: Collection[int]) -> "ImportedPost":
        """The post in which what stands at these places is no more than paragraphs, or a list."""
        parts: list[PostPart] = []
        for at, part in enumerate(self.parts):
            if at in places and part.plainly:
                parts += [PostPart(block, False, ()) for block in part.plainly]
            else:
                parts.append(part)
        return replace(self, parts=tuple(parts))


def read_post(
    path: Path,
    *,
    title: str | None = None,
    fetch: Callable[[str], bytes] | None = None,
    guess_language: bool = True,
) -> ImportedPost:
    """Read a file. `fetch` brings pictures from elsewhere on the web; without it they stay there.
    `guess_language`: from its words, where the file does not say it, which takes a second.

    Raises ImportRefused, whose message says what to do, where that is no post."""
    return read_text(
        read_source(path), path, title=title, fetch=fetch, guess_language=guess_language
    )


def read_text(
    source: Source,
    path: Path,
    *,
    title: str | None = None,
    said: About | None = None,
    fetch: Callable[[str], bytes] | None = None,
    guess_language: bool = True,
) -> ImportedPost:
    """The same for a text that is read already. `path` names it; `said` is what is known of it
    from elsewhere, and counts more than what it says itself. Raises ImportRefused."""
    source.album.fetch = fetch
    draft = _told(_draft(source), said) if said else _draft(source)
    draft = _titled(draft, tidy(title or ""), path)
    pieces, gone = without_footers(draft.pieces)
    rules = PLAIN_RULES if source.form == "plain" else MARKED_UP_RULES
    # The signature first, or its short lines would be taken for the end of a list.
    pieces = recognise(opened(find_sign_off(pieces)), rules, guesses=GUESSES)
    parts = tuple(_parts([*_levelled(find_invitation(pieces)), *draft.endnotes]))
    if not parts:
        raise NothingBelowTitle(
            sentence(
                "%(name)s has a title (“%(title)s”) and no text below it. Write the text; if this "
                "line is the text, write a title above it.",
                name=path,
                title=draft.title,
            )
        )
    body = [part.block for part in parts]
    if draft.about.picture:
        source.album.find(draft.about.picture)
    spoken, lost = language.named(draft.about.language)
    guessed = guess_language and not spoken
    tag = language.recognised(f"{draft.title}\n{_words(body)}") if guessed else spoken
    return ImportedPost(
        title=draft.title,
        subtitle=draft.about.subtitle,
        parts=parts,
        about=draft.about,
        excerpt=draft.about.excerpt,
        language=tag,
        guessed_language="" if spoken else tag,
        album=source.album,
        guesses=(*source.guesses, *draft.guesses),
        losses=(
            *draft.losses,
            *_unused(draft.about),
            *_gone(gone),
            *about_missing(source.album.missing),
            *lost,
        ),
    )


def _draft(source: Source) -> Draft:
    if source.form not in _MARKED_TEXTS:
        return read_html(source.text, source.album)
    text = source.text.replace("\r\n", "\n").replace("\r", "\n")
    above = take_fields(text)
    said = about(above.fields)
    if source.form == "markdown":
        draft = read_markdown(above.text, source.album)
    else:
        draft = read_plain(above.text, titled=bool(said.title))
    merged = replace(said, language=said.language or draft.about.language)
    draft = replace(draft, about=merged, losses=(*_unread(above), *draft.losses))
    return _named(draft, said.title) if said.title else draft


def _told(draft: Draft, said: About) -> Draft:
    given = {name: value for name, value in asdict(said).items() if value and name != "unread"}
    told = replace(draft, about=replace(draft.about, **given))
    return _named(told, said.title) if said.title else told


def _named(draft: Draft, title: str) -> Draft:
    """The title from above; a main heading that says another thing stays a heading, and a first
    line that says the same is the title."""
    pieces, said = list(draft.pieces), title.casefold()
    if draft.title_piece and draft.title.casefold() != said:
        pieces = [draft.title_piece, *pieces]
    elif pieces and isinstance(first := pieces[0], Text | Heading) and _says(first) == said:
        pieces = pieces[1:]
    return replace(draft, title=title, title_piece=None, pieces=pieces)


def _says(piece: Text | Heading) -> str:
    words = piece.plain if isinstance(piece, Text) else piece.text
    return words.lstrip("# ").casefold()


def _unread(above: FieldsAbove) -> tuple[str, ...]:
    lines = listed([quoted(line) for line in above.unread[:5]], "; ")
    return (
        (sentence("Left out from above the text, where it made no sense: %(lines)s.", lines=lines),)
        if lines
        else ()
    )


def _unused(said: About) -> tuple[str, ...]:
    unused = sentence(
        "Not imported from the top of the file: %(fields)s.", fields=", ".join(said.unused)
    )
    unread = sentence(
        "Not understood from the top of the file: %(fields)s.", fields="; ".join(said.unread)
    )
    return ((unused,) if said.unused else ()) + ((unread,) if said.unread else ())


def _gone(footers: list[str]) -> tuple[str, ...]:
    some = listed([quoted(shortened(words, 80)) for words in footers], "; ")
    return (sentence("Left out, since a program added it: %(some)s.", some=some),) if some else ()


def about_missing(addresses: list[str]) -> tuple[str, ...]:
    """Each picture that could not be had, by what to do about it."""
    far = [one for one in addresses if one.startswith(("http:", "https:", "//"))]
    near = [storable(unquote(one)) for one in addresses if one not in far]
    notes = []
    if near:
        notes.append(
            sentence(
                "Pictures that did not come with the text, and became their "
                "descriptions: %(names)s. Put them beside the file or into one "
                "archive with it.",
                names=_named_few(near),
            )
        )
    if far:
        notes.append(
            sentence(
                "Pictures that are elsewhere on the web, and became links to them: "
                "%(names)s. Save them beside the file, and they come along.",
                names=_named_few(far),
            )
        )
    return tuple(notes)


def _named_few(names: list[str]) -> str:
    some = ", ".join(names[:20])
    if len(names) <= 20:
        return some
    return sentence("%(some)s and %(number)s more", some=some, number=len(names) - 20)


def _words(body: list[Block]) -> str:
    return all_words(block for block in body if block["type"] not in HELD)


# --- The title --------------------------------------------------------------------------------


def _titled(draft: Draft, given: str, path: Path) -> Draft:
    """The draft with the title that it gets in the end, and the words of any other in its text."""
    if len(given) > LONGEST_TITLE:
        raise ImportRefused(
            sentence(
                "The title is too long: %(most)s characters are possible.",
                most=LONGEST_TITLE,
            )
        )
    draft = _dated(draft, path)
    if given:
        return _retitled(draft, given)
    if not draft.title:
        draft = _title_from_text(draft, path)
    if len(draft.title) > LONGEST_TITLE:
        whole = draft.title_piece or Text(escape(draft.title))
        note = sentence(
            "The title is longer than a title can be: it was shortened, and begins the text."
        )
        title = shortened(draft.title, LONGEST_TITLE - 1)
        draft = _with_top(replace(draft, title=title), whole, note)
    subtitle = draft.about.subtitle
    if len(subtitle) > LONGEST_TITLE:
        note = sentence("The subtitle is longer than a subtitle can be: it begins the text.")
        without = replace(draft, about=replace(draft.about, subtitle=""))
        draft = _with_top(without, Text(escape(subtitle)), note)
    return draft


def _dated(draft: Draft, path: Path) -> Draft:
    """The date and the slug that a file of Jekyll has in its name, where it does not say them."""
    found, said = _DATED.fullmatch(path.stem), draft.about
    if not found or said.date:
        return draft
    named = about({"date": found["date"], "slug": found["name"]})
    return replace(draft, about=replace(said, date=named.date, slug=said.slug or named.slug))


def _retitled(draft: Draft, title: str) -> Draft:
    if not draft.title_piece or draft.title.casefold() == title.casefold():
        return replace(draft, title=title)
    note = sentence(
        "“%(title)s” stays at the top of the text, since another title was given.",
        title=draft.title,
    )
    return _with_top(replace(draft, title=title), draft.title_piece, note)


def _title_from_text(draft: Draft, path: Path) -> Draft:
    """The heading or the bold line that opens the text is its title; else what the head of a page
    says, a long first sentence in part, or the name of the file."""
    first = draft.pieces[0] if draft.pieces else None
    if isinstance(first, Heading):
        return replace(draft, title=first.text, title_piece=first, pieces=draft.pieces[1:])
    if isinstance(first, Text) and first.is_bold and len(draft.pieces) > 1:
        note = sentence("“%(title)s”, which is bold, became the title.", title=first.plain)
        draft = replace(draft, guesses=(*draft.guesses, note))
        return replace(draft, title=first.plain, title_piece=first, pieces=draft.pieces[1:])
    if draft.about.title:
        return replace(draft, title=draft.about.title)
    if isinstance(first, Text) and draft.begins_with_sentence:
        note = sentence(
            "The text has no title: it got its first words. Give it another if you like."
        )
        title = shortened(first.plain, _LONGEST_MADE_TITLE)
        return replace(draft, title=title, guesses=(*draft.guesses, note))
    dated = _DATED.fullmatch(path.stem)
    name = tidy(re.sub(r"[-_]+", " ", dated["name"] if dated else path.stem))
    note = sentence(
        "The text has no title: it got the name of the file. Give it another if you like."
    )
    return replace(draft, title=name[:1].upper() + name[1:], guesses=(*draft.guesses, note))


def _with_top(draft: Draft, piece: Piece, note: str) -> Draft:
    return replace(draft, pieces=[piece, *draft.pieces], guesses=(*draft.guesses, note))


# --- The body ---------------------------------------------------------------------------------


def _levelled(pieces: Sequence[Piece]) -> list[Piece]:
    """Where a text has only headings of the lower level, they are those of its sections."""
    if any(isinstance(piece, Heading) and piece.level == "2" for piece in pieces):
        return list(pieces)
    return [replace(one, level="2") if isinstance(one, Heading) else one for one in pieces]


def _parts(pieces: Iterable[Piece]) -> Iterator[PostPart]:
    """The pieces as blocks; one that its block does not take, as plain paragraphs."""
    for piece in pieces:
        block = piece.block()
        if block["type"] in HELD or _is_accepted(block):
            other = () if isinstance(piece, Text) else piece.otherwise()
            yield PostPart(block, piece.guessed, tuple(one.block() for one in other))
        else:
            yield from (PostPart(text.block(), False, ()) for text in piece.paragraphs())


def _is_accepted(block: Block) -> bool:
    kind = _BODY.child_blocks[block["type"]]
    try:
        kind.clean(kind.to_python(block["value"]))
    except ValidationError:
        return False
    return True
