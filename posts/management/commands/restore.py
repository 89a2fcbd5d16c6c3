"""`manage.py restore FILE`: a site comes back from its backup."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandParser
from django.db import Error
from tqdm import tqdm

from posts.delivery import restored
from posts.management.backup.archive import NoBackup, is_encrypted
from posts.management.backup.readiness import NotReady
from posts.management.backup.restoring import ENVIRONMENT_FILE, Back, restore
from posts.management.commands.backup import base_passphrase, read_passphrase
from posts.management.lock_and_port import AlreadyTaken, lock_folder
from subscribers.management import base
from subscribers.saying import in_words


class Command(base.Command):
    help = (
        "Put a backup in the place that DATA_DIR and DATABASE_URL name, which may be SQLite or\n"
        "PostgreSQL, whatever it was before: so a site also moves from one to the other.\n\n"
        "All or nothing: the file is read to its end before anything changes. Whatever was\n"
        "waiting or going out is paused, since it may have gone out since. Who objected since is\n"
        "taken from OBJECTIONS_DIR; where that is not whole, no letter leaves before the owner\n"
        "says so in the desk."
    )
    examples = """
  manage.py restore letters.backup                   into an empty place
  manage.py restore letters.backup --objections /mnt/old/var/objections
  manage.py restore letters.backup --replace         over the site that is here"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="what `backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="over the site that is here, which is lost"
        )
        parser.add_argument(
            "--objections",
            metavar="FOLDER",
            type=Path,
            help="who objected since, where it is not in OBJECTIONS_DIR",
        )
        base_passphrase(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        folder: Path | None = options["objections"]
        if folder is not None and not folder.is_dir():
            self.refuse(f"There is no folder {folder}.")
        try:
            if is_encrypted(path) and options["passphrase_file"] is None:
                options["passphrase"] = True
            passphrase = read_passphrase(self, options, twice=False)
            with self._alone_here(), tqdm(unit=" rows", disable=None) as bar:
                back = restore(
                    path,
                    passphrase=passphrase,
                    replace=options["replace"],
                    objections_in=folder,
                    said=bar.update,
                )
        except (NotReady, NoBackup, AlreadyTaken) as error:
            self.refuse(str(error))
        except (OSError, Error, psycopg.Error) as error:  # COPY raises the driver's own
            self.trouble(f"Nothing was restored: {' '.join(str(error).split())}")
        self._tell(back)

    @contextmanager
    def _alone_here(self) -> Iterator[None]:
        """Nobody begins `up` here meanwhile."""
        lock = lock_folder(Path(settings.DATA_DIR), say=self.say)
        try:
            yield
        finally:
            os.close(lock)

    def _tell(self, back: Back) -> None:
        row = back.restoration
        self.say(
            f"Back as of {in_words(back.taken_at)}: {back.rows:,} rows and "
            f"{back.files:,} files. {row.objectors:,} people who objected since are left alone."
        )
        self.say(f"Settings of then are in {Path(settings.DATA_DIR) / ENVIRONMENT_FILE}.")
        if back.other_secret:
            self.warn(
                "SECRET_KEY is another one than in the backup: links in mails that were to be "
                "confirmed do not open. Give all processes the one that stands in that file."
            )
        if row.opened_at is None:
            self.warn(restored.why_shut(row))
        self.say(
            "Recovery codes of then no longer count, since some may have been used. Whoever had "
            "some is told at the next sign-in, and makes new ones."
        )
        self.say(
            "What was waiting or going out is paused. What may have been mailed since is shown on "
            f"{restored.screen_url()}"
        )
        self.say(
            "Who may come in at the desk is as it was then, too, and what was taken from somebody "
            "since counts again. An owner finds it on the same page."
        )
        self.say_json(
            {
                "taken_at": back.taken_at.isoformat(),
                "rows": back.rows,
                "files": back.files,
                "objectors": row.objectors,
                "objections_until": row.known_until and row.known_until.isoformat(),
                "open": row.opened_at is not None,
            }
        )
