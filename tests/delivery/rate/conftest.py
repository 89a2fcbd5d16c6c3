from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from posts.delivery import clock
from posts.delivery.rate.models import SendingSettings

TEN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, ten o'clock in Brussels
Limit = Callable[..., SendingSettings]


@dataclass
class FakeClock:
    """The database's clock, in a test's hand."""

    now: datetime = TEN

    def go_on(self, seconds: float = 0, **more: float) -> None:
        self.now += timedelta(seconds=seconds, **more)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    fake = FakeClock()
    monkeypatch.setattr(clock, "exact_now", lambda: fake.now)
    return fake


@pytest.fixture
def limit() -> Limit:
    """Set the site's limits, as the desk does."""

    def save(**values: Any) -> SendingSettings:
        row, _ = SendingSettings.objects.update_or_create(pk=1, defaults=values)
        return row

    return save


@pytest.fixture(autouse=True)
def _in_brussels(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Brussels"
