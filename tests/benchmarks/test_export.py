"""An export begins at once, and needs as much memory for many people as for few.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_export.py

On SQLite; with DATABASE_URL, on that PostgreSQL.
"""

import os
import time

import pytest
from django.db import connection

from subscribers.lists.exporter import export
from subscribers.models import Newsletter
from tests.benchmarks.measuring import Figures, forget_peak, memory, say, sized
from tests.benchmarks.readers import make_readers

FEW = sized(small=6_000, full=100_000)
MANY = sized(small=20_000, full=1_000_000)
MOST_SECONDS = 1.0  # until people are in what was given, not only the names of the columns
MOST_GROWN_MB = 10.0


def run(newsletter: Newsletter) -> tuple[float, float, int]:
    """Seconds to the first people, MB at most meanwhile, and how many people."""
    forget_peak(os.getpid())
    begun, first, people = time.perf_counter(), 0.0, 0
    for _piece, some in export(newsletter):
        people += some
        first = first or (time.perf_counter() - begun if some else 0.0)
    peak = memory(os.getpid(), "VmHWM")
    rate = people / (time.perf_counter() - begun)
    say(f"  {people:,} people: first after {first:.3f} s, {rate:,.0f} a second, {peak:,.0f} MB")
    return first, peak, people


@pytest.mark.django_db(transaction=True)
def test_an_export_begins_at_once_and_memory_stays_flat() -> None:
    say(f"\nExport of {MANY:,} people beside {FEW:,} on {connection.vendor}:")
    newsletters = []
    for slug, number in (("few", FEW), ("many", MANY)):
        newsletter = Newsletter.objects.create(name=slug, slug=slug)
        with connection.cursor() as cursor:
            make_readers(
                cursor.execute, vendor=connection.vendor, newsletter=newsletter.pk, number=number
            )
        newsletters.append(newsletter)
    run(newsletters[0])  # what is loaded once would otherwise be the first one's share
    _, few, _ = run(newsletters[0])
    first, many, people = run(newsletters[1])
    assert people == MANY
    with Figures() as figures:
        figures.at_most("seconds to the first people", first, MOST_SECONDS)
        figures.at_most("MB more for many than for few", many - few, MOST_GROWN_MB)
