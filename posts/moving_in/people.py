"""Lists of people in an export: each goes the way of every list, from a file of its own."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from posts.content.importing import ImportRefused
from posts.moving_in.archive import Archive
from posts.moving_in.shape import OldList
from subscribers.lists.csv_file import ListRow, open_file
from subscribers.lists.importer import Import
from subscribers.lists.mapping import ColumnMapping
from subscribers.lists.rejects import RejectsFile
from subscribers.saying import sentence

_PIECE = 1_000_000


@dataclass(frozen=True)
class ListTaken:
    """`rejects`: the file of rows that were not taken, if there are any."""

    where: str
    job: Import
    rejects: Path | None


def pieces_of(archive: Archive, old: OldList) -> Iterator[bytes]:
    """Raises ImportRefused."""
    with archive.opened(old.where) as file:
        while piece := file.read(_PIECE):
            yield piece


def file_name(old: OldList) -> str:
    """Its own, without the folders before it and without signs that no file needs."""
    return re.sub(r"[^\w. -]", "_", PurePosixPath(old.where).name)[-100:] or "people.csv"


def mapping_of(old: OldList) -> ColumnMapping:
    return ColumnMapping(everybody=old.everybody)


def take(
    archive: Archive,
    old: OldList,
    job: Import,
    *,
    rejects_at: Path,
    seen: Callable[[Iterator[ListRow]], Iterator[ListRow]] = iter,
) -> ListTaken:
    """Take a list as `import_subscribers` does; `job` says where to and on whose word.

    Raises ImportRefused, and ListRefused, also where it has to be asked what a column means.
    """
    with _alone(archive, old) as path:
        file = open_file(path, name=file_name(old), mapping=mapping_of(old))
        file.refuse_if_asked()
        with RejectsFile(file) as rejects:
            job.run(seen(file.rows()), reject=rejects.add)
        if rejects.count:
            shutil.copy(rejects.path, rejects_at)
    return ListTaken(old.where, job, rejects_at if rejects.count else None)


@contextmanager
def _alone(archive: Archive, old: OldList) -> Iterator[Path]:
    """The list in a file of its own. Raises ImportRefused where there is no room for it."""
    with TemporaryDirectory(prefix="passalong-") as folder:
        path = Path(folder) / file_name(old)
        try:
            with path.open("wb") as file:
                file.writelines(pieces_of(archive, old))
        except OSError as error:
            raise ImportRefused(
                sentence(
                    "%(name)s cannot be unpacked: %(reason)s.",
                    name=old.where,
                    reason=error.strerror,
                )
            ) from error
        yield path
