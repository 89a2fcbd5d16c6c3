import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from config.broker import Transport
from tests.faults.test_broken_rings import BROKEN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "broker" / "queue"


@pytest.fixture
def connection(folder: Path) -> Iterator[Connection]:
    options = {"folder": str(folder), "polling_interval": 0.01}
    with Connection("localhost", transport=Transport, transport_options=options) as connection:
        yield connection


def ring(connection: Connection, *rings: str) -> None:
    with connection.SimpleQueue("celery") as queue:
        for each in rings:
            queue.put(each)


def heard(connection: Connection) -> list[Any]:
    found: list[Any] = []
    with connection.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return found
            message.ack()
            found.append(message.payload)


def test_rings_are_heard_once_in_their_order_and_leave_nothing(
    connection: Connection, folder: Path
) -> None:
    ring(connection, "one", "two")
    assert heard(connection) == ["one", "two"]
    assert heard(connection) == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_ring_hides_none_and_goes(
    connection: Connection, folder: Path, content: bytes
) -> None:
    ring(connection, "one")
    (folder / "0_broken.celery.msg").write_bytes(content)
    assert "one" in heard(connection)
    assert list(folder.iterdir()) == []


def test_a_ring_is_never_there_before_it_is_whole(
    connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full kombu's own leaves an empty one."""
    ring(connection, "makes the folder")
    heard(connection)

    def no_room(file: Path, text: str) -> int:
        file.touch()
        assert heard(connection) == []
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", no_room)
    with pytest.raises(OSError, match="No space left"):
        ring(connection, "one")
    assert list(folder.iterdir()) == []


def test_a_folder_that_was_lost_is_made_again_when_somebody_connects(
    connection: Connection, folder: Path
) -> None:
    ring(connection, "one")
    heard(connection)
    folder.rmdir()
    with pytest.raises(connection.recoverable_connection_errors):
        heard(connection)
    again = connection.clone()
    ring(again, "two")
    assert heard(again) == ["two"]


def test_of_many_who_read_at_the_same_time_each_ring_is_heard_by_one(
    connection: Connection,
) -> None:
    rings = [str(number) for number in range(200)]
    ring(connection, *rings)
    together: list[str] = []

    def read() -> None:
        with connection.clone() as mine:
            together.extend(heard(mine))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sorted(together) == sorted(rings)
