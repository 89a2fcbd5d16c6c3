"""Buttondown exports a zip: `emails.csv` or `emails.json`, `emails/<slug>.md` for each of its rows,
drafts likewise, and the people as `subscribers.csv` and `unsubscribers.csv`.

A row has id, subject, publish_date, slug, and in newer exports status, email_type, description,
image and canonical_url. A text is Markdown, or HTML where a comment at its beginning says that it
was written in the fancy editor. It stood at `/archive/<slug>/` of a domain of one's own.
"""

import re
from collections.abc import Iterator
from typing import Any

from posts.content.importing import ImportRefused
from posts.moving_in.archive import Archive
from posts.moving_in.json_files import objects_in
from posts.moving_in.shape import (
    Found,
    MoveOptions,
    NotBrought,
    OldList,
    OldPost,
    OldSystem,
    described,
    text_of,
)
from posts.moving_in.tables import lists_in, rows_of
from subscribers.lists.statuses import UNSUBSCRIBED
from subscribers.saying import sentence

_EDITOR = re.compile(r"\s*<!--\s{0,9}buttondown-editor-mode:\s{0,9}(\w{1,20})\s{0,9}-->")
_OF_POSTS = re.compile(r"(?:^|/)(?P<kind>emails|drafts|scheduled_emails)\.(?:csv|json)$")
_SENT = ("sent", "published", "imported", "")
_FOR_ALL = ("public", "")


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    tables = [name for name in archive.names(".csv", ".json") if _OF_POSTS.search(name)]
    for table in tables:
        is_json = table.endswith(".json")
        if is_json and f"{table.removesuffix('.json')}.csv" in tables:
            continue  # which says the same
        rows = objects_in(archive, table, "item") if is_json else rows_of(archive, table)
        for found in rows:
            if isinstance(found, NotBrought):
                yield found
            else:
                yield _post(archive, table, found[1], _where(table, found[0]))
    for one in lists_in(archive, but=tuple(tables)):
        left = isinstance(one, OldList) and "unsubscribers" in one.where
        yield OldList(one.where, UNSUBSCRIBED) if left else one


def _where(table: str, number: int) -> str:
    return sentence("%(name)s, no. %(number)s", name=table, number=str(number))


def _post(archive: Archive, table: str, row: dict[str, Any], where: str) -> Found:
    slug, folder = text_of(row, "slug"), table.rpartition(".")[0]
    text = text_of(row, "body")
    if not text:
        try:
            text = archive.text_of(f"{folder}/{slug}.md")
        except ImportRefused as refusal:
            why = sentence("%(where)s: %(why)s", where=f"{folder}/{slug}.md", why=refusal)
            return NotBrought(where, why, True)
    editor = _EDITOR.match(text)
    sent = folder.endswith("emails") and text_of(row, "status").lower() in _SENT
    is_draft = not sent or folder.endswith("scheduled_emails")
    return OldPost(
        key=text_of(row, "id") or slug,
        where=where,
        text=text[editor.end() :] if editor else text,
        form="html" if editor and editor.group(1) == "fancy" else "markdown",
        said=described(
            title=text_of(row, "subject") or slug,
            date=text_of(row, "publish_date"),
            slug=slug,
            excerpt=text_of(row, "description"),
            image=text_of(row, "image"),
            canonical_url=text_of(row, "canonical_url"),
            draft="draft" if is_draft else "",
        ),
        old_paths=(f"/archive/{slug}/",) if slug else (),
        members_only=text_of(row, "email_type").lower() not in _FOR_ALL,
    )


SYSTEM = OldSystem(
    "buttondown", "Buttondown", sentence("The zip file of its export, unchanged."), _read
)
