"""Files to import, made in one line."""

from pathlib import Path
from typing import Any

from posts.content.blocks import BodyBlock
from posts.content.importing import ImportedPost, read_post

TEXTS = Path(__file__).parent / "texts"


def imported(folder: Path, text: str | bytes, *, name: str = "letter.txt", **options: Any) -> Any:
    """What a file with this text becomes."""
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_post(file, **options)


def kinds(post: ImportedPost) -> list[str]:
    return [block["type"] for block in post.blocks]


def values(post: ImportedPost, kind: str) -> list[Any]:
    """The values of all blocks of one kind."""
    return [block["value"] for block in post.blocks if block["type"] == kind]


def headings(post: ImportedPost) -> list[str]:
    return [value["text"] for value in values(post, "heading")]


def paragraphs(post: ImportedPost) -> list[str]:
    return [value.removeprefix("<p>").removesuffix("</p>") for value in values(post, "paragraph")]


def assert_is_accepted(post: ImportedPost) -> None:
    """The body passes the checks that the desk makes when the post is saved."""
    block = BodyBlock()
    block.clean(block.to_python(post.body))
