"""A Celery worker whose pulse is taken: how long no thread of its process came to its turn.

`python -m tests.faults.pulse FILE worker …`: as `celery -A config worker …`. FILE gets a line for
each silence: when it ended, by the monotonic clock of the machine, and its seconds.
"""

import sys
import threading
import time
from pathlib import Path

EVERY = 0.02  # seconds
SHORTEST = 0.03  # that is noted


def take(file: Path) -> None:
    file.touch()
    before = time.monotonic()
    while True:
        time.sleep(EVERY)
        now = time.monotonic()
        if now - before > SHORTEST:
            with file.open("a") as log:
                log.write(f"{now:.3f} {now - before:.3f}\n")
        before = now


def longest(file: Path, since: float) -> float:
    """Seconds of the longest silence that ended after that."""
    lines = (line.split() for line in file.read_text().splitlines())
    return max((float(silence) for at, silence in lines if float(at) > since), default=0.0)


if __name__ == "__main__":
    from celery.__main__ import main

    threading.Thread(target=take, args=[Path(sys.argv[1])], daemon=True).start()
    sys.argv = ["celery", "-A", "config", *sys.argv[2:]]
    sys.exit(main())
