"""`manage.py import_site DIR`: what `export_site` wrote becomes a site."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from tqdm import tqdm

from posts.delivery import restored
from posts.management.lock_and_port import AlreadyTaken, lock_folder
from posts.management.moving.coming_in import take_in
from posts.management.moving.folder import NoExport
from posts.management.moving.readiness import NotEmpty
from posts.management.preparing import prepare_database
from subscribers.management import base
from subscribers.saying import in_words


class Command(base.Command):
    help = (
        "Make the site of an export in the place that DATA_DIR and DATABASE_URL name, which must\n"
        "be empty, and may be SQLite or PostgreSQL, whatever it was before. All or nothing.\n\n"
        "Old share links and old links in mails stay good where the address stays the same.\n"
        "Nobody is mailed: what was under way there is over here, and no letter leaves before an\n"
        "owner has said in the desk that it may, since who left meanwhile is not known here."
    )
    examples = """
  DATA_DIR=~/letters uv run manage.py import_site ~/my-letters"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "folder", metavar="DIR", type=Path, help="what `export_site` wrote, unpacked"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["folder"].absolute()
        if not path.is_dir():
            self.refuse(f"There is no folder {path}. If you have a .zip, unpack it first.")
        try:
            lock = lock_folder(Path(settings.DATA_DIR), say=self.say)
            try:
                prepare_database()
                with tqdm(unit=" rows", disable=None) as bar:
                    arrived = take_in(path, said=bar.update)
            finally:
                os.close(lock)
        except (NoExport, NotEmpty, AlreadyTaken) as error:
            self.refuse(str(error))
        except OSError as error:
            self.trouble(f"Nothing was imported: {error}")
        self.say(
            f"Here as of {in_words(arrived.taken_at)}: {arrived.rows:,} rows and "
            f"{arrived.files:,} files."
        )
        for name in arrived.not_found:
            self.warn(f"{name} was missing already where it comes from.")
        self.say(
            "Accounts came without passwords: `manage.py sign_in_link` lets an owner in. Then name "
            "in the desk how mail leaves."
        )
        self.warn(
            "No letter leaves before an owner has looked at "
            f"{restored.screen_url()} and let them go."
        )
        self.say_json(
            {
                "taken_at": arrived.taken_at.isoformat(),
                "rows": arrived.rows,
                "files": arrived.files,
                "not_found": arrived.not_found,
            }
        )
