import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.delivery.status import worker_seen
from tests.factories import (
    ensure_collection,
    make_member,
    make_newsletter,
    make_post,
    make_subscriber,
)


@pytest.fixture
def owner(site: Foundation) -> User:
    return User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")


@pytest.fixture
def desk(owner: User) -> Client:
    """A browser in which the owner is signed in."""
    ensure_collection()
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def editor(site: Foundation) -> Client:
    """A browser of somebody who may write and may not publish."""
    client = Client()
    client.force_login(make_member("ben", group="Editors"))
    return client


@pytest.fixture
def outbox_folder() -> Iterator[Path]:
    folder = Path(settings.DATA_DIR) / "outbox"
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(parents=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def draft(site: Foundation) -> PostPage:
    """A post that three people are to get, and a worker who is there."""
    newsletter = make_newsletter()
    for _ in range(3):
        make_subscriber(newsletter)
    worker_seen("host:1")
    return make_post(live=False, title="Permission to stop", newsletter=newsletter)
