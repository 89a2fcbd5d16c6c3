"""The embedded broker: rings as files in a folder, and no file in it that could stop a worker.

Kombu's own makes the file of a message before it writes it, and keeps in further files which queue
gets what: found empty, either ends whoever reads it. Here a ring appears whole or not at all, what
is none is dropped (beat rings again), and the one queue that there is needs no file.
"""

import logging
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(virtual.Channel):
    """Named as kombu's own are, so that either reads what the other left."""

    def __init__(self, connection: Any, **options: Any) -> None:
        super().__init__(connection, **options)
        self._folder = Path(connection.client.transport_options["folder"])
        self._folder.mkdir(parents=True, exist_ok=True)  # again, where it was lost: we reconnect

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        name = f"{time.monotonic_ns():020}_{uuid.uuid4()}"
        draft = self._folder / f"{name}.draft"
        try:
            draft.write_text(dumps(message))
            draft.rename(draft.with_name(f"{name}.{queue}.msg"))
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for file in self._files(queue):
            try:
                content = file.read_bytes()
                file.unlink()  # of two who have read it, the one who could do this has it
            except OSError:
                continue
            if (message := self._message(content)) is not None:
                return message
            logger.warning("A file that is no ring was dropped: %s", file.name)
        raise Empty

    def _message(self, content: bytes) -> dict[str, Any] | None:
        """None for what the worker could not even take apart."""
        try:
            message: dict[str, Any] = loads(content.decode())
            self.Message(message, channel=self)
        except Exception:  # noqa: BLE001 - a file may hold anything
            return None
        return message

    def _files(self, queue: str) -> list[Path]:
        ending = f".{queue}.msg"
        return [
            self._folder / name
            for name in sorted(os.listdir(self._folder))
            if name.endswith(ending)
        ]

    def _size(self, queue: str) -> int:
        return len(self._files(queue))

    def _purge(self, queue: str) -> int:
        files = self._files(queue)
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)


class Transport(virtual.Transport):
    Channel = Channel
    driver_type = driver_name = "files"
    # A folder that is away for a moment, or full, is a broker out of reach.
    connection_errors = (*virtual.Transport.connection_errors, OSError)

    def driver_version(self) -> str:
        return "1"
