"""No text makes a reader take more than a fair multiple of what its length explains: what eight
times as much costs in CPU and memory is compared with what it costs once. Then the figures, for 2,
4 and 8 times as much.

uv run pytest -s tests/benchmarks/test_readers.py
"""

import logging
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.benchmarks.measuring import MB, Figures, say, sized
from tests.factories import make_newsletter
from tests.growth.measuring import (
    MOST,
    SHORTEST,
    growth_of_memory,
    growth_of_time,
    patience,
    peak,
    seconds,
    unhindered,
)
from tests.growth.readers import ENVELOPES, READERS, Reader
from tests.growth.shapes import Shape

TIMES = (1, 2, 4, 8)
TRIES = sized(small=1, full=3)
# As much as makes a second's work of what is worked hardest at.
SIZES = {"HTML": 4_000, "Markdown": 4_000, "plain text": 4_000, "CSV": 15_000}
USUAL = 60_000
MAIL = "a returned mail"
MOST_FOR_A_MAIL = sized(small=0.5, full=0.1)  # seconds of CPU for 500,000 bytes


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def figures(reader: Reader, make: Shape, size: int) -> tuple[list[float], list[int]]:
    """Seconds and bytes for each multiple of the size."""
    reader(make(SHORTEST))
    texts = [make(size * times) for times in TIMES]
    best = [min(seconds(reader, text) for _ in range(TRIES)) for text in texts]
    return best, [peak(reader, text) for text in texts]


@pytest.mark.django_db
@pytest.mark.parametrize("name", READERS)
def test_eight_times_as_much_costs_no_more_than_its_share(name: str, settings: Settings) -> None:
    settings.EMAIL_URL = ENVELOPES
    make_newsletter()
    with unhindered():
        assert list(too_costly(READERS[name])) == []


def too_costly(reader: Reader) -> Iterator[str]:
    for shape, make in reader.shapes.items():
        try:
            with patience():
                reader(make(100))  # whatever is loaded at the first time
                time = growth_of_time(reader, make, first=reader.first, largest=reader.largest)
                memory = growth_of_memory(reader, make, max(time.size // 32, 50))
        except Exception as error:  # noqa: BLE001 - the others are looked at, too
            yield f"{shape}: {error!r}"
            continue
        if time.ratio >= MOST:
            yield f"{shape}: seconds of {time}"
        if memory.ratio >= MOST:
            yield f"{shape}: bytes of {memory}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", READERS)
def test_growth(name: str, settings: Settings) -> None:
    settings.EMAIL_URL = ENVELOPES
    make_newsletter()
    reader = READERS[name]
    size = sized(small=1_000, full=SIZES.get(name, USUAL))
    longest = 0.0
    say(f"\n{name}, of {size:,} characters and 2, 4, 8 times as many")
    say(f"  {'':40} {'ms of CPU':>31}   {'MB at most':>27}")
    with unhindered():
        for shape, make in reader.shapes.items():
            with patience(300):
                times, memory = figures(reader, make, size)
            spent = "".join(f"{one * 1_000:8.1f}" for one in times)
            held = "".join(f"{one / MB:7.1f}" for one in memory)
            say(f"  {shape[:40]:40} {spent}   {held}")
            longest = max(longest, times[-1])
    if name == MAIL:
        with Figures() as judged:
            judged.at_most("seconds of CPU for the worst mail", longest, MOST_FOR_A_MAIL)
