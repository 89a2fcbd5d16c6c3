import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from posts.delivery.worker.shutdown import stopping
from tests.sink import Sink


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    """Outbox and journals of each test for itself."""
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def _not_stopping() -> Iterator[None]:
    yield
    stopping.clear()


@pytest.fixture
def send_to(settings: Settings) -> Callable[[Sink], None]:
    """Point the site's transport at a sink."""

    def point(sink: Sink) -> None:
        settings.EMAIL_URL = f"{sink.url}?connections=1"

    return point


@pytest.fixture
def journal_folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "journal"
    shutil.rmtree(tmp_path / "journal", ignore_errors=True)
