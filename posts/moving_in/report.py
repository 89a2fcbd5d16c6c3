"""What could not be carried over, line by line: where it stood, and why."""

import csv
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from posts.moving_in.shape import NotBrought
from subscribers import saying
from subscribers.lists.cells import neutralised
from subscribers.one_line import printable_line

_LONGEST = 1_000
SHOWN = 100  # lines that a screen or a terminal shows


class MoveReport:
    """A CSV file of what stays behind and of what a writer may want to look at; there in the end
    only if something is in it. `first`: the lines that are shown, as sentences; the file is in the
    language that is active while it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first: list[tuple[str, str]] = []
        self.lines = 0
        self._draft = path.with_name(f"{path.name}.part")

    def __enter__(self) -> "MoveReport":
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        draft = os.open(self._draft, flags, 0o600)
        self._file: TextIO = open(draft, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([_("where"), _("what")])
        return self

    def add(self, where: str, *whys: str) -> None:
        where = _printable(where)
        for why in map(_printable, whys):
            self.lines += 1
            if len(self.first) < SHOWN:
                self.first.append((where, why))
            self._writer.writerow([neutralised(str(where)), neutralised(str(why))])

    def add_all(self, found: Iterable[NotBrought]) -> None:
        for one in found:
            self.add(one.where, one.why)

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self.lines:
            self._draft.replace(self.path)
        else:
            self._draft.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)  # of an earlier run, which it would belie


def _printable(text: str) -> str:
    return saying.changed(text, partial(printable_line, most=_LONGEST))
