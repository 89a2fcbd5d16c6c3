"""Both places in which is counted: the database, and a Redis."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from subscribers.limits import counters

_PLACES = ["database", pytest.param("redis", marks=pytest.mark.only_on("redis"))]


@pytest.fixture(params=_PLACES)
def counted_in(request: pytest.FixtureRequest, settings: LazySettings) -> Iterator[str]:
    place: str = request.param
    if place == "database":
        settings.REDIS_URL = ""
    counters._redis.cache_clear()
    # The keys are those of this test's own database, so no other test's counts are met.
    yield place
    counters._redis.cache_clear()
