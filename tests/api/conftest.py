import pytest
from django.contrib.auth.models import User

from posts.content.actions import Foundation
from tests.api.calling import Program


@pytest.fixture
def owner(site: Foundation) -> User:
    return User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")


@pytest.fixture
def program(owner: User) -> Program:
    """One that may do everything."""
    return Program(owner)


@pytest.fixture
def stranger(site: Foundation) -> Program:
    """One without a token."""
    return Program(None)
