"""What becomes of an uploaded export: looked at, confirmed by a person, brought in post by post.

Like an imported list (`subscribers.lists.jobs`): the row tells how far it is, whoever works on it
holds its lease, and the time in the lease is also its token, so that a worker that lost it writes
nothing more about it. What it still brings is there once: the database sees to that.
"""

import logging
import os
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override

from posts.content.importing import ImportRefused, fetch, forget_language
from posts.moving_in import people
from posts.moving_in.archive import Archive, opened
from posts.moving_in.bringing import Bringing, Survey, survey
from posts.moving_in.models import MoveIn
from posts.moving_in.report import MoveReport
from posts.moving_in.shape import MoveOptions, OldSystem
from posts.moving_in.sources.registry import SYSTEMS
from subscribers import saying
from subscribers.leases import unleased
from subscribers.lists import jobs
from subscribers.lists.models import ImportJob
from subscribers.lists.records import ListRefused
from subscribers.models import Newsletter
from subscribers.ring import ring, ring_on_commit
from subscribers.saying import sentence

logger = logging.getLogger(__name__)

State = MoveIn.State
LEASE = timedelta(seconds=360)  # half of it is more than the slowest picture takes to come
KEPT = timedelta(days=30)
_AT_WORK = (State.CHECKING, State.RUNNING)
# Beside what was found: in which language the table of what stays behind is written.
LANGUAGE = "language"
_STEP = 10  # posts between two notes of how far it is


class MoveLeaseLost(Exception):
    """Somebody else works on it now, or it was cancelled."""


def folder() -> Path:
    path = Path(settings.SHARED_DIR) / "moves"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def receive(
    *,
    pieces: Iterable[bytes],
    file_name: str,
    system: str,
    newsletter: Newsletter,
    old_address: str = "",
    fetch_pictures: bool = False,
    by: str,
) -> MoveIn:
    """Keep an upload and note that it is to be looked at. Raises ImportRefused."""
    # By its ending one sees, among other things, whether a file alone is JSON, XML or CSV.
    ending = Path(file_name).suffix.lower()
    path = folder() / f"{uuid.uuid4().hex}{ending if ending.isascii() and len(ending) < 12 else ''}"
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(number, "wb") as file:
            file.writelines(pieces)
        with opened(path):
            pass
        return MoveIn.objects.create(
            system=system,
            newsletter=newsletter,
            old_address=old_address,
            fetch_pictures=fetch_pictures,
            file_name=file_name[:200],
            path=path.name,
            preview={LANGUAGE: get_language()},
            by=by,
        )
    except OSError as error:
        path.unlink(missing_ok=True)
        raise ImportRefused(
            sentence("The file cannot be kept: %(reason)s. Try again.", reason=error.strerror)
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def confirm(*, move: MoveIn, confirmed: bool, source: str, by: str) -> bool:
    """Let it begin, its lists too. Whoever comes second changes nothing. Raises ListRefused."""
    if confirmed and not source.strip():
        raise ListRefused(
            sentence("Say where and when these people agreed. It is kept as the proof.")
        )
    # Not in the preview: what it said of somebody who is erased at this moment would come back.
    counts = {LANGUAGE: get_language()}
    with transaction.atomic():
        waiting = MoveIn.objects.filter(pk=move.pk, state=State.CHECKED)
        if not waiting.update(state=State.RUNNING, by=by, done=0, counts=counts):
            return False
        for job in lists_of(move):
            if jobs.confirm(job=job, confirmed=confirmed, source=source, by=by):
                ring_on_commit("subscribers.lists.tasks.work_on_import", job.pk)
    return True


def cancel(*, move: MoveIn, by: str) -> bool:
    """Stop; what came stays, and so do lists that are on their way. The upload goes."""
    going = MoveIn.objects.filter(pk=move.pk, state__in=[*_AT_WORK, State.CHECKED])
    stopped = going.update(
        state=State.CANCELLED, by=by, lease_until=None, finished_at=timezone.now()
    )
    if stopped:
        path_of(move).unlink(missing_ok=True)
        for job in lists_of(move):
            jobs.cancel(job=job, by=by)
    return bool(stopped)


def lists_of(move: MoveIn) -> list[ImportJob]:
    return list(ImportJob.objects.filter(pk__in=move.lists).order_by("pk"))


def unattended() -> list[int]:
    """Those on which nobody works who holds a lease."""
    found = MoveIn.objects.filter(unleased(), state__in=_AT_WORK)
    return list(found.order_by("pk").values_list("pk", flat=True))


def work_on(move_id: int) -> None:
    """Look at what was uploaded, or bring in what is not there yet."""
    lease = timezone.now() + LEASE
    claimed = MoveIn.objects.filter(unleased(), pk=move_id, state__in=_AT_WORK)
    if not claimed.update(lease_until=lease):
        return
    move = MoveIn.objects.select_related("newsletter").get(pk=move_id)
    mover = _Mover(move, lease)
    try:
        with override(move.counts.get(LANGUAGE) or move.preview.get(LANGUAGE)):
            mover.work()
    except MoveLeaseLost:
        return
    except ImportRefused as refusal:
        kept_as = path_of(move).name
        said = saying.of(refusal)
        fail(move, saying.changed(said, lambda text: text.replace(kept_as, move.file_name)))
    except OSError as error:
        why = sentence(
            "The file cannot be read: %(reason)s. Upload it again.", reason=error.strerror
        )
        fail(move, why)
    except Exception:  # others wait behind it, and it must not come back for ever
        logger.exception("A fault in move %s.", move_id)
        mover.stumble()
    finally:
        forget_language()


def fail(move: MoveIn, problem: str, *, only_in: tuple[str, ...] = _AT_WORK) -> None:
    """End it, where it is still in one of these states. What came stays."""
    ended = MoveIn.objects.filter(pk=move.pk, state__in=only_in).update(
        state=State.FAILED, problem=problem, lease_until=None, finished_at=timezone.now()
    )
    if ended:
        path_of(move).unlink(missing_ok=True)


class _Mover:
    """One worker's hold on one upload."""

    def __init__(self, move: MoveIn, lease: datetime) -> None:
        self.move = move
        self.lease = lease
        self.options = MoveOptions(move.old_address.rstrip("/"))

    @cached_property
    def system(self) -> OldSystem:
        return SYSTEMS[self.move.system]

    def work(self) -> None:
        path = path_of(self.move)
        if not path.exists():
            raise ImportRefused(sentence("The uploaded file is gone. Upload it again."))
        with opened(path) as archive, MoveReport(report_of(self.move)) as report:
            seen = survey(self.system, archive, self.options)
            report.add_all(seen.left)
            self._write(posts=seen.posts)
            if self.move.state == State.CHECKING:
                self._bring_lists(archive, seen, report)
            counts = self._bring(archive, seen, report)
        first = [[saying.kept(where), saying.kept(why)] for where, why in report.first]
        self._end({"counts": counts, "lines": report.lines, "first": first})

    def _bring(self, archive: Archive, seen: Survey, report: MoveReport) -> dict[str, int]:
        is_look = self.move.state == State.CHECKING
        bringing = Bringing(
            self.system,
            report,
            self.move.newsletter,
            by=self.move.by,
            user=User.objects.filter(username=self.move.by).first(),
            bylines=len(seen.authors) > 1,
            fetch=self._fetch if self.move.fetch_pictures else None,
            dry_run=is_look,
        )
        posts = bringing.run(archive, self.system.read(archive, self.options))
        for number, _post in enumerate(posts, start=1):
            if number % _STEP == 0 or self._is_late():
                self._write(done=number)
        return bringing.counts.as_json()

    def _fetch(self, address: str) -> bytes:
        """A post may have many pictures that are slow to come."""
        if self._is_late():
            self._write()
        return fetch(address)

    def _bring_lists(self, archive: Archive, seen: Survey, report: MoveReport) -> None:
        """Each becomes an import of its own, which is looked at like any other."""
        # Those that a worker before this one began with are not received again.
        for old in seen.lists[len(self.move.lists) :]:
            try:
                job = jobs.receive(
                    pieces=people.pieces_of(archive, old),
                    file_name=people.file_name(old),
                    newsletter=self.move.newsletter,
                    mapping=people.mapping_of(old),
                    by=self.move.by,
                )
            except (ImportRefused, ListRefused) as refusal:
                report.add(old.where, saying.of(refusal))
                self._write(lists=[*self.move.lists, 0])
                continue
            self._write(lists=[*self.move.lists, job.pk])
            ring("subscribers.lists.tasks.work_on_import", job.pk)

    def _end(self, found: dict[str, Any]) -> None:
        if self.move.state == State.CHECKING:
            preview = {**found, LANGUAGE: self.move.preview.get(LANGUAGE)}
            self._write(state=State.CHECKED, preview=preview, done=0, lease_until=None)
            return
        self._write(
            state=State.FINISHED,
            counts=found,
            done=self.move.posts,
            lease_until=None,
            finished_at=timezone.now(),
        )
        path_of(self.move).unlink(missing_ok=True)

    def stumble(self) -> None:
        """Count a fault; the lease stays until it ends, and so it is tried again after a while.
        A database that is away counts none: this fails, too."""
        number = self.move.counts.get(jobs.FAULTS, 0) + 1
        counts = {**self.move.counts, jobs.FAULTS: number}
        mine = MoveIn.objects.filter(pk=self.move.pk, state=self.move.state, lease_until=self.lease)
        if not mine.update(counts=counts) or number < jobs.MOST_FAULTS:
            return
        if self.move.state == State.CHECKING:  # its lists come again with the file
            for job in lists_of(self.move):
                jobs.cancel(job=job, by=self.move.by)
        fail(self.move, jobs.STUMBLED)

    def _is_late(self) -> bool:
        return self.lease - timezone.now() < LEASE / 2

    def _write(self, **changes: Any) -> None:
        """Raises MoveLeaseLost."""
        mine = MoveIn.objects.filter(pk=self.move.pk, state=self.move.state, lease_until=self.lease)
        lease = timezone.now() + LEASE
        if not mine.update(**{"lease_until": lease, **changes}):
            raise MoveLeaseLost
        self.lease = lease
        self.move.lists = changes.get("lists", self.move.lists)


def path_of(move: MoveIn) -> Path:
    return folder() / Path(move.path).name


def report_of(move: MoveIn) -> Path:
    return folder() / f"{Path(move.path).name}.not-carried-over.csv"


def remove_old_files() -> None:
    """Uploads that nobody decided about, and reports that nobody fetched in a month."""
    before = timezone.now() - KEPT
    for move in MoveIn.objects.filter(created_at__lt=before, state=State.CHECKED):
        cancel(move=move, by="the clock")
    for path in folder().iterdir():
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
