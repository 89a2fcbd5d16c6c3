from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client

from posts.content import generations
from posts.public.pagecache import shelf
from tests.rsgi import HOST


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
