import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from posts.delivery import clock
from posts.delivery.pace.models import SendingSettings

# A Tuesday, 10:00 in Brussels.
TEN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """The database's clock, in a test's hand."""

    now: datetime = TEN

    def pass_(self, seconds: float = 0, **more: float) -> None:
        self.now += timedelta(seconds=seconds, **more)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    monkeypatch.setattr(clock, "exact_now", lambda: fake.now)
    return fake


@pytest.fixture
def limit(db: None) -> Callable[..., SendingSettings]:
    """Set the site's limits, as the desk does."""

    def save(**values: Any) -> SendingSettings:
        assert not any(isinstance(v, float) and math.isnan(v) for v in values.values())
        row, _ = SendingSettings.objects.update_or_create(pk=1, defaults=values)
        return row

    return save


@pytest.fixture(autouse=True)
def _brussels(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Brussels"
