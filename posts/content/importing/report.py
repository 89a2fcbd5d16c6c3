"""What became of a text, line by line: what was recognised, what was guessed, what was not kept."""

from collections.abc import Iterator, Sequence

from posts.content.importing.pieces import Block
from posts.content.importing.posts import NAMES, ImportedPost, PostPart
from posts.content.words import all_words, shortened
from subscribers.languages import direction, name_of

_ORDER = (
    *("heading", "paragraph", "quote", "reasons", "list", "image", "invitation", "divider"),
    "sign_off",
)
_LONGEST = 70


def summary(blocks: Sequence[Block]) -> str:
    """Of what was recognised, such as “3 headings, 13 paragraphs, 1 quote of 4 lines”."""
    parts = [
        _told(kind, [block["value"] for block in blocks if block["type"] == kind])
        for kind in _ORDER
        if any(block["type"] == kind for block in blocks)
    ]
    return ", ".join(parts)


def recognised(post: ImportedPost) -> list[str]:
    """What the file says in so many words or marks."""
    said = post.about
    fields = {
        "subtitle": post.subtitle,
        "excerpt": post.excerpt,
        "topics": ", ".join(said.topics),
        "address": said.slug,
        "date": f"{said.date:%Y-%m-%d}" if said.date else "",
        "first appeared at": said.canonical,
    }
    lines = [f"{str(name).capitalize()}: {value}" for name, value in fields.items() if value]
    lines += ["A draft, as it says itself"] if said.is_draft else []
    marked = [part.block for part in post.parts if not part.guessed]
    return [f"From its marks: {summary(marked)}", *lines] if marked else lines


def guessed(post: ImportedPost, *, blocks: bool = True) -> list[str]:
    """What only looks like it: each such block with its words, and the language."""
    lines = [called(part) for part in post.parts if part.guessed and blocks]
    if post.guessed_language:
        rtl = direction(post.guessed_language) == "rtl"
        way = ", which goes from right to left" if rtl else ""
        lines.append(f"Language: {name_of(post.guessed_language)}{way}")
    return lines


def called(part: PostPart) -> str:
    """A block by what it is and its first words: “Heading: What helps”."""
    words = shortened(" / ".join(_lines(part)), _LONGEST)
    return f"{part.name}: {words}" if words else part.name


def _lines(part: PostPart) -> Iterator[str]:
    for block in part.plainly or (part.block,):
        if block["type"] != "image":
            yield from all_words([block]).splitlines()


def _told(kind: str, values: list[dict[str, list[object]]]) -> str:
    if kind == "quote":
        return _parts(values, "lines", "quote", "line")
    if kind == "list":
        return _parts(values, "entries", "list", "entry", "entries")
    if kind == "reasons":
        return _count(sum(len(value["reasons"]) for value in values), "named reason")
    if kind == "invitation":
        return _parts(values, "invites", "invitation", "item")
    return _count(len(values), NAMES.get(kind, kind))


def _parts(
    values: list[dict[str, list[object]]], key: str, name: str, part: str, parts: str = ""
) -> str:
    total = sum(len(value[key]) for value in values)
    return f"{_count(len(values), name)} of {_count(total, part, parts)}"


def _count(count: int, name: str, names: str = "") -> str:
    return f"{count} {name if count == 1 else names or f'{name}s'}"
