import pytest

from posts.content.actions import Foundation, ensure_site
from subscribers.keys import forget_cached_keys


@pytest.fixture(autouse=True)
def _fresh_keys() -> None:
    """Each test has a database of its own, and so keys of its own."""
    forget_cached_keys()


@pytest.fixture
def site(db: None) -> Foundation:
    return ensure_site()
