"""What becomes of an uploaded list: looked at, confirmed by a person, taken in chunks.

The row tells how far it is: a chunk's rows and `done_rows` are one commit. Whoever works on a job
holds its lease; the time in the lease is also its token, so a worker that lost it writes nothing.
"""

import hashlib
import logging
import os
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override

from subscribers import saying
from subscribers.leases import unleased
from subscribers.lists.csv_file import ListRow, SubscriberFile, open_file
from subscribers.lists.encodings import readings
from subscribers.lists.headers import read_header
from subscribers.lists.importer import Import
from subscribers.lists.mapping import NO_ANSWERS, ColumnMapping
from subscribers.lists.models import ImportJob
from subscribers.lists.preview import Sample
from subscribers.lists.records import ListRefused
from subscribers.lists.rejects import RejectsFile
from subscribers.lists.totals import Asides, Totals
from subscribers.models import Newsletter
from subscribers.saying import sentence

logger = logging.getLogger(__name__)

State = ImportJob.State
LEASE = timedelta(seconds=120)
ROWS_A_SIGN = 100_000  # of those that are only read: then the lease goes on
FIRST_CELLS = 3  # of each column that a screen shows
KEPT = timedelta(days=30)  # of rejects, and of uploads that nobody decided about
# Beside what she said of the columns: in which language the rows that are not taken are explained.
LANGUAGE = "language"
# Beside what was taken so far: how often it met a fault of ours and came no further. The third is
# the last.
FAULTS = "faults"
MOST_FAULTS = 3
STUMBLED = sentence(
    "It was tried three times, and each time something went wrong that nobody foresaw, so it was "
    "stopped. What came before that is whole and stays. Upload the file again: only what is "
    "missing comes, nothing twice. If it stops again, tell whoever looks after this site; the "
    "reason was written down for them."
)
_AT_WORK = (State.CHECKING, State.RUNNING)
_WAITING = (State.ASKED, State.CHECKED)  # for the person


class ImportLeaseLost(Exception):
    """Somebody else works on this job now, or it was cancelled."""


def folder() -> Path:
    path = Path(settings.SHARED_DIR) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def receive(
    *,
    pieces: Iterable[bytes],
    file_name: str,
    newsletter: Newsletter,
    mapping: ColumnMapping = NO_ANSWERS,
    by: str,
) -> ImportJob:
    """Keep an upload and note that it is to be looked at. `mapping`: what is known of it before
    anybody is asked. Raises ListRefused."""
    path = folder() / f"{uuid.uuid4().hex}.csv"
    most, size, digest = settings.IMPORT_MAX_MB * 1024 * 1024, 0, hashlib.sha256()
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(number, "wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > most:
                    raise ListRefused(
                        sentence(
                            "%(name)s is larger than %(most)s MB. Split it; whoever "
                            "runs the site can also bring a list of any size, on its machine.",
                            name=file_name,
                            most=settings.IMPORT_MAX_MB,
                        )
                    )
                digest.update(piece)
                file.write(piece)
        read_header(path, name=file_name)
        return ImportJob.objects.create(
            newsletter=newsletter,
            file_name=file_name[:200],
            path=path.name,
            mapping={**mapping.as_json(), LANGUAGE: get_language()},
            sha256=digest.hexdigest(),
            size=size,
            by=by,
        )
    except OSError as error:
        path.unlink(missing_ok=True)
        raise ListRefused(
            sentence("The file cannot be kept: %(reason)s. Try again.", reason=error.strerror)
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def answer(*, job: ImportJob, mapping: ColumnMapping, by: str) -> bool:
    """Keep what the person says the columns and values mean, and look at the file once more.

    Whoever comes when it is being looked at, or imported, changes nothing.
    """
    waiting = ImportJob.objects.filter(pk=job.pk, state__in=_WAITING)
    said = {**mapping.as_json(), LANGUAGE: get_language()}
    again = {"mapping": said, "by": by, "done_rows": 0, "counts": {}}
    return bool(waiting.update(state=State.CHECKING, **again))


def confirm(*, job: ImportJob, confirmed: bool, source: str, by: str) -> bool:
    """Let it begin. Whoever comes second changes nothing. Raises ListRefused."""
    source = source.strip()
    if confirmed and not source:
        raise ListRefused(
            sentence("Say where and when these people agreed. It is kept as the proof.")
        )
    waiting = ImportJob.objects.filter(pk=job.pk, state=State.CHECKED)
    source = source[:200] or f"file {job.file_name}"[:200]
    return bool(
        waiting.update(state=State.RUNNING, confirmed=confirmed, source=source, by=by, counts={})
    )


def cancel(*, job: ImportJob, by: str) -> bool:
    """Stop; what was taken stays. The upload goes."""
    going = ImportJob.objects.filter(pk=job.pk, state__in=[*_AT_WORK, *_WAITING])
    stopped = going.update(
        state=State.CANCELLED, by=by, lease_until=None, finished_at=timezone.now()
    )
    if stopped:
        path_of(job).unlink(missing_ok=True)
    return bool(stopped)


def unattended() -> list[int]:
    """Jobs on which nobody works who holds a lease."""
    found = ImportJob.objects.filter(unleased(), state__in=_AT_WORK)
    return list(found.order_by("pk").values_list("pk", flat=True))


def work_on(job_id: int) -> None:
    """Look at the job's file, or take its rows from where the last worker stopped."""
    lease = timezone.now() + LEASE
    claimed = ImportJob.objects.filter(unleased(), pk=job_id, state__in=_AT_WORK)
    if not claimed.update(lease_until=lease):
        return
    job = ImportJob.objects.select_related("newsletter").get(pk=job_id)
    worker = _Worker(job, lease)
    try:
        with override(job.mapping.get(LANGUAGE)):
            worker.work()
    except ImportLeaseLost:
        return
    except ListRefused as refusal:
        _fail(job, refusal.message)
    except OSError as error:
        _fail(
            job,
            sentence(
                "The file cannot be read: %(reason)s. Upload it again.", reason=error.strerror
            ),
        )
    except Exception:  # others wait behind it, and it must not come back for ever
        logger.exception("A fault in import %s.", job_id)
        worker.stumble()


def fail_all_at_work(problem: str) -> int:
    """End what was being read or imported. Answers how many."""
    at_work = list(ImportJob.objects.filter(state__in=_AT_WORK))
    for job in at_work:
        _fail(job, problem)
    return len(at_work)


def _fail(job: ImportJob, problem: str) -> None:
    ImportJob.objects.filter(pk=job.pk, state__in=_AT_WORK).update(
        state=State.FAILED, problem=problem, lease_until=None, finished_at=timezone.now()
    )
    path_of(job).unlink(missing_ok=True)


class _Worker:
    """One worker's hold on one job."""

    def __init__(self, job: ImportJob, lease: datetime) -> None:
        self.job = job
        self.lease = lease

    def stumble(self) -> None:
        """Count a fault; the lease stays until it ends, and so it is tried again after a while.
        A database that is away counts none: this fails, too."""
        mine = ImportJob.objects.filter(
            pk=self.job.pk, state=self.job.state, lease_until=self.lease
        )
        now = mine.values_list("counts", "done_rows").first()
        if now is None:  # somebody else works on it, or it was cancelled
            return
        counts, done_rows = now
        came_further = done_rows > self.job.done_rows
        number = 1 if came_further else self.job.counts.get(FAULTS, 0) + 1
        mine.update(counts={**counts, FAULTS: number})
        if number >= MOST_FAULTS:
            _fail(self.job, STUMBLED)

    def work(self) -> None:
        path = path_of(self.job)
        if not path.exists():
            raise ListRefused(sentence("The uploaded file is gone. Upload it again."))
        with path.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != self.job.sha256:
                raise ListRefused(sentence("The uploaded file has changed. Upload it again."))
        mapping = ColumnMapping.from_json(self.job.mapping)
        file = open_file(path, name=self.job.file_name, mapping=mapping)
        if self.job.state == State.CHECKING:
            self._check(file)
        else:
            self._run(file)

    def _check(self, file: SubscriberFile) -> None:
        preview: dict[str, Any] = {
            "kind": file.kind,
            "encoding": file.encoding,
            "readings": readings(file.names(), file.encoding),
            "delimiter": file.delimiter,
            "columns": columns_as_json(file),
            "everybody": file.questions.everybody,
            "addresses": [one.number for one in file.questions.addresses],
        }
        if file.questions:
            state = State.ASKED
        else:
            state = State.CHECKED
            preview |= self._tried(file)
        self._write(state=state, preview=_without_nulls(preview), done_rows=0, lease_until=None)

    def _tried(self, file: SubscriberFile) -> dict[str, Any]:
        run, sample = self._import(dry_run=True), Sample()
        run.show = sample.note
        run.after_chunk = lambda totals, _: self._write(done_rows=totals.read)
        run.run(file.rows(), reject=sample.reject)
        return {
            "rows": [
                [one.address, one.name, one.status, ", ".join(one.tags), one.outcome]
                for one in sample.good
            ],
            "rejects": [
                [row.line, " | ".join(row.cells)[:200], saying.kept(row.problem)]
                for row in sample.rejected
            ],
            "totals": run.totals.as_json(),
            **run.asides.as_json(),
        }

    def _run(self, file: SubscriberFile) -> None:
        if file.questions:  # of a later edition than the one that looked at it
            raise ListRefused(
                sentence(
                    "It is not clear what this list says of its people. Upload it again, "
                    "and you will be asked."
                )
            )
        run = self._import(dry_run=False)
        run.skip = self.job.done_rows
        counts = counted(self.job)
        run.asides = Asides(**{name: counts.pop(name, 0) for name in run.asides.as_json()})
        run.totals = Totals(**counts)

        def note(totals: Totals, asides: Asides) -> None:
            self._write(done_rows=totals.read, counts={**totals.as_json(), **asides.as_json()})

        run.after_chunk = note
        with RejectsFile(file, leased=True) as rejects:
            run.run(self._kept_alive(file.rows(), run.skip), reject=rejects.add)
        counts = {**run.totals.as_json(), **run.asides.as_json()}
        self._write(
            state=State.FINISHED, counts=counts, lease_until=None, finished_at=timezone.now()
        )
        path_of(self.job).unlink(missing_ok=True)

    def _kept_alive(self, rows: Iterator[ListRow], skip: int) -> Iterator[ListRow]:
        """The rows; while those are skipped that no chunk commits, the lease goes on."""
        for number, row in enumerate(rows):
            if number < skip and number % ROWS_A_SIGN == 0:
                self._write()
            yield row

    def _import(self, *, dry_run: bool) -> Import:
        return Import(
            newsletter=self.job.newsletter,
            confirmed=self.job.confirmed,
            source=self.job.source or f"file {self.job.file_name}"[:200],
            by=self.job.by,
            dry_run=dry_run,
            number=self.job.pk,
        )

    def _write(self, **changes: Any) -> None:
        """Within the transaction of the rows, where there are any. Raises ImportLeaseLost."""
        mine = ImportJob.objects.filter(
            pk=self.job.pk, state=self.job.state, lease_until=self.lease
        )
        lease = timezone.now() + LEASE
        with transaction.atomic():
            if not mine.update(**{"lease_until": lease, **changes}):
                raise ImportLeaseLost
        self.lease = lease


def columns_as_json(file: SubscriberFile) -> list[dict[str, Any]]:
    """What was found out about each column, for the screen that asks about it."""
    first = file.first_cells(FIRST_CELLS)
    return [
        {
            "number": one.number,
            "name": one.name,
            "role": one.role,
            "open": len(one.open),
            "first": [cell[:60] for row in first if (cell := " ".join(row[one.number - 1 :][:1]))],
            "values": [
                [value.key, value.shown, value.count, value.meaning or "", value.guess]
                for value in one.values
            ],
        }
        for one in file.fields
    ]


def _without_nulls(value: Any) -> Any:
    """PostgreSQL's JSON takes no nulls, and a bad row may hold some."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nulls(one) for one in value]
    return value


def counted(job: ImportJob) -> dict[str, int]:
    """What was taken of it so far; empty before anything was."""
    return {name: number for name, number in job.counts.items() if name != FAULTS}


def path_of(job: ImportJob) -> Path:
    return folder() / Path(job.path).name


def rejects_of(job: ImportJob) -> Path:
    return folder() / f"{Path(job.path).name}.rejects.csv"


def remove_old_files() -> None:
    """Uploads that nobody decided about, and rejects that nobody fetched in a month."""
    before = timezone.now() - KEPT
    for job in ImportJob.objects.filter(created_at__lt=before, state__in=_WAITING):
        cancel(job=job, by="the clock")
    for path in folder().iterdir():
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
