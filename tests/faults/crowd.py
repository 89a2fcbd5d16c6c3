"""Many processes at one mailing at the same moment: planners, then claimers.

`python -m tests.faults.crowd SLUG PLANNERS CLAIMERS` in a site. Forked from one process that has
loaded everything, and let go by one signal, so that they really meet.
"""

import os
import sys
from collections.abc import Callable
from datetime import timedelta

import django
from django.db import connections


def all_at_once(number: int, work: Callable[[], None]) -> None:
    """Raises nothing in the children's place: whoever fails ends with 1, and so do we."""
    connections.close_all()
    gate, opened = os.pipe()
    children = []
    for _ in range(number):
        child = os.fork()
        if not child:
            os.close(opened)
            os.read(gate, 1)  # until nobody holds the other end any more
            try:
                work()
            finally:
                os._exit(0 if sys.exc_info()[0] is None else 1)
        children.append(child)
    os.close(opened)
    os.close(gate)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert not any(codes), codes


def main(slug: str, planners: int, claimers: int) -> None:
    from django.utils import timezone

    from posts.content.models import PostPage
    from posts.delivery.mailings import finish, schedule
    from posts.delivery.models import Mailing
    from posts.delivery.worker.drain import drain_ledger

    post = PostPage.objects.get(slug=slug)
    schedule.schedule_mailing(post=post, at=timezone.now() + timedelta(minutes=5), by="faults")
    Mailing.objects.update(starts_at=timezone.now())
    all_at_once(planners, schedule.start_due)

    def claim() -> None:
        drain_ledger(seconds=120)

    all_at_once(claimers, claim)
    finish.finish_done()


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
