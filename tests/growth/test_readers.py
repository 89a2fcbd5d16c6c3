"""No text makes a reader take more than a fair multiple of what its length explains.

Each reader gets each shape at several lengths; what eight times as much costs in CPU and memory is
compared with what it costs once. The figures: uv run pytest -s tests/benchmarks/test_readers.py
"""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.factories import make_newsletter
from tests.growth.measuring import MOST, growth_of_memory, growth_of_time, patience, unhindered
from tests.growth.readers import ENVELOPES, READERS, Reader

pytestmark = pytest.mark.django_db


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
