from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client

from posts.content import generations
from posts.public.pagecache import shelf

HOST = "localhost:8000"  # of the SITE_URL under test


def forget() -> None:
    shelf.memory.clear()
    generations._known.forget()
    caches["pages"].clear()


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def reader() -> Client:
    """Somebody who asks for the site by its own name, as all but our other tests do."""
    return Client(headers={"host": HOST})
