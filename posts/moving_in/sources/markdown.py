"""A folder, or a zip, of Markdown files with fields above the text, as Hugo, Jekyll, Eleventy,
Obsidian and our own export keep them.

What the fields mean, and that Jekyll has a date in the names of its files, the importer of texts
knows. Where a text stood is said by `permalink`, `url`, `aliases` and `redirect_from`; else it is
where the program that has such folders puts it: Jekyll `/<year>/<month>/<day>/<name>.html`, the
others the file's own path below `content/` or `src/`. What calls itself a page (`layout: page`,
`type: page`), or lies in `_pages/`, is one. Another text that nobody dated and that does not
say that it is published, as a note in Obsidian, comes as a draft.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from posts.content.importing import ImportRefused, take_fields
from posts.moving_in.archive import Archive
from posts.moving_in.shape import (
    Found,
    MoveOptions,
    NotBrought,
    OldPost,
    OldSystem,
    described,
    is_yes,
)
from posts.moving_in.tables import lists_in
from subscribers import saying
from subscribers.saying import sentence

_TEXTS = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_OF_PROGRAMS = frozenset(
    {
        *("node_modules", "themes", "layouts", "archetypes", "_includes", "_layouts", "_data"),
        *("templates", "_site", "public", "vendor", "i18n"),
    }
)
_OF_THE_FOLDER = frozenset({"readme", "license", "changelog", "contributing", "_index", "404"})
_JEKYLL = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)-(?P<name>.{1,200})")
_ROOTS = ("content", "src", "source", "pages", "_pages")
_TELLING = frozenset({"_posts", "_drafts", "posts", *_ROOTS})  # folders that say what is in them
_WHERE = ("permalink", "url", "aliases", "alias", "redirect_from", "redirectfrom")
_WHO = ("author", "authors", "by")
_MEMBERS = ("members", "subscribers", "paid", "private-to-subscribers")
# Fields that are understood here, or that say nothing about the text.
_HERE = frozenset({*_WHERE, *_WHO, "layout", "type", "visibility", "weight", "comments", "uuid"})


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    tops = {name.partition("/")[0] for name in archive.members if "/" in name} or {""}
    alone = len(tops) == 1 and all("/" in name for name in archive.members)
    # A zip of a folder has its name before all others.
    top = f"{next(iter(tops))}/" if alone and not tops & _TELLING else ""
    for name in archive.names(*_TEXTS):
        path = PurePosixPath(name)
        if _OF_PROGRAMS.isdisjoint(path.parts) and path.stem.lower() not in _OF_THE_FOLDER:
            yield _post(archive, name, PurePosixPath(name.removeprefix(top)))
        else:
            why = sentence("It belongs to the folder or its program, and is no letter.")
            yield NotBrought(name, why)
    yield from lists_in(archive)


def _post(archive: Archive, name: str, path: PurePosixPath) -> Found:
    try:
        above = take_fields(archive.text_of(name).replace("\r\n", "\n").replace("\r", "\n"))
    except ImportRefused as refusal:
        return NotBrought(name, saying.of(refusal), True)
    fields = {str(key).strip().lower(): value for key, value in above.fields.items()}
    is_page = "page" in (fields.get("layout"), fields.get("type")) or "_pages" in path.parts
    dated = _JEKYLL.fullmatch(path.stem)
    known = {key: value for key, value in fields.items() if key not in _HERE}
    if dated:
        known.setdefault("date", f"{dated['year']}-{dated['month']:0>2}-{dated['day']:0>2}")
    is_published = is_page or bool(known.get("date")) or is_yes(fields.get("publish", ""))
    if "_drafts" in path.parts or not is_published:
        known["draft"] = "true"
    known.setdefault("slug", dated["name"] if dated else _named(path))
    said = described(**known)
    return OldPost(
        key=f"{name}#{said.title}"[:255],
        where=name,
        text=above.text,
        form="markdown",
        is_page=is_page,
        said=said,
        old_paths=tuple(_paths(path, fields, dated, is_page=is_page)),
        members_only=str(fields.get("visibility", "")).lower() in _MEMBERS,
        authors=tuple(_texts(fields, _WHO)),
        unkept=tuple(
            sentence("Not understood above the text: %(line)s", line=line)
            for line in above.unread[:5]
        ),
    )


def _named(path: PurePosixPath) -> str:
    return path.parent.name if path.stem == "index" and path.parent.name else path.stem


def _texts(fields: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = fields.get(name)
        for one in value if isinstance(value, list) else [value]:
            text = one.get("name", "") if isinstance(one, dict) else one
            if isinstance(text, str) and text.strip():
                yield text.strip()


def _paths(
    path: PurePosixPath,
    fields: Mapping[str, Any],
    dated: re.Match[str] | None,
    *,
    is_page: bool,
) -> Iterator[str]:
    yield from (one for one in _texts(fields, _WHERE) if "{" not in one and ":" not in one[:1])
    if dated:
        day = f"{dated['year']}/{dated['month']:0>2}/{dated['day']:0>2}/{dated['name']}"
        named = _texts(fields, ("categories", "category"))
        for folder in ("", "/".join(one.lower() for one in named) + "/"):
            yield from (f"/{folder}{day}.html", f"/{folder}{day}/")
    parts = [*path.parent.parts, *([] if path.stem == "index" else [path.stem])]
    roots = [at for at, part in enumerate(parts) if part.lower() in _ROOTS]
    if roots or not dated:
        there = "/" + "/".join(parts[roots[-1] + 1 if roots else 0 :])
        yield f"{there}/"
        if is_page:  # Jekyll’s
            yield f"{there}.html"


SYSTEM = OldSystem(
    "markdown",
    sentence("Markdown files"),
    sentence("A zip of the folder: of Hugo, Jekyll, Eleventy or Obsidian."),
    _read,
)
