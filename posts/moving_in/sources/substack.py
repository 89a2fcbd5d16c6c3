"""Substack exports a zip: `posts.csv`, `posts/<id>.<slug>.html` for each of its rows, and the lists
of people as `email_list.<name>.csv`.

A row has post_id (`123.slug`), post_date, is_published, type (newsletter, podcast, thread, page),
audience (everyone, only_free, only_paid, founding), title, subtitle, podcast_url. A text stood at
`/p/<slug>`. Who opened which post is beside the texts, and stays there.
"""

import re
from collections.abc import Iterator
from html import escape, unescape

from posts.content.importing import ImportRefused
from posts.moving_in.archive import Archive
from posts.moving_in.shape import (
    Found,
    MoveOptions,
    NotBrought,
    OldPost,
    OldSystem,
    described,
    is_yes,
    line_of,
    text_of,
)
from posts.moving_in.tables import Row, lists_in, rows_of
from subscribers.saying import sentence

_ID = re.compile(r"\d{1,20}\.")
_FOR_ALL = ("everyone", "")


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    tables = [name for name in archive.names(".csv") if f"/{name}".endswith("/posts.csv")]
    listed: set[str] = set()
    for table in tables:
        folder = table.removesuffix("posts.csv")
        for found in rows_of(archive, table):
            if isinstance(found, NotBrought):
                yield found
                continue
            listed.add(text := f"{folder}posts/{text_of(found[1], 'post_id')}.html")
            yield _post(archive, text, found[1], line_of(table, found[0]))
    for name in archive.names(".html"):
        if name not in listed:
            yield NotBrought(name, sentence("No row of posts.csv tells what it is."), True)
    beside = (*tables, *(name for name in archive.names(".csv") if "posts/" in name))
    yield from lists_in(archive, but=beside)


def _post(archive: Archive, name: str, row: Row, where: str) -> Found:
    try:
        html = archive.text_of(name)
    except ImportRefused as refusal:
        return NotBrought(where, sentence("%(where)s: %(why)s", where=name, why=refusal), True)
    slug = _ID.sub("", text_of(row, "post_id"), count=1)
    sound, unkept = text_of(row, "podcast_url"), []
    if sound:
        html = f'<p><a href="{escape(sound)}">{escape(sound)}</a></p>{html}'
        unkept.append(sentence("Its sound stays where it is, and a link leads to it."))
    audience = text_of(row, "audience").lower()
    return OldPost(
        key=text_of(row, "post_id"),
        where=where,
        text=html,
        is_page=text_of(row, "type") == "page",
        said=described(
            title=unescape(text_of(row, "title")) or slug,
            subtitle=unescape(text_of(row, "subtitle")),
            date=text_of(row, "post_date"),
            slug=slug,
            draft="draft" if not is_yes(row.get("is_published")) else "",
        ),
        old_paths=(f"/p/{slug}",) if slug else (),
        members_only=audience not in _FOR_ALL,
        unkept=tuple(unkept),
    )


SYSTEM = OldSystem(
    "substack",
    "Substack",
    sentence("The zip file of its export, unchanged, or its list of subscribers."),
    _read,
)
