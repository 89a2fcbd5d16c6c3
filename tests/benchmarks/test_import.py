"""An import in full beside the bare least: the same columns of the same rows into the same tables.

Bare is, on PostgreSQL, a COPY of ready lines into a staging table and an INSERT … ON CONFLICT for
each table; on SQLite `executemany`, without reading, checking, comparing or reporting anything.
They take turns within the same run, each into empty tables; who begins changes from round to round.
"""

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction

from subscribers.lists.csv_file import open_file
from subscribers.lists.importer import CHUNK, Import
from subscribers.models import Newsletter
from tests.benchmarks.measuring import Figures, median, say, sized

ROWS = sized(small=20_000, full=1_000_000)
FEW = sized(small=10_000, full=100_000)
ROUNDS = sized(small=1, full=2)
LEAST_OF_BARE = sized(small=0.15, full=0.5)
MOST_MEMORY = sized(small=1.3, full=1.1)
TABLES = (
    "subscribers_consentevent",
    "subscribers_subscription",
    "subscribers_subscriber",
)
PERSON = ["en", "full", "html", "each"]
STAGING = """CREATE TEMPORARY TABLE bare (
    email text, address text, name text, header_token uuid, body_token uuid)"""
PEOPLE = """INSERT INTO subscribers_subscriber (email, address, name, locale, edition, format,
    pace, large_text, discreet, created_at)
SELECT email, address, name, 'en', 'full', 'html', 'each', false, false, now() FROM bare
ON CONFLICT DO NOTHING"""
TIES = """INSERT INTO subscribers_subscription
    (subscriber_id, newsletter_id, status, header_token, body_token, created_at)
SELECT id, {newsletter}, 'active', header_token, body_token, now()
FROM bare JOIN subscribers_subscriber USING (address) ON CONFLICT DO NOTHING"""
EVENTS = """INSERT INTO subscribers_consentevent
    (subscriber_id, newsletter_id, kind, wording, wording_version, source, by, at)
SELECT id, {newsletter}, 'imported', '', '', 'moved', 'bench', now()
FROM bare JOIN subscribers_subscriber USING (address) ON CONFLICT DO NOTHING"""


def make_list(path: Path, rows: int, who: str = "Reader") -> Path:
    with path.open("w") as file:
        file.write("email,name\n")
        file.writelines(f"{who}{n}@mail{n % 500}.example.org,Reader {n}\n" for n in range(rows))
    return path


def empty() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE subscribers_subscriber RESTART IDENTITY CASCADE")
            return
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")


@contextmanager
def timed(what: str, into: list[float]) -> Iterator[None]:
    empty()
    begun = time.perf_counter()
    yield
    rate = ROWS / (time.perf_counter() - begun)
    say(f"  {what}: {rate:,.0f} rows/s")
    into.append(rate)


def people() -> Iterator[tuple[str, str, str, str, str]]:
    for n in range(ROWS):
        address = f"reader{n}@mail{n % 500}.example.org"
        yield address, address, f"Reader {n}", secrets.token_hex(16), secrets.token_hex(16)


def bare_postgresql(lines: list[str], newsletter: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for start in range(0, len(lines), 1_000):
                copy.write("".join(lines[start : start + 1_000]))
        for sql in (PEOPLE, TIES, EVENTS):
            cursor.execute(sql.format(newsletter=newsletter))
        cursor.execute("DROP TABLE bare")


def bare_sqlite(rows: list[tuple[str, str, str, str, str]], newsletter: int) -> None:
    now = "2026-01-01 00:00:00"
    marks = ", ".join
    for start in range(0, len(rows), CHUNK):
        some = list(enumerate(rows[start : start + CHUNK], start + 1))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO subscribers_subscriber (id, email, address, name, locale, edition, "
                "format, pace, large_text, discreet, created_at) VALUES ("
                f"{marks(['%s'] * 11)})",
                [(n, *row[:3], *PERSON, 0, 0, now) for n, row in some],
            )
            cursor.executemany(
                "INSERT INTO subscribers_subscription (subscriber_id, newsletter_id, status, "
                f"header_token, body_token, created_at) VALUES ({marks(['%s'] * 6)})",
                [(n, newsletter, "active", *row[3:], now) for n, row in some],
            )
            cursor.executemany(
                "INSERT INTO subscribers_consentevent (subscriber_id, newsletter_id, kind, "
                f"wording, wording_version, source, by, at) VALUES ({marks(['%s'] * 8)})",
                [(n, newsletter, "imported", "", "", "moved", "bench", now) for n, _ in some],
            )


@pytest.mark.django_db(transaction=True)
def test_an_import_in_full_is_not_much_slower_than_the_bare_least(tmp_path: Path) -> None:
    say(f"\nImport of {ROWS:,} rows on {connection.vendor}:")
    newsletter = Newsletter.objects.create(name="Letters", slug="letters")
    path = make_list(tmp_path / "list.csv", ROWS)
    on_postgresql = connection.vendor == "postgresql"
    rows = list(people())
    lines = ["\t".join(row) + "\n" for row in rows] if on_postgresql else []
    ours: list[float] = []
    bare: list[float] = []

    def run_bare() -> None:
        with timed("bare", bare):
            if on_postgresql:
                bare_postgresql(lines, newsletter.pk)
            else:
                bare_sqlite(rows, newsletter.pk)

    def run_ours() -> None:
        job = Import(newsletter=newsletter, confirmed=True, source="moved", by="bench")
        with timed("in full", ours):
            job.run(open_file(path).rows(), reject=lambda row: None)
        assert job.totals.added == ROWS

    for number in range(ROUNDS):
        turns = [run_bare, run_ours]
        for turn in turns if number % 2 else reversed(turns):
            turn()
    with Figures() as figures:
        ratio = median(a / b for a, b in zip(ours, bare, strict=True))
        figures.at_least("import, as a ratio to bare", ratio, LEAST_OF_BARE)


MEASURED = """
import django; django.setup()
import sys
from pathlib import Path
from subscribers.lists.importer import Import
from subscribers.lists.csv_file import open_file
from subscribers.models import Newsletter
newsletter = Newsletter.objects.create(name=sys.argv[1], slug=sys.argv[2])
for dry_run in (True, False):
    job = Import(
        newsletter=newsletter, confirmed=True, source="moved", by="bench", dry_run=dry_run
    )
    job.run(open_file(Path(sys.argv[1])).rows(), reject=lambda row: None)
# Not ru_maxrss, which begins with what the process that started us had.
[line] = [line for line in Path("/proc/self/status").open() if line.startswith("VmHWM:")]
print(int(line.split()[1]) / 1024)
"""


def environment(data: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(data),
        "PYTHONPATH": str(Path.cwd()),
    }


def peak(path: Path, data: Path, name: str) -> float:
    """MB that a process of its own needed at most, for a dry run and for the import itself."""
    command = [sys.executable, "-c", MEASURED, str(path), name]
    done = subprocess.run(
        command, env=environment(data), check=True, timeout=900, capture_output=True, text=True
    )
    found = float(done.stdout.splitlines()[-1])
    say(f"  {name}: {found:,.0f} MB at most")
    return found


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    say(f"\nMemory of an import of {ROWS:,} rows beside one of {FEW:,}, on SQLite:")
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env=environment(tmp_path), check=True, timeout=300)
    few = peak(make_list(tmp_path / "few.csv", FEW, "Few"), tmp_path, "few")
    many = peak(make_list(tmp_path / "many.csv", ROWS, "Many"), tmp_path, "many")
    with Figures() as figures:
        figures.at_most("peak memory, as a ratio", many / few, MOST_MEMORY)
