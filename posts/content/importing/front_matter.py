"""The fields that stand above a text, in the ways in which programs write them.

YAML between lines of `---` (Jekyll, Hugo, Obsidian, Buttondown), TOML between `+++` and an object
of JSON (Hugo), bare lines of `Title: …` (Pelican, MultiMarkdown), the properties that Notion puts
below its title, and the head of a mail. Where what stands there is not quite YAML, as a title with
a colon in it, its lines are read one by one. Nothing of it is ever taken for the text.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from posts.content.importing.spaces import storable

_LONGEST = 20_000  # characters; of what is longer, nothing is taken for fields
_DEEPEST = 50
_FENCED = re.compile(r"\s*+(?P<fence>---|\+\+\+|;;;)[ \t]*\n")
_CLOSINGS = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$\n?", re.MULTILINE),
    ";;;": re.compile(r"^;;;[ \t]*$\n?", re.MULTILINE),
}
_FIELD = re.compile(r"[\"']?(?P<key>[^\W\d][\w .-]{0,40}?)[\"']?\s?[:=](?:[ \t]+(?P<value>.*))?")
_CONTINUED = re.compile(r"[\s#\]})-]")  # an indented line, an entry of a list, a comment
_PELICAN = re.compile(r"title|date|author|tags|category|slug|summary|status|subject", re.IGNORECASE)
_NOTION = re.compile(
    r"created(?: time| by)?|last edited(?: time| by)?|tags|status|date|author|published|url|topics?"
    r"|categor(?:y|ies)|slug|property",
    re.IGNORECASE,
)
_SUBJECTS = frozenset({"subject", "betreff", "asunto", "objet"})
_MAIL = _SUBJECTS | {
    *("from", "to", "date", "reply-to", "cc", "bcc", "sent", "von", "an", "gesendet", "datum"),
    *("de", "para", "fecha", "enviado", "à", "envoyé"),
}
_FORWARDED = re.compile(
    r"\s{0,99}(?:-{2,20}\s?(?:forwarded|original|weitergeleitete|ursprüngliche|mensaje|message)"
    r"[^\n]{0,60}|(?:begin forwarded message|anfang der weitergeleiteten nachricht"
    r"|inicio del mensaje reenviado|début du message réexpédié)\s?:)\s*\n",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#[ \t]+\S[^\n]{0,300}\n\s*")
_MOST_LINES = 40
_TAGS = r"(?P<tags>(?:#[^\W\d][\w/-]{0,60}[ \t]*){1,20})"
_TAGS_FIRST = re.compile(rf"\A\s*+{_TAGS}(?:\n|\Z)")
_TAGS_LAST = re.compile(rf"^{_TAGS}\s*\Z", re.MULTILINE)

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class FieldsAbove:
    """The fields, and the text without them. `unread`: lines among them that made no sense."""

    fields: Fields
    text: str
    unread: tuple[str, ...] = ()


def take_fields(text: str) -> FieldsAbove:
    """Take the fields off a text; where there are none, there is nothing above it."""
    takers = (_fenced, _json, _percents, _lines_above, _below_title)
    above = next((found for take in takers if (found := take(text))), FieldsAbove({}, text))
    return _hashtags(above)


def _hashtags(above: FieldsAbove) -> FieldsAbove:
    """The first or the last line, where it is all tags, as people write them in Obsidian."""
    for place in (_TAGS_FIRST, _TAGS_LAST):
        if found := place.search(above.text):
            tags = found["tags"].replace("#", " ").split()
            if not all(tag[0].isalpha() for tag in tags):  # `#¹` is a note's number, or nothing
                continue
            held = above.fields.get("tags", [])
            held = held if isinstance(held, list) else [held]
            rest = above.text[: found.start()] + above.text[found.end() :]
            return replace(above, fields={**above.fields, "tags": [*held, *tags]}, text=rest)
    return above


def _percents(text: str) -> FieldsAbove | None:
    """`% Title`, as Pandoc has it, with authors and a date below."""
    lines: list[str] = []
    rest = text
    while rest.startswith("%") and not rest.startswith("%%") and len(lines) < 3:
        line, _end, rest = rest.partition("\n")
        lines.append(line[1:].strip())
    if not lines or not lines[0]:
        return None
    return FieldsAbove(dict(zip(("title", "author", "date"), lines, strict=False)), rest)


def _fenced(text: str) -> FieldsAbove | None:
    opening = _FENCED.match(text)
    if not opening:
        return None
    fence = opening["fence"]
    end = _CLOSINGS[fence].search(text, opening.end(), opening.end() + _LONGEST)
    if not end:
        return None
    inside, rest = text[opening.end() : end.start()], text[end.end() :]
    if not inside.strip():
        return FieldsAbove({}, rest) if fence != "---" else None
    readers: dict[str, Callable[[str], Any]] = {
        "---": _yaml,
        "+++": lambda inside: _storable(tomllib.loads(inside)),
        ";;;": lambda inside: _storable(json.loads(inside)),
    }
    return _read(readers[fence], inside, rest) or _line_by_line(inside, rest)


def _read(reader: Callable[[str], Any], inside: str, rest: str) -> FieldsAbove | None:
    if max(map(inside.count, "[{")) > _DEEPEST:
        return None
    try:
        found = reader(inside)
    except (yaml.YAMLError, ValueError, RecursionError):  # those of TOML and JSON are ValueErrors
        return None
    return FieldsAbove(found, rest) if isinstance(found, dict) and found else None


def _storable(value: Any) -> Any:
    """Not for YAML, whose aliases make a small text a large tree."""
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_storable(one) for one in value]
    return storable(value) if isinstance(value, str) else value


def _yaml(inside: str) -> Any:
    """Words only: a title such as `2026` or `on` is meant as it is written."""
    return yaml.load(inside.replace("\t", "    "), Loader=_Words)  # noqa: S506


class _Words(yaml.BaseLoader):
    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        return storable(super().construct_scalar(node))


def _line_by_line(inside: str, rest: str) -> FieldsAbove | None:
    fields: dict[str, Any] = {}
    unread, last = [], ""
    for line in filter(str.strip, inside.splitlines()):
        field = _FIELD.fullmatch(line.rstrip())
        if field:
            last = field["key"].strip()
            fields[last] = _bare(field["value"] or "")
        elif _CONTINUED.match(line) and last:
            entry = _bare(line.strip().removeprefix("- "))
            held = fields[last]
            fields[last] = [*(held if isinstance(held, list) else [held] if held else []), entry]
        else:
            unread.append(line.strip())
    return FieldsAbove(fields, rest, tuple(unread)) if len(fields) > len(unread) else None


def _bare(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] in "\"'" else value


def _json(text: str) -> FieldsAbove | None:
    start = len(text) - len(text.lstrip("\ufeff \r\n\t"))
    head = text[start : start + _LONGEST]
    if not head.startswith("{") or max(map(head.count, "[{")) > _DEEPEST:
        return None
    try:
        found, end = json.JSONDecoder().raw_decode(head)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not found:
        return None
    return FieldsAbove(_storable(found), text[start + end :])


def _lines_above(text: str) -> FieldsAbove | None:
    """`Title: …` as Pelican and MultiMarkdown have it, or the head of a mail."""
    forwarded = _FORWARDED.match(text)
    fields, rest = _run_of_fields(text[forwarded.end() if forwarded else 0 :].lstrip("\ufeff\n"))
    names = {key.lower() for key in fields}
    titled = "title" in names and all(map(_PELICAN.fullmatch, list(fields)[:1]))
    mailed = bool(names & _SUBJECTS) and len(names & _MAIL) > 1
    if not rest.strip() or not (titled or mailed):
        return None
    if mailed:
        fields = {"title" if key.lower() in _SUBJECTS else key: fields[key] for key in fields}
    return FieldsAbove(fields, rest)


def _below_title(text: str) -> FieldsAbove | None:
    """As Notion exports a page: its title, a blank line, its properties."""
    title = _HEADING.match(text)
    if not title:
        return None
    fields, rest = _run_of_fields(text[title.end() :])
    # One alone could be prose.
    if not fields or not any(map(_NOTION.fullmatch, fields)) or not rest.strip():
        return None
    return FieldsAbove(fields, text[: title.end()] + rest)


def _run_of_fields(text: str) -> tuple[dict[str, Any], str]:
    """The lines of `Key: value` with which a text begins, to the blank line that must end them."""
    fields: dict[str, Any] = {}
    last, at = "", 0
    for _line in range(_MOST_LINES):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        if not line.strip():
            return fields, text[at:]
        field = _FIELD.fullmatch(line.rstrip()) if len(line) < 1_000 else None
        if field and field["value"] and ":" in line:
            last = field["key"].strip()
            fields[last] = field["value"].strip()
        elif last and line.startswith(("    ", "\t", " ")):
            fields[last] = f"{fields[last]} {line.strip()}"
        else:
            return {}, text
        if end < 0:
            return fields, ""
        at = end + 1
    return {}, text
