"""`manage.py export_subscribers FILE.csv`: the people of a newsletter, to take along."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandParser
from tqdm import tqdm

from subscribers.lists.exporter import export
from subscribers.management import base
from subscribers.models import Newsletter, Subscription
from subscribers.queries import NewsletterUnknown, find_newsletter

STDOUT = Path("-")


class Command(base.Command):
    help = (
        "Write everybody of a newsletter into a CSV file (UTF-8): address, name, status, tags,\n"
        "consent and preferences. `manage.py import_subscribers` reads it back unchanged. Cells\n"
        "that a spreadsheet would run as a formula begin with a ' there; the import takes it off.\n"
        "FILE.csv may be - to write to the terminal or into a pipe. A file of that name is\n"
        "replaced once the new one is whole."
    )
    examples = """
  manage.py export_subscribers readers.csv
  manage.py export_subscribers - --newsletter letters | gzip > letters.csv.gz
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="the file to write, or -")
        parser.add_argument(
            "--newsletter", metavar="N", help="slug of the newsletter; needed if there are several"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            newsletter = find_newsletter(options["newsletter"])
        except NewsletterUnknown as refusal:
            self.refuse(refusal.message)
        try:
            if path == STDOUT:
                count = _write(newsletter, sys.stdout)
            else:
                with _replacing(path) as file:
                    count = _write(newsletter, file)
        except OSError as error:
            self.refuse(f"{path} cannot be written: {error.strerror}. Name another file.")
        if path != STDOUT:
            people = "1 person" if count == 1 else f"{count:,} people"
            self.say(f"{people} of {newsletter.name} in {path}.")
        self.say_json({"exported": count})


def _write(newsletter: Newsletter, file: TextIO) -> int:
    total = Subscription.objects.filter(newsletter=newsletter).count()
    written = 0
    with tqdm(total=total, unit=" people", disable=None, leave=False) as bar:
        for piece, people in export(newsletter):
            file.write(piece)
            bar.update(people)
            written += people
    return written


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file for its owner only, which takes its name when it is whole."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(number, "w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
