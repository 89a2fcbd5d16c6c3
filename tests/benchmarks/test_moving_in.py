"""A large export comes in to its end: with as much memory as a small one, each letter within some
milliseconds, and every address at which it was read leads to it.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_moving_in.py
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PlainPage, PostPage
from subscribers.models import Subscriber, Subscription
from tests.benchmarks.measuring import MB, Figures, forget_peak, memory, say, sized
from tests.factories import ensure_collection
from tests.moving_in import exports

FEW = sized(small=50, full=200)
MANY = sized(small=200, full=2_000)
MOST_GROWN_MB = 40.0
MOST_MS_A_LETTER = sized(small=400.0, full=200.0)  # of a processor
LARGE = sized(small=20 * MB, full=500 * MB)
WORDS = "Some mornings ask for nothing, and the kettle is a good beginning of all others. "

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(site: Foundation, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    ensure_collection()


def html(number: int) -> str:
    """A letter of some eight thousand characters, with a picture in every tenth."""
    paragraphs = "".join(f"<p>{WORDS * 4}</p><h2>Part {part}</h2>" for part in range(20))
    picture = f'<figure><img src="/content/images/{number}.png" alt="A cup"></figure>'
    return f"<p>It was day {number}.</p>{paragraphs}{picture if number % 10 == 0 else ''}"


def ghost_slug(number: int) -> str:
    """Every tenth is longer than one of ours, so that it gets another here."""
    return f"letter-{number}" if number % 10 else f"letter-{number}{'-and-more' * 10}"


def ghost(path: Path, number: int) -> Path:
    posts = [
        exports.ghost_post(
            n,
            html=html(n) if n % 3 else None,
            lexical=exports.lexical(*([WORDS * 4] * 20)),
            slug=ghost_slug(n),
            feature_image=f"__GHOST_URL__/content/images/{n}.png" if n % 10 == 0 else None,
            type="page" if n % 100 == 50 else "post",
        )
        for n in range(number)
    ]
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("site.json", json.dumps(exports.ghost_json(posts)))
        for n in range(0, number, 10):
            archive.writestr(f"content/images/{n}.png", exports.picture(f"#{n:06x}"))
    return path


def wordpress(path: Path, number: int) -> Path:
    path = path.with_suffix(".xml")
    with path.open("w") as file:
        file.write(exports.WXR_HEAD)
        for n in range(number):
            kind = "page" if n % 100 == 50 else "post"
            file.write(exports.wxr_item(n + 1, html(n), wp__post_type=kind))
        file.write(exports.WXR_END)
    return path


def old_addresses(system: str, number: int) -> Iterator[tuple[str, str]]:
    """Each, with the title of what it has to lead to."""
    for n in range(number):
        if system == "wordpress":
            yield f"/2021/05/entry-{n + 1}/", f"Entry {n + 1}"
            yield f"/?p={n + 1}", f"Entry {n + 1}"
        else:
            yield f"/{ghost_slug(n)}/", f"Letter {n}"


def brought(system: str, path: Path, *options: str) -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("import_from", system, str(path), *options, "--json", stdout=out, stderr=out)
    except CommandError as error:
        raise AssertionError(out.getvalue()[-2_000:]) from error
    told: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return told


def measured(what: str, call: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of a processor, and MB at most meanwhile."""
    forget_peak(os.getpid())
    begun, busy = time.perf_counter(), time.process_time()
    call()
    wall, busy = time.perf_counter() - begun, time.process_time() - busy
    most = memory(os.getpid(), "VmHWM")
    say(f"  {what}: {wall:.1f} s, {busy:.1f} s of a processor, {most:,.0f} MB")
    return busy, most


EXPORTS = {"ghost": ghost, "wordpress": wordpress}


@pytest.mark.parametrize("system", EXPORTS)
def test_thousands_of_letters_come_and_each_is_found_where_it_was(
    system: str, tmp_path: Path
) -> None:
    say(f"\n{MANY:,} letters from {system} beside {FEW:,}, on {connection.vendor}:")
    few = EXPORTS[system](tmp_path / f"few-{system}.zip", FEW)
    many = EXPORTS[system](tmp_path / f"many-{system}.zip", MANY)
    brought(system, few, "--dry-run")  # what is loaded once would be the first one's share
    _, before = measured(f"{FEW:,}", lambda: brought(system, few))
    PostPage.objects.all().delete()
    PlainPage.objects.all().delete()
    busy, most = measured(f"{MANY:,}", lambda: brought(system, many))
    assert PostPage.objects.count() + PlainPage.objects.count() == MANY
    again, _ = measured("the same once more", lambda: brought(system, many))
    assert PostPage.objects.count() + PlainPage.objects.count() == MANY
    led, stayed = walked(system)
    say(f"  old addresses: {led:,} led with a 301, {stayed:,} are the letter’s here, too")
    with Figures() as figures:
        figures.at_most("MB more than for few", most - before, MOST_GROWN_MB)
        figures.at_most("ms of a processor a letter", busy * 1_000 / MANY, MOST_MS_A_LETTER)
        figures.at_most("share of it, once more", again / busy, 0.5)


def walked(system: str) -> tuple[int, int]:
    """How many old addresses lead to their letter by a 301, and how many are still its own."""
    client, led, stayed = Client(), 0, 0
    for address, title in old_addresses(system, MANY):
        answer = client.get(address)
        if answer.status_code == 301:
            assert answer["Location"].startswith("/"), answer["Location"]
            answer = client.get(answer["Location"])
            led += 1
        else:
            stayed += 1
        assert answer.status_code == 200, address
        assert f"<title>{title}" in answer.text, address
    return led, stayed


def wide_rows(size: int, who: str = "reader") -> Iterator[str]:
    yield "id,email,name,note,subscribed_to_emails,created_at\r\n"
    row = f'{{0}},{who}{{0}}@example.org,Reader {{0}},"{{1}}",true,2023-01-01T00:00:00.000Z\r\n'
    note = WORDS * 24
    yield from (row.format(n, note) for n in range(size // len(row.format(0, note))))


def one_line(size: int, who: str = "reader") -> Iterator[str]:
    yield f"id,email,name\r\n1,{who}@example.org,"
    yield from ("x" * 1_000_000 for _ in range(size // 1_000_000))


Rows = Callable[[int, str], Iterator[str]]


def with_list(path: Path, rows: Rows, size: int) -> tuple[Path, int]:
    """An export with one letter and a list of so many bytes, and how many lines that has."""
    lines = 0
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        post = exports.ghost_post(size)
        archive.writestr("site.json", json.dumps(exports.ghost_json([post])))
        with archive.open("members.csv", "w", force_zip64=True) as file:
            for line in rows(size, f"of-{size}-"):
                file.write(line.encode())
                lines += 1
    return path, lines


@pytest.mark.parametrize(("rows", "comes"), [(wide_rows, True), (one_line, False)])
def test_a_huge_list_within_a_zip_comes_or_is_refused_and_needs_no_more_memory(
    tmp_path: Path, rows: Rows, comes: bool
) -> None:
    agreed = ("--confirmed", "--source", "Ghost, May 2026")
    say(f"\nA list of {LARGE / MB:,.0f} MB ({rows.__name__}) in a zip, on {connection.vendor}:")
    few, _lines = with_list(tmp_path / "few.zip", rows, LARGE // 10)
    _, before = measured("a tenth of it", lambda: brought("ghost", few, *agreed))
    there = Subscriber.objects.count()
    path, lines = with_list(tmp_path / "export.zip", rows, LARGE)
    told: list[dict[str, Any]] = []
    _, most = measured("it", lambda: told.append(brought("ghost", path, *agreed)))
    [people] = told[0]["lists"]
    say(f"  {people}")
    came = lines - 1 if comes else 0  # the first one has nobody
    assert Subscriber.objects.count() - there == people["added"] == came
    assert Subscription.objects.count() == Subscriber.objects.count()
    assert people["rejected"] == (0 if comes else 1)
    assert PostPage.objects.count() == 2
    if not comes:
        [rejects] = tmp_path.glob("export.zip*.rejects.csv")
        say(f"  {rejects.read_text()[:300]} … ({rejects.stat().st_size:,} bytes)")
    with Figures() as figures:
        figures.at_most("MB more than for a tenth", most - before, MOST_GROWN_MB)
