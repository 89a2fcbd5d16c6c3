"""`manage.py backup FILE`: one file with all that this site is."""

import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from posts.management.backup.archive import NoBackup
from posts.management.backup.keeping import new_name, prune
from posts.management.backup.taking import take
from subscribers.management import base

SHORTEST = 12


class Command(base.Command):
    help = (
        "Write one file with database, pictures and secrets, while the site runs, and read it\n"
        "again before it counts. Restored, it makes the same site on SQLite or PostgreSQL.\n\n"
        "Without a passphrase whoever has the file has your readers' addresses and the secret\n"
        "key. Who says no after a backup is kept in OBJECTIONS_DIR: let that be on another disk\n"
        "than the database, or copied elsewhere often."
    )
    examples = """
  manage.py backup /mnt/disk/letters.backup
  manage.py backup /mnt/disk/backups/ --keep 14      named by date, the newest 14 stay
  manage.py backup letters.backup --passphrase       asks for one
  manage.py backup /mnt/disk/backups/ --keep 14 --passphrase-file /etc/passalong/passphrase"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="where to write it; or a folder, for many"
        )
        parser.add_argument(
            "--keep", metavar="N", type=int, help="in a folder: delete all but the newest N"
        )
        parser.add_argument("--replace", action="store_true", help="write over a file of that name")
        base_passphrase(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"]
        keep: int | None = options["keep"]
        if keep is not None and (keep < 1 or not target.is_dir()):
            self.refuse("--keep is a number from 1 up, and FILE a folder that is there.")
        path = target / new_name() if target.is_dir() else target
        if path.exists() and not options["replace"]:
            self.refuse(f"{path} is there already. Name another file, or add --replace.")
        if not path.parent.is_dir():
            self.refuse(f"There is no folder {path.parent}. Make it first.")
        passphrase = read_passphrase(self, options, twice=True)
        if passphrase and len(passphrase) < SHORTEST:
            self.refuse(f"Take a passphrase of at least {SHORTEST} letters: several words, say.")
        try:
            with tqdm(unit=" rows", disable=None) as bar:
                taken = take(path, passphrase=passphrase, said=bar.update)
        except (OSError, NoBackup) as error:
            self.trouble(f"There is no backup: {error}")
        gone = prune(target, keep) if keep is not None else []
        self.say(
            f"{taken.path}: {taken.rows:,} rows and {taken.files:,} files, "
            f"{taken.size / 1e6:,.1f} MB, written and read again."
        )
        if not passphrase:
            self.warn(
                "It is not encrypted, and holds secrets: your readers' addresses, and the key that "
                "signs their links. Only your user may read it here; see that it stays so."
            )
        for old in gone:
            self.say(f"Deleted {old}.")
        self.say_json(
            {
                "file": str(taken.path),
                "taken_at": taken.at.isoformat(),
                "rows": taken.rows,
                "files": taken.files,
                "bytes": taken.size,
                "encrypted": bool(passphrase),
                "deleted": [str(old) for old in gone],
            }
        )


def base_passphrase(parser: CommandParser) -> None:
    """The options of whoever reads or writes a backup."""
    parser.add_argument("--passphrase", action="store_true", help="ask for a passphrase")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", type=Path, help="it is the first line of this file"
    )


def read_passphrase(command: base.Command, options: dict[str, Any], *, twice: bool) -> str:
    """What the person typed, or the file says; empty where there is to be none."""
    file: Path | None = options["passphrase_file"]
    if file is not None:
        try:
            passphrase = file.read_text().split("\n", 1)[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            command.refuse(f"The passphrase cannot be read from {file}: {error}")
        if not passphrase:
            command.refuse(f"{file} begins with an empty line. The passphrase is its first line.")
        return passphrase
    if not options["passphrase"]:
        return ""
    passphrase = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("Once more: ") != passphrase:
        command.refuse("You typed two different ones. Nothing was written.")
    if not passphrase:
        command.refuse("That was empty.")
    return passphrase
