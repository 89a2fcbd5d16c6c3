"""Freezing a mailing to a million readers, and what the ledger keeps of it. On PostgreSQL.

Planning is `start_mailing`, which is what `send_post` does. Then all batches are claimed and
recorded by the real senders; only the way out is one that accepts everything at once.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_planning.py

DATABASE_URL names the database.
"""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from posts.delivery.mailings.queries import report
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Batch, Delivery, Mailing
from posts.delivery.transports.base import Feed, Notes, Outcome, ServerAnswer
from posts.delivery.worker.senders import SenderPool
from subscribers.models import Newsletter
from tests.benchmarks.measuring import Figures, median, say, sized
from tests.benchmarks.readers import make_readers
from tests.benchmarks.worker import served
from tests.delivery.no_pace import NoPace
from tests.factories import make_newsletter, make_post

READERS = sized(small=20_000, full=1_000_000)
ROUNDS = sized(small=1, full=3)
MOST_SECONDS = sized(small=3.0, full=5.0)
MOST_BYTES = sized(small=180.0, full=160.0)

pytestmark = pytest.mark.django_db(transaction=True)


class Nowhere:
    """A way out that takes everything, and sends it nowhere."""

    name = "nowhere"
    replay_safe = False
    key_lives: timedelta | None = None
    senders = connections = 1
    stays_here = True

    def describe(self) -> str:
        return "nowhere"

    def open(self) -> "Nowhere":
        return self

    def deliver(self, feed: Feed, notes: Notes) -> None:
        for message in feed:
            notes.attempt(message.subscriber_id)
            notes.answer(Outcome(message.subscriber_id, ServerAnswer.ACCEPTED))

    def abort(self) -> None:
        """Nothing here waits for anybody."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def newsletter(settings: Settings, tmp_path: Path) -> Newsletter:
    served()
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    newsletter = make_newsletter()
    with connection.cursor() as cursor:
        make_readers(cursor.execute, vendor="postgresql", newsletter=newsletter.pk, number=READERS)
    return newsletter


def planned(newsletter: Newsletter) -> tuple[Mailing, float]:
    post = make_post(newsletter=newsletter)
    began = time.perf_counter()
    mailing, _ = start_mailing(post=post, by="benchmark")
    return mailing, time.perf_counter() - began


def forget(mailing: Mailing) -> None:
    """As if it had never been: only the last one is mailed."""
    Batch.objects.filter(mailing=mailing).delete()
    Mailing.objects.filter(pk=mailing.pk).delete()


def size_of(table: str) -> int:
    """Bytes on disk, indexes included, once it was vacuumed as autovacuum does."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {table}")
        cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        return int(cursor.fetchone()[0])


def test_planning_is_quick_and_the_ledger_small(newsletter: Newsletter) -> None:
    say(f"\nPlanning a mailing to {READERS:,}, and the ledger it leaves:")
    mailing, took = planned(newsletter)
    times = [took]
    for _ in range(ROUNDS - 1):
        forget(mailing)
        mailing, took = planned(newsletter)
        times.append(took)
    assert mailing.candidates == READERS
    say(f"  planned in {', '.join(f'{each:.2f}' for each in times)} s")
    with Figures() as figures:
        figures.at_most("seconds to plan", median(times), MOST_SECONDS)
        mail_nowhere(mailing)
        say(f"  batches keep {size_of('posts_batch') / READERS:.1f} bytes a recipient")
        kept = size_of("posts_delivery") / READERS
        figures.at_most("bytes a recipient in the ledger", kept, MOST_BYTES)


def mail_nowhere(mailing: Mailing) -> None:
    way_out = Nowhere()
    began = time.perf_counter()
    SenderPool(way_out, way_out, pace=NoPace(), seconds=1_200, senders=1).work()
    took = time.perf_counter() - began
    told = report(mailing)
    assert told.state == Mailing.State.FINISHED
    assert told.deliveries[Delivery.State.ACCEPTED.label] == READERS
    say(f"  claimed and recorded at {READERS / took:,.0f}/s with one sender")
