"""Doorways for Celery: ids in, one call out."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from subscribers.lists import jobs

__all__ = ["go_on_with_imports", "ring", "work_on_import"]

logger = logging.getLogger(__name__)


@shared_task
def work_on_import(job_id: int) -> None:
    """Look at an upload, or take its rows."""
    jobs.work_on(job_id)


@shared_task
def go_on_with_imports() -> None:
    """Every minute: what no ring announced or whose worker is gone; and files that are old."""
    jobs.remove_old_files()
    for job_id in jobs.unattended():
        jobs.work_on(job_id)


def ring(job_id: int) -> None:
    """Tell a worker. A broker that is down only delays the import until the sweep."""
    try:
        work_on_import.apply_async((job_id,), retry=False, expires=60)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached (%s); the sweep will start the import.", error)
