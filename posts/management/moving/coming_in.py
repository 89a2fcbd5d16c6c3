"""The import: verified first, then all of it in one transaction, and nobody is mailed.

An export is older than the site it is of: who said no there since is not in it. So mailing stays
shut here until the owner has looked at the page that says from when on nothing is known, as after
a return from a backup without its objections.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
)

from posts.content.actions import ensure_site
from posts.content.enclosures.kinds import KINDS
from posts.content.models import HomePage
from posts.delivery.mailings.coming_back import come_back
from posts.delivery.models import Mailing
from posts.desk.staff import roles
from posts.management.backup import tables
from posts.management.backup.copying import TableFilling
from posts.management.moving import folder, plan, readiness, rows
from posts.management.moving.folder import NoExport
from posts.management.moving.leaving import name_of_stored
from posts.management.moving.rows import BrokenRow, Names, Row
from posts.public.pagecache.generation import pages_changed
from subscribers import keys
from subscribers.figures.actions import count_anew
from subscribers.models import Suppression

Said = Callable[[int], object]
_HUNDREDS = 500  # rows that are looked at together


@dataclass(frozen=True)
class Arrived:
    """What came in."""

    taken_at: datetime
    rows: int
    files: int
    not_found: list[str]


def take_in(path: Path, *, said: Said = lambda rows: None) -> Arrived:
    """Make the site of an export here. Raises NoExport, NotEmpty: nothing was changed then."""
    manifest = folder.verify(path)
    readiness.check(manifest)
    arriving = _Arriving(path, manifest, said)
    try:
        arriving.put_files()
        with transaction.atomic():
            arriving.fill()
    except (BrokenRow, KeyError, TypeError, ValueError) as error:
        arriving.take_files_back()
        raise NoExport(
            f"{arriving.at} is not as we write it: {error!s:.200} Nothing was imported."
        ) from error
    except (DatabaseError, psycopg.Error) as error:  # COPY raises the driver's own
        arriving.take_files_back()
        raise NoExport(
            f"What stands in {path} does not fit together, near {arriving.at}: "
            f"{' '.join(str(error).split())}. Nothing was imported."
        ) from error
    except BaseException:
        arriving.take_files_back()
        raise
    _make_anew()
    taken_at = datetime.fromisoformat(manifest["taken_at"])
    return Arrived(taken_at, arriving.rows, len(arriving.files), manifest.get("not_found", []))


class _Arriving:
    def __init__(self, path: Path, manifest: dict[str, Any], said: Said) -> None:
        self._path, self._manifest, self._said = path, manifest, said
        self._tables = rows.by_name()
        self.at = folder.MANIFEST  # where we are, for who is told of a fault
        self.rows = 0
        self.files: list[Path] = []

    # --- Files ----------------------------------------------------------------------------

    def put_files(self) -> None:
        """Pictures and files where they are stored. Nobody sees them before their rows are there;
        a second try puts them there again."""
        for table, files in plan.STORED.items():
            for row in self._rows_of(table):
                stored = PurePosixPath(str(row.get("file")))
                if not _may_lie_there(stored, files, table):
                    raise BrokenRow(f"no file of ours is stored as {str(stored)!r:.80}.")
                source = self._path / name_of_stored(files, row)
                target = Path(settings.MEDIA_ROOT) / stored
                if not source.is_file():
                    continue
                if target.exists():
                    raise NoExport(
                        f"{target} is there already, and may be another site's. An export goes "
                        "into an empty place. Nothing was imported."
                    )
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.files.append(target)
                shutil.copyfile(source, target)
                os.chmod(target, 0o600)

    def take_files_back(self) -> None:
        for path in self.files:
            path.unlink(missing_ok=True)

    # --- Rows -----------------------------------------------------------------------------

    def fill(self) -> None:
        """Everything, in the transaction of the caller."""
        taken_at = datetime.fromisoformat(self._manifest["taken_at"])
        self._make_accounts()
        names = _names(self._page_rows())
        stays = _Permissions.taken()
        _empty([*plan.PAGE_TABLES, plan.TOPICS_OF_POSTS, *plan.TABLES])
        self._fill(names, taken_at)
        self._take_keys()
        stays.give_back()
        ensure_site()
        connection.check_constraints()
        tables.go_on_from(dict.fromkeys(tables.LEAPS, 0))
        come_back(taken_at=taken_at, known_until=None, whole=False, objectors=0)
        pages_changed()

    def _fill(self, names: Names, taken_at: datetime) -> None:
        filling = TableFilling(connection)
        try:
            # Settings first: what a column gets that the export lacks may look at them.
            for table in sorted(plan.TABLES, key=lambda table: table != "posts_sitesettings"):
                found = self._rows_of(table)
                if table == "posts_mailing":
                    found = _ended(found, taken_at)
                elif table == "subscribers_suppression":
                    found = _not_in(_known_here(), found)
                self._put(filling, table, names, found)
            for table in plan.PAGE_TABLES:
                self._put(filling, table, names, self._of_pages(table))
            topics = self._topics_of_posts()
            self._put(filling, plan.TOPICS_OF_POSTS, names, topics, new_numbers=True)
            filling.end()
        except BaseException as error:
            filling.give_up(error)
            raise

    def _put(
        self,
        filling: TableFilling,
        name: str,
        names: Names,
        found: Iterator[Row],
        *,
        new_numbers: bool = False,
    ) -> None:
        table = self._tables[name]
        if new_numbers:
            table = tables.Table(name, tuple(column for column in table.columns[1:]))
        filled, first = rows.filled_table(table), next(found, None)
        if first is None:
            return
        # Asked before the rows begin: PostgreSQL answers nothing else while they come.
        defaults = rows.missing_defaults(filled, first)
        filling.begin(filled)
        held: list[bytes] = []
        for row in chain([first], found):
            held.append(rows.line_of(row, filled, names, defaults))
            if len(held) >= _HUNDREDS:
                self._add(filling, held)
        self._add(filling, held)
        filling.end()

    def _add(self, filling: TableFilling, held: list[bytes]) -> None:
        if held:
            filling.add(b"".join(held))
            self.rows += len(held)
            self._said(len(held))
            held.clear()

    def _rows_of(self, table: str) -> Iterator[Row]:
        file = self._path / plan.TABLES[table]
        if not file.exists():
            return  # there were none
        for number, row in folder.lines(file):
            self.at = f"{file}, line {number}"
            yield _object(row)

    # --- Pages ----------------------------------------------------------------------------

    def _pages(self) -> Iterator[Row]:
        for name in sorted(self._manifest["files"]):
            if name.startswith(("posts/", "pages/")) and name.endswith(".json"):
                self.at = str(self._path / name)
                yield _object(folder.document(self._path / name))

    def _page_rows(self) -> Iterator[Row]:
        for told in self._pages():
            yield _object(told.get("wagtailcore_page"))

    def _of_pages(self, table: str) -> Iterator[Row]:
        for told in self._pages():
            if table in told:
                yield _object(told[table])

    def _topics_of_posts(self) -> Iterator[Row]:
        for told in self._pages():
            for topic in told.get("topics", ()):
                yield {"postpage_id": told["wagtailcore_page"]["id"], "topic_id": topic}

    # --- Accounts and keys ----------------------------------------------------------------

    def _make_accounts(self) -> None:
        """Who works here, by name and role. Nobody has a password: an owner comes in by
        `manage.py sign_in_link`, the others by a new password. Who is here already stays."""
        self.at = str(self._path / plan.AUTHORS)
        for author in folder.document(self._path / plan.AUTHORS):
            username = str(_object(author)["username"])
            if User.objects.filter(username=username).exists():
                continue
            user = User(
                username=username,
                first_name=author["first_name"],
                last_name=author["last_name"],
                email=author["email"],
                is_active=author["is_active"],
                date_joined=datetime.fromisoformat(author["date_joined"]),
            )
            user.set_unusable_password()
            user.save()
            if author["role"] in roles.ROLES:
                roles.set_role(user=user, key=author["role"])

    def _take_keys(self) -> None:
        """A key that is here stays ours, and what was hashed under theirs is found, too."""
        self.at = str(self._path / plan.KEYS)
        told = _object(folder.document(self._path / plan.KEYS))
        keys.adopt("suppression", bytes.fromhex(told["own"]))
        for secret in told["further"]:
            keys.add_further("suppression", bytes.fromhex(secret))


class _Permissions:
    """Which group may what with which page and collection: by where it hangs, since the pages and
    collections that come in may have other numbers."""

    def __init__(self, pages: list[Row], collections: list[Row]) -> None:
        self._pages, self._collections = pages, collections

    @classmethod
    def taken(cls) -> "_Permissions":
        pages = GroupPagePermission.objects.values("group_id", "permission_id", "page__depth")
        collections = GroupCollectionPermission.objects.values("group_id", "permission_id")
        found = cls(list(pages), list(collections))
        GroupPagePermission.objects.all().delete()
        GroupCollectionPermission.objects.all().delete()
        return found

    def give_back(self) -> None:
        root, home = Page.objects.filter(depth=1).first(), HomePage.objects.first()
        if root is None or home is None:
            raise BrokenRow("its pages have no first one.")
        collection = Collection.get_first_root_node()
        for row in self._pages:
            GroupPagePermission.objects.create(
                group_id=row["group_id"],
                permission_id=row["permission_id"],
                page_id=root.pk if row["page__depth"] == 1 else home.pk,
            )
        for row in self._collections if collection else ():
            GroupCollectionPermission.objects.create(**row, collection=collection)


def _object(value: Any) -> Row:
    if not isinstance(value, dict):
        raise BrokenRow("it is no object.")
    return value


def _may_lie_there(stored: PurePosixPath, files: plan.StoredFiles, table: str) -> bool:
    """A picture or a file of a kind that we keep, and nowhere but where we keep them."""
    endings = KINDS if table == "posts_enclosure" else settings.WAGTAILIMAGES_EXTENSIONS
    return (
        stored.parts[:-1] == PurePosixPath(files.stored).parts
        and ".." not in stored.parts
        and stored.suffix.lower().lstrip(".") in endings
    )


def _names(pages: Iterator[Row]) -> Names:
    """What names stand for here. A language that only the pages know is made."""
    for language in {page.get("locale_id") for page in pages}:
        Locale.objects.get_or_create(language_code=language)
    ContentType.objects.clear_cache()
    return Names.here().turned()


def _empty(names: list[str]) -> None:
    """What a fresh place has of its own: a home, a newsletter, settings. Who must never be mailed
    stays."""
    with connection.cursor() as cursor:
        for name in names:
            if name != Suppression._meta.db_table:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608


def _ended(mailings: Iterator[Row], taken_at: datetime) -> Iterator[Row]:
    """History: nothing here can be resumed, whatever the file says."""
    ended = (Mailing.State.FINISHED, Mailing.State.CANCELLED)
    for row in mailings:
        if row.get("state") not in ended:
            row["state"] = str(Mailing.State.CANCELLED)
        yield {**row, "folded_at": taken_at.isoformat()}


def _known_here() -> set[tuple[bytes, str, str]]:
    found = Suppression.objects.values_list("address_hash", "reason", "origin")
    return {(bytes(digest), reason, origin) for digest, reason, origin in found}


def _not_in(known: set[tuple[bytes, str, str]], found: Iterator[Row]) -> Iterator[Row]:
    """Of hashes under a key that both places have, those that are not here yet."""
    for row in found:
        if (bytes.fromhex(row["address_hash"]), row["reason"], row["origin"]) not in known:
            yield row


def _make_anew() -> None:
    """What is in no export because the rest says it."""
    Site.clear_site_root_paths_cache()
    call_command("wagtail_update_index", verbosity=0)
    call_command("rebuild_references_index", verbosity=0)
    count_anew()
    with transaction.atomic():
        pages_changed()
