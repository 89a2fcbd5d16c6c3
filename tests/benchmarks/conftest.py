import signal
from collections.abc import Iterator
from types import FrameType
from typing import Literal

import pytest

from tests.benchmarks.measuring import sized
from tests.benchmarks.worker import EMBEDDED, Bench, bench, served

# A fresh database for each figure at full size; making them is most of the work of a small run.
SCOPE: Literal["session", "module"] = sized(small="session", full="module")


def pytest_configure(config: pytest.Config) -> None:
    """`timeout` and CI end us with SIGTERM. Workers, sinks and databases have to go with us: a
    worker that stays would take the rings of the next run's."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: FrameType | None) -> None:
    pytest.exit("asked to end", returncode=1)


@pytest.fixture(scope=SCOPE)
def with_services() -> Iterator[Bench]:
    """A site on PostgreSQL and Redis."""
    with bench(**served()) as site:
        yield site


@pytest.fixture(scope=SCOPE)
def embedded() -> Iterator[Bench]:
    """A site with nothing: SQLite, and a broker made of files."""
    with bench(**EMBEDDED) as site:
        yield site
