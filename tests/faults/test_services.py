"""Redis forgets everything, is away and comes back empty; PostgreSQL is restarted."""

import os
import time
from pathlib import Path

from tests.faults.books import agree, books
from tests.faults.services import Postgres, Redis
from tests.faults.site import Site, finish, wait_until
from tests.sink import free_port

FULL = os.environ.get("FAULTS_SIZE") == "full"
AWAY = 60 if FULL else 10  # seconds
RATE = 500 if FULL else 200
READERS = 60_000 if FULL else 6_000


def test_without_redis_and_with_postgresql_restarted_nobody_is_lost_or_in_doubt(
    tmp_path: Path,
) -> None:
    port = free_port()
    with (
        Postgres() as postgres,
        Redis() as redis,
        Site(
            tmp_path,
            DATABASE_URL=postgres.url,
            REDIS_URL=redis.url,
            EMAIL_URL=f"smtp://127.0.0.1:{port}",
        ) as site,
    ):
        taken_for = site.start_sink(port, rate=RATE)
        slug = site.prepare(READERS)

        def goes_on(more: int = RATE) -> None:
            mark = len(taken_for()) + more
            wait_until(lambda: len(taken_for()) >= mark, seconds=90)
            assert len(taken_for()) < READERS, "it came too late to mean anything"

        for name in ("one", "two"):
            site.start_worker("-n", f"{name}@localhost")
        wait_until(lambda: redis.waiting() == 2, seconds=60)
        redis.stop()
        assert site.ask("send_post", slug)["created"]  # nobody hears the bell
        redis.start()
        goes_on()
        redis.flush()
        goes_on()
        redis.stop()
        time.sleep(AWAY)
        assert site.report(slug)["accounted"]
        redis.start()
        goes_on()
        postgres.restart()
        goes_on()
        finish(site, slug, seconds=300)
        found = books(site, slug)
        agree(found, taken_for())
        # No worker died, so each knows what became of what it had in hand.
        assert found["accepted"] == READERS
