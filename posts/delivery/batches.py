"""Ringing: telling workers that the ledger has work. Losing a ring is harmless.

The broker may be down or forget everything; the sweep rings again for whatever is due.
"""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

from posts.delivery.worker.ledger import due

logger = logging.getLogger(__name__)

MOST_RINGS = 16  # at once; the sweep rings for more
EXPIRES = 60  # seconds; whoever comes later is rung by the sweep


def ring(most: int = MOST_RINGS) -> bool:
    """Wake a worker for each due batch, `most` of them. False when the broker is out of reach:
    the desk and `doctor` say so, the sweep rings later, and nothing is lost."""
    waiting = due()[:most].count()
    try:
        for _ in range(waiting):
            current_app.send_task("posts.delivery.tasks.drain", retry=False, expires=EXPIRES)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached (%s); the sweep will ring again.", error)
        return False
    return True
