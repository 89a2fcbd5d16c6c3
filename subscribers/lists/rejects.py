"""The file of what an import could not take: the rows as they were, each with its reason."""

import csv
import fcntl
import os
from typing import TextIO

from subscribers.lists.cells import neutralised
from subscribers.lists.csv_file import ListRow, SubscriberFile
from subscribers.lists.records import ListRefused
from subscribers.saying import sentence

__all__ = ["RejectsFile", "neutralised"]


class RejectsFile:
    """Written beside the import as it goes, and there in the end only if a row was rejected.

    It has the columns of the original, so that it can be corrected and imported again.

    Of two imports of one file the later one is refused, unless it is `leased`: then it is the one
    that counts, and what another wrote that has lost its lease is dropped.
    """

    def __init__(self, file: SubscriberFile, *, leased: bool = False) -> None:
        self.path = file.path.with_name(f"{file.path.name}.rejects.csv")
        self._draft = self.path.with_name(f"{self.path.name}.part")
        self._width = len(file.columns)
        self._columns = file.columns
        self._leased = leased
        self.count = 0

    def __enter__(self) -> "RejectsFile":
        if self._leased:
            self._draft.unlink(missing_ok=True)
        try:
            draft = os.open(self._draft, os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError as error:
            raise ListRefused(
                sentence(
                    "%(name)s would hold the rows we cannot take, but cannot be written in "
                    "%(folder)s (%(reason)s). Copy your file to another folder.",
                    name=self.path.name,
                    folder=self.path.parent,
                    reason=error.strerror,
                )
            ) from error
        if not (_locked(draft) and self._is_ours(draft)):
            os.close(draft)
            raise ListRefused(
                sentence(
                    "%(name)s is being imported at this moment. Wait for that "
                    "import; starting it again afterwards does no harm.",
                    name=self.path.name.removesuffix(".rejects.csv"),
                )
            )
        os.truncate(draft, 0)  # what an import that was killed left
        self._file: TextIO = open(draft, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["reason", "line", *map(neutralised, self._columns)])
        return self

    def _is_ours(self, draft: int) -> bool:
        """Whether the draft is still the file that we opened."""
        try:
            return os.path.samestat(os.fstat(draft), self._draft.stat())
        except FileNotFoundError:
            return False

    def add(self, row: ListRow) -> None:
        self.count += 1
        cells = [neutralised(cell) for cell in row.cells]
        # Cells beyond the header are kept, in the last one: nothing is lost.
        if len(cells) > self._width:
            cells[self._width - 1 :] = [" | ".join(cells[self._width - 1 :])]
        cells += [""] * (self._width - len(cells))
        self._writer.writerow([neutralised(str(row.problem)), row.line, *cells])

    def __exit__(self, *_: object) -> None:
        ours = self._is_ours(self._file.fileno())
        self._file.close()
        if not ours:
            return  # another one has the lease now
        if self.count:
            self._draft.replace(self.path)
        else:
            self._draft.unlink()
            # One of an earlier run would now tell of rows that are fine.
            self.path.unlink(missing_ok=True)


def _locked(draft: int) -> bool:
    """Whether no other process writes it. The lock ends with the process that holds it."""
    try:
        fcntl.flock(draft, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
