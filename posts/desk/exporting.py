"""Everything of the site as one archive, asked for at the desk: a worker makes it (see
`posts.management.moving.tasks`), and it is handed out once.

The row is the queue. The archive lies in SHARED_DIR/exports for its owner alone, and is gone when
it was fetched, or a day after it was made.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from posts.desk.models import SiteExport
from subscribers.leases import unleased
from subscribers.ring import ring_on_commit

TASK = "posts.management.moving.tasks.make_site_exports"
KEPT = timedelta(days=1)
# A worker that is at it says so; one that said nothing for so long is gone. The time in the lease
# is also its token.
LEASE = timedelta(minutes=10)


class ExportLeaseLost(Exception):
    """Another worker makes it now."""


def folder() -> Path:
    return Path(settings.SHARED_DIR) / "exports"


def archive_of(row: SiteExport) -> Path:
    return folder() / f"{row.pk}.zip"


def latest() -> SiteExport | None:
    return SiteExport.objects.order_by("-pk").first()


def ask(*, by: str, whole: bool) -> SiteExport:
    """Have one made; one that is being made or waits to be fetched is that one."""
    with transaction.atomic():
        last = SiteExport.objects.select_for_update().order_by("-pk").first()
        if last is not None and (last.is_under_way or last.can_be_fetched):
            return last
        row: SiteExport = SiteExport.objects.create(by=by[:150], whole=whole)
        ring_on_commit(TASK)
    return row


def fetch(*, row: SiteExport) -> IO[bytes] | None:
    """The archive, which is gone from the disk from here on; None for whoever comes second."""
    with transaction.atomic():
        taken = SiteExport.objects.filter(pk=row.pk, ready_at__isnull=False, fetched_at=None)
        if not taken.update(fetched_at=timezone.now()):
            return None
    try:
        file = archive_of(row).open("rb")
    except FileNotFoundError:
        return None
    archive_of(row).unlink(missing_ok=True)  # what is open can be read to its end
    return file


# --- For the worker -----------------------------------------------------------------------


def claim() -> SiteExport | None:
    """The next that nobody makes."""
    now = timezone.now()
    for row in SiteExport.objects.filter(unleased(), ready_at=None, problem="").order_by("pk")[:1]:
        mine = SiteExport.objects.filter(unleased(), pk=row.pk, ready_at=None, problem="")
        row.lease_until = now + LEASE
        if mine.update(lease_until=row.lease_until):
            return row
    return None


def go_on(row: SiteExport) -> None:
    """Still at it. Raises ExportLeaseLost."""
    lease = timezone.now() + LEASE
    _write(row, lease_until=lease)
    row.lease_until = lease


def ready(row: SiteExport) -> None:
    """Raises ExportLeaseLost."""
    size = archive_of(row).stat().st_size
    _write(row, ready_at=timezone.now(), size=size, lease_until=None)


def failed(row: SiteExport, problem: str) -> None:
    """Raises ExportLeaseLost."""
    _write(row, problem=problem[:1_000], lease_until=None)


def _write(row: SiteExport, **changes: Any) -> None:
    mine = SiteExport.objects.filter(pk=row.pk, lease_until=row.lease_until, ready_at=None)
    if not mine.update(**changes):
        raise ExportLeaseLost


def forget_old() -> None:
    """Archives that nobody fetched in a day, and what a worker that is gone left."""
    old = timezone.now() - KEPT
    SiteExport.objects.filter(ready_at__lt=old, fetched_at=None).update(fetched_at=timezone.now())
    # First what is there: a worker beside us may begin with another at this moment, whose row was
    # there before its files.
    paths = list(folder().glob("*"))
    being_made = Q(ready_at=None, problem="")
    wanted = SiteExport.objects.filter(being_made | Q(ready_at__isnull=False, fetched_at=None))
    kept = {str(pk) for pk in wanted.values_list("pk", flat=True)}
    for path in paths:
        if path.name.strip(".").partition(".")[0] in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
