"""Doorways for Celery: ids in, one call out."""

from celery import shared_task

from subscribers.lists import jobs

__all__ = ["go_on_with_imports", "work_on_import"]


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
