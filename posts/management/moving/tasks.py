"""A doorway for Celery: the archive that somebody at the desk asked for."""

import os
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from celery import shared_task
from django.db import DatabaseError

from posts.desk import exporting
from posts.desk.models import SiteExport
from posts.management.moving.folder import NoExport
from posts.management.moving.leaving import export

__all__ = ["make_site_exports"]

_SAY_EVERY = 20.0  # seconds between two words that we are still at it


@shared_task
def make_site_exports() -> None:
    """At a press and every minute: make what somebody waits for, and delete what nobody fetched."""
    while (row := exporting.claim()) is not None:
        make(row)
    exporting.forget_old()


def make(row: SiteExport) -> None:
    """Write, pack, and say that it is there; or why it is not."""
    target = exporting.archive_of(row)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = target.with_suffix("")
    shutil.rmtree(written, ignore_errors=True)  # of a worker that is gone
    try:
        problem = _made(row, written, target)
        if problem:
            exporting.failed(row, problem)
            target.unlink(missing_ok=True)
    except exporting.ExportLeaseLost:
        return  # whoever makes it now has the files, too
    shutil.rmtree(written, ignore_errors=True)


def _made(row: SiteExport, written: Path, target: Path) -> str:
    """Why it could not be made; empty where it is there. Raises ExportLeaseLost."""
    still_at_it = _now_and_then(lambda: exporting.go_on(row))
    try:
        export(written, whole=row.whole, said=lambda rows: still_at_it())
        exporting.go_on(row)
        pack(written, target, still_at_it)
        exporting.ready(row)
    except (OSError, NoExport) as error:
        return " ".join(str(error).split())
    except DatabaseError as error:
        return type(error).__name__  # its words may hold somebody's row
    return ""


def pack(folder: Path, target: Path, said: Callable[[], object]) -> None:
    """One archive, for its owner alone, with the folder in it."""
    draft = target.with_suffix(".zip.part")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        open(descriptor, "w+b") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            packed.write(path, f"my-letters/{path.relative_to(folder).as_posix()}")
            said()
    draft.replace(target)


def _now_and_then(call: Callable[[], object]) -> Callable[[], None]:
    last = time.monotonic()

    def called() -> None:
        nonlocal last
        if time.monotonic() - last > _SAY_EVERY:
            last = time.monotonic()
            call()

    return called
