"""Posts and pages on their way out: Markdown, and beside it the rows that we read again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import override

from posts.management.backup.tables import Table
from posts.management.moving import markdown, plan
from posts.management.moving.folder import FolderWriter
from posts.management.moving.rows import Names, Row, read
from subscribers.languages import spoken

POST, PLAIN = "posts.postpage", "posts.plainpage"
_DETAILS = {POST: "posts_postpage", PLAIN: "posts_plainpage", "posts.homepage": "posts_homepage"}
_LONGEST = 100  # bytes of a name: with what comes before and behind, every file system takes it


@dataclass
class PageWriter:
    """All pages of a site. `pictures`, `files`: where each lies in the folder, by its number."""

    source: BaseDatabaseWrapper
    tables: dict[str, Table]
    names: Names
    writer: FolderWriter
    pictures: dict[int, str] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)
    _named: dict[int, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def write(self) -> dict[str, int]:
        """Answers how many posts and pages there are."""
        found = {"posts": 0, "pages": 0}
        newsletters = {row["id"]: row["slug"] for row in self._rows("subscribers_newsletter")}
        self._topics = {row["id"]: row["name"] for row in self._rows("posts_topic")}
        for page in self._rows("wagtailcore_page"):
            if page["content_type_id"] in (POST, PLAIN):
                self._named[page["id"]] = self._name(page)
        links = markdown.Links(
            {number: f"../{quote(path)}" for number, path in self.pictures.items()},
            {number: f"../{quote(path)}" for number, path in self.files.items()},
            {number: f"../{quote(path)}.md" for number, path in self._named.items()},
        )
        for number in sorted(self._numbers()):
            (page,) = self._rows("wagtailcore_page", f"WHERE id = {number:d}")
            kind = page["content_type_id"]
            told: Row = {"wagtailcore_page": page}
            if table := _DETAILS.get(kind):
                (told[table],) = self._rows(table, f"WHERE page_ptr_id = {number:d}")
            if kind == POST:
                which = f"WHERE postpage_id = {number:d} ORDER BY topic_id"
                told["topics"] = [
                    row["topic_id"] for row in self._rows(plan.TOPICS_OF_POSTS, which)
                ]
            name = self._named.get(number, f"pages/_{page['slug'] or number}")
            self.writer.add_json(f"{name}.json", told)
            if kind in (POST, PLAIN):
                found["posts" if kind == POST else "pages"] += 1
                self._write_markdown(name, told, newsletters, links)
        return found

    def _numbers(self) -> list[int]:
        return [row["id"] for row in self._rows("wagtailcore_page")]

    def _rows(self, table: str, which: str = "") -> Iterator[Row]:
        return read(self.source, self.tables[table], self.names, which)

    def _name(self, page: Row) -> str:
        """Where a post or page lies: by the day it was first published, so that a folder lists
        posts in their order."""
        slug = page["slug"].encode()[:_LONGEST].decode(errors="ignore")
        if page["content_type_id"] == PLAIN:
            name = f"pages/{slug}"
        else:
            name = f"posts/{(page['first_published_at'] or 'draft')[:10]}-{slug}"
        # Shortened, or alike to a file system to which A and a are one letter.
        if slug != page["slug"] or name.casefold() in self._taken:
            name = f"{name}-{page['id']}"
        self._taken.add(name.casefold())
        return name

    def _write_markdown(
        self, name: str, told: Row, newsletters: dict[int, str], links: markdown.Links
    ) -> None:
        page, details = told["wagtailcore_page"], {**told[_DETAILS[_kind(told)]]}
        if not page["live"]:
            page, details = self._as_it_stands(page, details)
        about: Row = {
            "title": page["title"],
            "slug": page["slug"],
            "date": page["first_published_at"],
            "lastmod": page["last_published_at"],
            "draft": not page["live"] or None,
        }
        with override(spoken(details.get("language") or settings.LANGUAGE_CODE)):
            text = markdown.body(_blocks(details["body"]), links)
        if _kind(told) == POST:
            cover = self.pictures.get(details["cover_id"] or 0)
            about |= {
                "author": page["owner_id"],
                "subtitle": details["subtitle"],
                "newsletter": newsletters.get(details["newsletter_id"]),
                "tags": [self._topics[topic] for topic in told["topics"]],
                "language": details["language"],
                "visibility": details["visibility"],
                "canonical": details["canonical_address"],
                "summary": details["excerpt"],
                "cover": f"../{cover}" if cover else None,
                "mail_subject": details["mail_subject"],
                "preheader": details["preheader"],
                "short_version": markdown.prose(details["short_version"], links),
                "small_step": details["small_step"],
            }
        self.writer.add(f"{name}.md", markdown.document(about, text))

    def _as_it_stands(self, page: Row, details: Row) -> tuple[Row, Row]:
        """A draft as its writer left it last."""
        number = page["latest_revision_id"]
        found = list(self._rows("wagtailcore_revision", f"WHERE id = {number or 0:d}"))
        if not found:
            return page, details
        content: dict[str, Any] = found[0]["content"]
        return (
            {**page, "title": content.get("title", page["title"])},
            {**details, **{key: value for key, value in content.items() if key in details}},
        )


def _kind(told: Row) -> str:
    return str(told["wagtailcore_page"]["content_type_id"])


def _blocks(body: Any) -> list[dict[str, Any]]:
    """A stream as stored in a row (JSON) or in a version (a text of JSON)."""
    blocks: list[dict[str, Any]] = json.loads(body) if isinstance(body, str) else body
    return blocks
