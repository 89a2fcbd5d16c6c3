"""Beat by a clock that may be set back."""

from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """Celery's waits until the clock has caught up with the last run of an entry: set back by an
    hour, it would ring nobody for an hour."""

    def setup_schedule(self) -> None:
        super().setup_schedule()
        # What was left while nothing ran waits for no interval, and is seen to ring.
        self.schedule["sweep"].last_run_at = self.app.now() - timedelta(days=1)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self.forget_the_future()
        return float(super().tick(*args, **kwargs))

    def forget_the_future(self) -> None:
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if (entry.last_run_at or now) > now]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            self._heap = None  # which holds times by the old clock; `tick` makes a new one
