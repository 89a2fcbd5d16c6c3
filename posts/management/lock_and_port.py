"""What `manage.py up` needs for itself before it does anything: its folder, its port, its parent.

Each refusal says what to do instead.
"""

import errno
import fcntl
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

# An `up` that was killed leaves children that take up to 12 s to end (see `child`).
PATIENCE_SECONDS = 15.0


class AlreadyTaken(Exception):
    """Somebody else has what we need; the message says what to do."""


def lock_folder(folder: Path, *, say: Callable[[str], None]) -> int:
    """Take `folder` for this process; answers a descriptor that holds it until it is closed.

    The lock is not dropped before the last copy of the descriptor is, so children that have
    one keep the folder taken while they end.
    """
    descriptor = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = False
    while not _try_lock(descriptor):
        owner = _owner(descriptor)
        if _alive(owner) or time.monotonic() > deadline:
            os.close(descriptor)
            raise AlreadyTaken(
                f"`manage.py up` is already running on {folder}"
                f"{f' (process {owner})' if owner else ''}. Use that one, or stop it with "
                "Ctrl-C, or give this one a folder of its own: DATA_DIR=/another/folder"
            )
        if not waiting:
            say("An earlier run is still ending; waiting for it.")
            waiting = True
        time.sleep(0.2)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(descriptor: int) -> int:
    text = os.pread(descriptor, 20, 0).decode(errors="replace")
    return int(text) if text.isdecimal() else 0


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process > 0


def require_free_port(port: int) -> None:
    """Refuse a port on which somebody listens, or on which we may not."""
    try:
        with socket.socket() as probe:
            # Connections that ended a moment ago are no obstacle; a listener is.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            probe.listen()
    except OSError as error:
        raise AlreadyTaken(_port_message(port, error)) from error
    if _answers("::1", port):  # browsers try this first for "localhost"
        raise AlreadyTaken(_port_message(port, None))


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _port_message(port: int, error: OSError | None) -> str:
    if error is None or error.errno == errno.EADDRINUSE:
        trouble = f"Port {port} is already in use by another program."
    else:
        trouble = f"Port {port} cannot be used ({error.strerror})."
    return f"{trouble} Stop that program, or choose another port: manage.py up --port {_free()}"


def _free() -> int:
    """A port above the usual ones on which nobody listens right now."""
    for port in range(8001, 8100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    return 8100


class Parent:
    """Notices when the `uv run` that started us is gone: kill -9 of it tells us nothing.

    Any other parent may leave (a shell that ends, `nohup`): that is no reason to stop.
    """

    def __init__(self) -> None:
        self._process = os.getppid()
        self._matters = _command(self._process) == "uv"

    def is_gone(self) -> bool:
        return self._matters and os.getppid() != self._process


def _command(process: int) -> str:
    """The name of the program that a process runs; empty where nobody says."""
    note = Path(f"/proc/{process}/comm")
    if note.exists():
        return note.read_text().strip()
    try:
        answer = subprocess.run(  # noqa: S603 - a number is all that varies
            ["ps", "-o", "comm=", "-p", str(process)],  # noqa: S607 - found on the path by design
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return Path(answer.stdout.strip()).name
