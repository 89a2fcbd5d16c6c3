import pytest
from django.contrib.auth.models import User

from tests.desk.staff.steps import give_app


@pytest.fixture
def app(owner: User) -> str:
    """The owner has an app that shows codes; its secret."""
    return give_app(owner)
