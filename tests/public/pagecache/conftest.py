from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client

from posts.public.pagecache import generation, store
from tests.rsgi import HOST


def forget() -> None:
    store.memory.clear()
    generation._known.forget()
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
