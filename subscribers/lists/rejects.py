"""The file of what an import could not take: the rows as they were, each with its reason."""

import csv
import os
from typing import TextIO

from subscribers.lists.cells import neutralised
from subscribers.lists.csv_file import ListRow, SubscriberFile
from subscribers.lists.records import ListRefused

__all__ = ["RejectsFile", "neutralised"]


class RejectsFile:
    """Written beside the import as it goes, and there in the end only if a row was rejected.

    It has the columns of the original, so that it can be corrected and imported again.
    """

    def __init__(self, file: SubscriberFile) -> None:
        self.path = file.path.with_name(f"{file.path.name}.rejects.csv")
        self._draft = self.path.with_name(f"{self.path.name}.part")
        self._width = len(file.columns)
        self._columns = file.columns
        self.count = 0

    def __enter__(self) -> "RejectsFile":
        try:
            self._file: TextIO = open(
                self._draft, "w", encoding="utf-8-sig", newline="", opener=_for_its_owner_only
            )
        except OSError as error:
            raise ListRefused(
                f"{self.path.name} would hold the rows we cannot take, but cannot be written in "
                f"{self.path.parent} ({error.strerror}). Copy your file to another folder."
            ) from error
        self._writer = csv.writer(self._file)
        self._writer.writerow(["reason", "line", *map(neutralised, self._columns)])
        return self

    def add(self, row: ListRow) -> None:
        self.count += 1
        cells = [neutralised(cell) for cell in row.cells]
        # Cells beyond the header are kept, in the last one: nothing is lost.
        if len(cells) > self._width:
            cells[self._width - 1 :] = [" | ".join(cells[self._width - 1 :])]
        cells += [""] * (self._width - len(cells))
        self._writer.writerow([neutralised(row.problem), row.line, *cells])

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self.count:
            self._draft.replace(self.path)
        else:
            self._draft.unlink()
            # One of an earlier run would now tell of rows that are fine.
            self.path.unlink(missing_ok=True)


def _for_its_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
