"""What became of a text, line by line: what was recognised, what was guessed, what was not kept."""

from collections.abc import Callable, Iterator, Sequence

from posts.content.importing.pieces import Block
from posts.content.importing.posts import HELD, ImportedPost, PostPart
from posts.content.words import all_words, shortened
from subscribers.languages import direction, name_of
from subscribers.saying import listed, sentence, sentence_of

# What is counted, in the order in which it is told.
_COUNTED: dict[str, Callable[[int], str]] = {
    "heading": lambda n: sentence_of(n, "%(number)s heading", "%(number)s headings"),
    "paragraph": lambda n: sentence_of(n, "%(number)s paragraph", "%(number)s paragraphs"),
    "quote": lambda n: sentence_of(n, "%(number)s quote", "%(number)s quotes"),
    "reasons": lambda n: sentence_of(n, "%(number)s named reason", "%(number)s named reasons"),
    "list": lambda n: sentence_of(n, "%(number)s list", "%(number)s lists"),
    "image": lambda n: sentence_of(n, "%(number)s picture", "%(number)s pictures"),
    "invitation": lambda n: sentence_of(n, "%(number)s invitation", "%(number)s invitations"),
    "divider": lambda n: sentence_of(n, "%(number)s divider", "%(number)s dividers"),
    "sign_off": lambda n: sentence_of(n, "%(number)s signature", "%(number)s signatures"),
    "file": lambda n: sentence_of(n, "%(number)s file", "%(number)s files"),
}
# What such a block consists of, and where that stands in its value.
_OF_PARTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "quote": ("lines", lambda n: sentence_of(n, "%(number)s line", "%(number)s lines")),
    "list": ("entries", lambda n: sentence_of(n, "%(number)s entry", "%(number)s entries")),
    "invitation": ("invites", lambda n: sentence_of(n, "%(number)s item", "%(number)s items")),
}
_LONGEST = 70


def summary(blocks: Sequence[Block]) -> str:
    """Of what was recognised, such as “3 headings, 13 paragraphs, 1 quote of 4 lines”."""
    parts = [
        _told(kind, [block["value"] for block in blocks if block["type"] == kind])
        for kind in _COUNTED
        if any(block["type"] == kind for block in blocks)
    ]
    return listed(parts)


def recognised(post: ImportedPost) -> list[str]:
    """What the file says in so many words or marks."""
    said = post.about
    date = f"{said.date:%Y-%m-%d}" if said.date else ""
    topics = ", ".join(said.topics)
    lines: list[str] = [
        line
        for words, line in (
            (post.subtitle, sentence("Subtitle: %(words)s", words=post.subtitle)),
            (post.excerpt, sentence("Excerpt: %(words)s", words=post.excerpt)),
            (topics, sentence("Topics: %(words)s", words=topics)),
            (said.slug, sentence("Address: %(words)s", words=said.slug)),
            (date, sentence("Date: %(words)s", words=date)),
            (said.canonical, sentence("First appeared at: %(words)s", words=said.canonical)),
            (said.is_draft, sentence("A draft, as it says itself")),
        )
        if words
    ]
    marked = [part.block for part in post.parts if not part.guessed]
    if not marked:
        return lines
    return [sentence("From its marks: %(summary)s", summary=summary(marked)), *lines]


def guessed(post: ImportedPost, *, blocks: bool = True) -> list[str]:
    """What only looks like it: each such block with its words, and the language."""
    lines = [called(part) for part in post.parts if part.guessed and blocks]
    if post.guessed_language:
        name = name_of(post.guessed_language)
        lines.append(
            sentence("Language: %(language)s, which goes from right to left", language=name)
            if direction(post.guessed_language) == "rtl"
            else sentence("Language: %(language)s", language=name)
        )
    return lines


def called(part: PostPart) -> str:
    """A block by what it is and its first words: “Heading: What helps”."""
    words = shortened(" / ".join(_lines(part)), _LONGEST)
    return sentence("%(what)s: %(words)s", what=part.name, words=words) if words else part.name


def _lines(part: PostPart) -> Iterator[str]:
    for block in part.plainly or (part.block,):
        if block["type"] not in HELD:
            yield from all_words([block]).splitlines()


def _told(kind: str, values: list[dict[str, list[object]]]) -> str:
    if kind == "reasons":
        return _COUNTED[kind](sum(len(value["reasons"]) for value in values))
    whole = _COUNTED[kind](len(values))
    if kind not in _OF_PARTS:
        return whole
    key, counted = _OF_PARTS[kind]
    parts = counted(sum(len(value[key]) for value in values))
    return sentence("%(whole)s of %(parts)s", whole=whole, parts=parts)
