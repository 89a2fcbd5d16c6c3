"""What was recognised, in words."""

from collections.abc import Sequence

from posts.content.importing.pieces import Block

_ORDER = ("heading", "paragraph", "quote", "reasons", "list", "invitation", "divider", "sign_off")


def summary(body: Sequence[Block]) -> str:
    """Such as “3 headings, 13 paragraphs, 1 quote of 4 lines, 5 named reasons”."""
    parts = [
        _told(kind, [block["value"] for block in body if block["type"] == kind])
        for kind in _ORDER
        if any(block["type"] == kind for block in body)
    ]
    return ", ".join(parts)


def _told(kind: str, values: list[dict[str, list[object]]]) -> str:
    if kind == "quote":
        return _parts(values, "lines", "quote", "line")
    if kind == "list":
        return _parts(values, "entries", "list", "entry", "entries")
    if kind == "reasons":
        return _count(sum(len(value["reasons"]) for value in values), "named reason")
    if kind == "invitation":
        return _parts(values, "invites", "invitation", "item")
    return _count(len(values), kind.replace("sign_off", "signature"))


def _parts(
    values: list[dict[str, list[object]]], key: str, name: str, part: str, parts: str = ""
) -> str:
    total = sum(len(value[key]) for value in values)
    return f"{_count(len(values), name)} of {_count(total, part, parts)}"


def _count(count: int, name: str, names: str = "") -> str:
    return f"{count} {name if count == 1 else names or f'{name}s'}"
