"""Ghost exports its database as JSON, and its members as CSV. A zip or a folder may hold both, and
the pictures of `content/images/` beside them.

The JSON is `{"db": [{"meta": …, "data": {"posts": [], "posts_meta": [], "tags": [], "posts_tags":
[], "users": [], "posts_authors": []}}]}`, or the inner object alone (`core/server/data/exporter` of
its sources). Pictures and links to its own pages begin with `__GHOST_URL__`. A post or a page
stood at `/<slug>/`. The file is read once for each table, so that it may be larger than the memory.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from posts.moving_in.archive import MOST_TEXT, Archive
from posts.moving_in.json_files import Row, begins_with, objects_in
from posts.moving_in.shape import (
    TOO_LARGE,
    Found,
    MoveOptions,
    NotBrought,
    OldPost,
    OldSystem,
    described,
    text_of,
)
from posts.moving_in.sources.ghost_texts import html_of
from posts.moving_in.tables import lists_in
from subscribers import saying
from subscribers.saying import sentence

_SITE = "__GHOST_URL__"
_WHY_DRAFT = {
    "scheduled": sentence("It was to be published later there, and comes as a draft."),
    "sent": sentence("It was mailed there and never stood on the web, and comes as a draft."),
}


@dataclass
class _Beside:
    """What stands in other tables: by the post, in their order."""

    tags: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    authors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    meta: dict[str, Row] = field(default_factory=dict)


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    for name in archive.names(".json"):
        place = _place(archive, name)
        if not place:
            why = sentence("It is no export of Ghost: no posts are in it.")
            yield NotBrought(name, why, True)
            continue
        beside = _beside(archive, name, place)
        for found in objects_in(archive, name, f"{place}.posts.item"):
            if isinstance(found, NotBrought):
                yield found
            else:
                yield _post(found[1], _where(name, *found), beside, options)
    yield from lists_in(archive)


def _place(archive: Archive, name: str) -> str:
    places = ("db.item.data", "data")
    return next((one for one in places if begins_with(archive, name, f"{one}.posts")), "")


def _beside(archive: Archive, name: str, place: str) -> _Beside:
    def table(called: str) -> Iterator[Row]:
        rows = objects_in(archive, name, f"{place}.{called}.item")
        return (found[1] for found in rows if not isinstance(found, NotBrought))

    beside = _Beside()
    public = {_id(tag): text_of(tag, "name") for tag in table("tags") if _is_public(tag)}
    users = {_id(user): text_of(user, "name") for user in table("users")}
    for row in sorted(table("posts_tags"), key=_order):
        if tag := public.get(_id(row, "tag_id")):
            beside.tags[_id(row, "post_id")].append(tag)
    for row in sorted(table("posts_authors"), key=_order):
        if author := users.get(_id(row, "author_id")):
            beside.authors[_id(row, "post_id")].append(author)
    for row in table("posts_meta"):
        wanted = ("feature_image_alt", "meta_description", "email_subject")
        beside.meta[_id(row, "post_id")] = {one: text_of(row, one) for one in wanted}
    return beside


def _id(row: Row, name: str = "id") -> str:
    """Of older versions they are numbers."""
    return str(row.get(name, ""))


def _order(row: Row) -> tuple[int, str]:
    place: Any = row.get("sort_order")
    return (place if isinstance(place, int) else 0, _id(row))


def _is_public(tag: Row) -> bool:
    return text_of(tag, "visibility") != "internal" and not text_of(tag, "name").startswith("#")


def _where(name: str, number: int, row: Row) -> str:
    return sentence(
        "%(name)s, post %(number)s (“%(title)s”)",
        name=name,
        number=str(number),
        title=text_of(row, "title")[:60],
    )


def _post(row: Row, where: str, beside: _Beside, options: MoveOptions) -> Found:
    title, slug, number = text_of(row, "title"), text_of(row, "slug"), _id(row)
    is_page = text_of(row, "type") == "page" or row.get("page") in (True, 1)
    try:
        html = html_of(row)
    except ValueError as error:
        return NotBrought(where, saying.of(error), True)
    if len(html) > MOST_TEXT:
        return NotBrought(where, TOO_LARGE, True)
    status, more = text_of(row, "status"), beside.meta.get(number, {})
    unkept = [_WHY_DRAFT[status]] if status in _WHY_DRAFT else []
    if text_of(row, "visibility") in ("paid", "tiers") and not is_page:
        unkept.append(sentence("Only who paid could read it there; here all subscribers can."))
    return OldPost(
        key=text_of(row, "uuid") or number,
        where=where,
        text=_here(html, options),
        is_page=is_page,
        said=described(
            title=title,
            date=text_of(row, "published_at"),
            slug=slug,
            tags=beside.tags.get(number, []),
            excerpt=text_of(row, "custom_excerpt"),
            canonical_url=_here(text_of(row, "canonical_url"), options),
            image=_here(text_of(row, "feature_image"), options),
            image_alt=text_of(more, "feature_image_alt"),
            lang=text_of(row, "locale"),
            draft="" if status == "published" else "draft",
        ),
        old_paths=(f"/{slug}/",) if slug else (),
        members_only=text_of(row, "visibility") not in ("public", ""),
        authors=tuple(beside.authors.get(number, ())),
        unkept=tuple(unkept),
    )


def _here(text: str, options: MoveOptions) -> str:
    """With whole addresses: of the site there if that is known, or of ours, which knows its
    paths."""
    return text.replace(_SITE, options.old_address or settings.SITE_URL)


SYSTEM = OldSystem(
    "ghost",
    "Ghost",
    sentence(
        "The file of its export, its list of members, or a zip of both, with its pictures in the "
        "folder content/images."
    ),
    _read,
)
