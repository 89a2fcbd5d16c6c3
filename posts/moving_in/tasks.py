"""Doorways for Celery: ids in, one call out."""

from celery import shared_task

from posts.moving_in import moves

__all__ = ["go_on_with_moves", "work_on_move"]


@shared_task
def work_on_move(move_id: int) -> None:
    """Look at an upload, or bring in what is in it."""
    moves.work_on(move_id)


@shared_task
def go_on_with_moves() -> None:
    """Every minute: what no ring announced or whose worker is gone; and files that are old."""
    moves.remove_old_files()
    for move_id in moves.unattended():
        moves.work_on(move_id)
