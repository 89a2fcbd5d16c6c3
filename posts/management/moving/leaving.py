"""The export, of one moment, while the site runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.text import slugify

from posts.desk.staff.roles import role_key
from posts.management.backup.taking import snapshot
from posts.management.moving import plan, rows, static_site
from posts.management.moving.folder import FolderWriter
from posts.management.moving.history import as_history
from posts.management.moving.pages import PageWriter
from posts.management.moving.rows import Names, Row
from subscribers import keys

OURS = ("posts", "subscribers")
Said = Callable[[int], object]

READ_ME = """\
Everything of {site}. When, manifest.json says.

posts/, pages/      each as Markdown (.md), to read or to take elsewhere, and as JSON (.json), with
                    every block as it was
pictures/, files/   what they show and enclose
site/               the public pages; open site/index.html
subscribers/        who gets letters, what they agreed to, and their tags. One line of JSON each
suppression/        who must never be mailed again: hashes of addresses, and the key they are made
                    with
mailings/           what went out when, and what became of it
settings/, *.jsonl  names, look, newsletters, topics
manifest.json       which files there are, and their sums

It has your readers' addresses: keep it where only you can read it.

In an empty Passalong, `manage.py import_site FOLDER` makes the same site of it.
"""


@dataclass(frozen=True)
class SiteExported:
    """What was written."""

    at: datetime
    posts: int
    pages: int
    rows: int
    site_pages: int
    missing: list[str]


def export(
    path: Path,
    *,
    with_site: bool = True,
    whole: bool = False,
    said: Said = lambda rows: None,
) -> SiteExported:
    """Write everything into `path`, which must not be there yet or be empty, and read it again.

    `with_site`: with the copy of the public site; `whole`: that shows posts for subscribers too.
    Raises OSError, NoExport.
    """
    return _Leaving(FolderWriter(path), with_site, whole, said).write()


class _Leaving:
    def __init__(self, writer: FolderWriter, with_site: bool, whole: bool, said: Said) -> None:
        self._writer, self._said = writer, said
        self._with_site, self._whole = with_site, whole
        self._tables, self._names = rows.by_name(), Names.here()
        self._at = timezone.now()
        self._rows = 0
        self._missing: list[str] = []

    def write(self) -> SiteExported:
        keys.secret_of("suppression")  # made before the moment that is written
        writer = self._writer
        with writer.whole():
            with snapshot() as source:
                found = self._database(source)
            writer.add_json(plan.AUTHORS, authors())
            secrets = [secret.hex() for secret in keys.all_secrets("suppression")]
            writer.add_json(plan.KEYS, {"own": secrets[0], "further": sorted(secrets[1:])})
            site_pages = 0
            if self._with_site:
                site_pages = static_site.copy(writer, whole=self._whole, said=self._said)
            writer.add("READ ME.txt", READ_ME.format(site=settings.SITE_URL))
            writer.seal(self._manifest())
        return SiteExported(
            self._at, found["posts"], found["pages"], self._rows, site_pages, self._missing
        )

    def _database(self, source: BaseDatabaseWrapper) -> dict[str, int]:
        for file, table in plan.FILES.items():
            read = rows.read(source, self._tables[table], self._names)
            if table == "posts_mailing":
                read = as_history(read, at=self._at)
            self._rows += self._writer.add_lines(file, self._told(read))
        stored = {table: self._stored(source, table, files) for table, files in plan.STORED.items()}
        return PageWriter(
            source,
            self._tables,
            self._names,
            self._writer,
            pictures=stored["wagtailimages_image"],
            files=stored["posts_enclosure"],
        ).write()

    def _told(self, read: Iterator[Row]) -> Iterator[str]:
        for row in read:
            self._said(1)
            yield rows.as_json(row)

    def _stored(
        self, source: BaseDatabaseWrapper, table: str, files: plan.StoredFiles
    ) -> dict[int, str]:
        """Copy the files that rows name; answers where each lies, by the number of its row."""
        found = {}
        for row in rows.read(source, self._tables[table], self._names):
            name = name_of_stored(files, row)
            if self._writer.add_file(name, Path(settings.MEDIA_ROOT) / row["file"]):
                found[row["id"]] = name
            else:
                self._missing.append(row["file"])
        return found

    def _manifest(self) -> dict[str, Any]:
        applied = MigrationRecorder(connection).applied_migrations()
        return {
            "taken_at": self._at.isoformat(),
            "site": settings.SITE_URL,
            "migrations": sorted(f"{app} {name}" for app, name in applied if app in OURS),
            "not_found": self._missing,
            "left_behind": plan.LEFT_BEHIND,
        }


def name_of_stored(files: plan.StoredFiles, row: Row) -> str:
    """Where the file of a row lies in the export: by its title, which says more than where it is
    stored, and its number, of which there is one."""
    title = slugify(row["title"], allow_unicode=True).encode()[:80].decode(errors="ignore")
    ending = Path(row["file"]).suffix
    return f"{files.folder}/{title or 'untitled'}-{row['id']}{ending}"


def authors() -> list[Row]:
    """Who works at the desk: names and roles, and nothing that opens a door."""
    return [
        {
            "username": user.username,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "role": role_key(user),
            "is_active": user.is_active,
            "date_joined": user.date_joined.isoformat(),
        }
        for user in User.objects.order_by("username")
    ]
