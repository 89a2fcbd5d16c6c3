"""A site of many readers is taken along, and comes in, with as much memory as one of few.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_moving.py

On SQLite; with DATABASE_URL, on that PostgreSQL.
"""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from posts.content.actions import ensure_site
from posts.management.moving.coming_in import take_in
from posts.management.moving.leaving import export
from posts.management.preparing import prepare_database
from subscribers import keys
from subscribers.models import ConsentEvent, Subscriber
from tests.benchmarks.measuring import Figures, forget_peak, memory, say, sized
from tests.benchmarks.readers import make_readers

FEW = sized(small=2_000, full=10_000)
MANY = sized(small=20_000, full=100_000)
MOST_GROWN_MB = 30.0


def peak(what: str, call: Any) -> float:
    """MB at most meanwhile."""
    forget_peak(os.getpid())
    begun = time.perf_counter()
    call()
    most = memory(os.getpid(), "VmHWM")
    say(f"  {what}: {time.perf_counter() - begun:.1f} s, {most:,.0f} MB")
    return most


def there_and_back(number: int, folder: Path) -> tuple[float, float]:
    call_command("flush", interactive=False, verbosity=0)
    keys.forget_cached_keys()
    newsletter = ensure_site().newsletter
    with connection.cursor() as cursor:
        make_readers(
            cursor.execute, vendor=connection.vendor, newsletter=newsletter.pk, number=number
        )
        # By the database: what Python takes for so many rows, it keeps for a while.
        cursor.execute(
            "INSERT INTO subscribers_consentevent (subscriber_id, newsletter_id, kind, wording,"
            " wording_version, source, by, at) SELECT id, %s, 'confirmed', '', '', '/', '',"
            " created_at FROM subscribers_subscriber",
            [newsletter.pk],
        )
    out = peak(f"out, {number:,} people", lambda: export(folder, with_site=False))
    call_command("flush", interactive=False, verbosity=0)
    keys.forget_cached_keys()
    prepare_database()
    back = peak(f"in, {number:,} people", lambda: take_in(folder))
    assert Subscriber.objects.count() == ConsentEvent.objects.count() == number
    return out, back


@pytest.mark.django_db(transaction=True)
def test_memory_stays_flat_out_and_in(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OBJECTIONS_DIR = tmp_path / "objections"
    say(f"\nEverything of {MANY:,} readers beside {FEW:,}, on {connection.vendor}:")
    there_and_back(FEW, tmp_path / "first")  # what is loaded once would be the first one's share
    few = there_and_back(FEW, tmp_path / "few")
    many = there_and_back(MANY, tmp_path / "many")
    with Figures() as figures:
        figures.at_most("MB more on the way out", many[0] - few[0], MOST_GROWN_MB)
        figures.at_most("MB more on the way in", many[1] - few[1], MOST_GROWN_MB)
