"""Tables as rows that one can read, by eye or by ear: each cell with the name of its column."""

from collections.abc import Callable, Sequence

from bs4 import Tag

from posts.content.importing.pieces import Items, Piece, Text

Words = Callable[[Tag], str]  # of a cell, as inline rich text
_EMPTY = "–"


def table_pieces(rows: Sequence[Sequence[Tag]], words: Words) -> list[Piece]:
    """A table whose first row names its columns is a list; one without keeps its rows as lines."""
    said = [[words(cell) for cell in row] for row in rows]
    if _has_head(rows):
        names, *body = said
        entries = [entry for row in body if (entry := _named(names, row))]
        if entries:
            return [Items(tuple(entries))]
    lines = (" · ".join(cell or _EMPTY for cell in row) for row in said if any(row))
    return [Text(line, gap=True) for line in lines]


def _has_head(rows: Sequence[Sequence[Tag]]) -> bool:
    first, width = rows[0], len(rows[0])
    return (
        all(cell.name == "th" for cell in first)
        and any(cell.get_text().strip() for cell in first)
        and all(len(row) == width for row in rows)
    )


def _named(names: Sequence[str], row: Sequence[str]) -> str:
    """“<b>Day:</b> Monday · <b>What helped:</b> tea”, without cells in which nothing stands."""
    parts = []
    for name, cell in zip(names, row, strict=True):
        bare = name.removeprefix("<b>").removesuffix("</b>").rstrip(": ")
        if cell:
            parts.append(f"<b>{bare}:</b> {cell}" if bare else cell)
    return " · ".join(parts)
