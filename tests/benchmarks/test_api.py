"""The API beside what it is made of: lists through it beside the import of the same people, and
reads beside bare views of the same queries. They take turns within the same run.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_api.py

On SQLite; with DATABASE_URL, on that PostgreSQL.
"""

import json
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from posts.api import limits
from posts.api.schemas.people import MOST_IN_BULK
from posts.content.actions import ensure_site
from posts.delivery.models import Mailing
from posts.desk.programs import tokens
from posts.desk.programs.scopes import SCOPES
from subscribers.limits.throttle import Limit
from subscribers.lists.csv_file import open_file
from subscribers.lists.importer import Import
from tests.benchmarks.measuring import Figures, median, say, sized
from tests.benchmarks.readers import make_readers
from tests.benchmarks.test_import import empty, make_list
from tests.factories import make_newsletter, make_post

ROWS = sized(small=10_000, full=100_000)
ROUNDS = sized(small=3, full=5)
LEAST_OF_IMPORT = sized(small=0.3, full=0.5)
READS = sized(small=15, full=101)
POSTS = sized(small=120, full=300)
MOST_OF_BARE = sized(small=2.5, full=1.5)
CONSENT = {"source": "a talk", "date": "2026-05-03"}
LISTS = ("posts", "public/posts", "subscribers", "mailings")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def headers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("PER_TOKEN", "PER_NETWORK"):
        monkeypatch.setattr(limits, name, Limit(10**9, limits.PER_TOKEN.lasts))
    owner = User.objects.create_superuser("ada", "ada@letters.example", "rest")
    return {"Authorization": f"Bearer {tokens.make(name='Any', scopes=SCOPES, by=owner)[1]}"}


def through_the_api(bodies: list[str], headers: dict[str, str]) -> None:
    client = Client()
    for body in bodies:
        answer = client.post("/api/v1/subscribers/bulk", body, "application/json", headers=headers)
        assert answer.json()["added"] == MOST_IN_BULK, answer.content[:300]


def test_many_people_come_in_at_least_half_as_fast_as_from_a_list(
    headers: dict[str, str], tmp_path: Path
) -> None:
    newsletter = ensure_site().newsletter
    path = make_list(tmp_path / "readers.csv", ROWS)
    rows = [
        {"address": f"Reader{n}@mail{n % 500}.example.org", "name": f"Reader {n}"}
        for n in range(ROWS)
    ]
    bodies = [
        json.dumps({"consent": CONSENT, "subscribers": rows[n : n + MOST_IN_BULK]})
        for n in range(0, ROWS, MOST_IN_BULK)
    ]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        empty()
        begun = time.perf_counter()
        job = Import(newsletter=newsletter, confirmed=True, source="a talk", by="bench")
        job.run(open_file(path).rows(), reject=lambda row: None)
        theirs.append(ROWS / (time.perf_counter() - begun))
        assert job.totals.added == ROWS
        empty()
        begun = time.perf_counter()
        through_the_api(bodies, headers)
        ours.append(ROWS / (time.perf_counter() - begun))
    share = median(ours) / median(theirs)
    say(f"\n{ROWS:,} people: {median(theirs):,.0f} rows/s from a list,")
    say(f"  {median(ours):,.0f} rows/s through the API, which is {share:.2f} of it")
    assert share >= LEAST_OF_IMPORT


def test_a_read_takes_little_more_than_a_bare_view_of_the_same_query(
    headers: dict[str, str], settings: LazySettings
) -> None:
    settings.ROOT_URLCONF = "tests.benchmarks.bare_api"
    newsletter = make_newsletter()
    with connection.cursor() as cursor:
        make_readers(
            cursor.execute, vendor=connection.vendor, newsletter=newsletter.pk, number=2_000
        )
    for _ in range(POSTS):
        make_post(newsletter=newsletter)
    Mailing.objects.bulk_create(
        Mailing(newsletter=newsletter, kind=Mailing.Kind.CORRECTION) for _ in range(POSTS)
    )
    client = Client()
    say("\nA page of 100, in ms: through the API, a bare view of it, how many times as long")
    with Figures() as figures:
        for name in LISTS:
            ours, bare = [], []
            for _ in range(READS):
                ours.append(timed(client, f"/api/v1/{name}?limit=100", headers))
                bare.append(timed(client, f"/bare/{name}", {}))
            ratio = median(ours) / median(bare)
            say(f"  {name:>14}  {median(ours):6.1f} {median(bare):6.1f}  {ratio:.2f}")
            figures.at_most(f"{name}, of a bare view", ratio, MOST_OF_BARE)


def timed(client: Client, address: str, headers: dict[str, str]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    answer = client.get(address, headers=headers)
    took = (time.perf_counter() - begun) * 1_000
    assert answer.status_code == 200
    assert len(answer.json()["data"]) == 100
    return took
