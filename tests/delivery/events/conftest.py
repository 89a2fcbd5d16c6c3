import pytest

from posts.delivery.models import Mailing
from subscribers.models import Subscriber
from tests.delivery.events.making import handed_over, readers_of


@pytest.fixture
def mailing() -> Mailing:
    """Handed over to two readers."""
    return handed_over(2)


@pytest.fixture
def person(mailing: Mailing) -> Subscriber:
    return readers_of(mailing)[0]
