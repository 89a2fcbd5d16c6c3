"""Holds one child of `manage.py up`, and takes it down when `up` is gone.

A program of its own, without Django: `python child.py COMMAND…`. Its standard input is a pipe
whose other end only `up` has. However `up` ends, kill -9 included, that pipe closes; then the
child is asked to stop, and after a while it and everything that it started is killed.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

# A worker drains for at most 10 s; two more to be fair.
GRACE_SECONDS = 12.0
PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> int:
    """Run `command` until it ends or standard input closes; answer its exit code."""
    alarm = _wake_up_pipe()
    child = subprocess.Popen(  # noqa: S603 - the command is our supervisor's own
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # a group of its own, so that all of it can be killed at once
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - there is one thread here
    )
    # Asked to hurry: no grace. The loop below sees the end of the child.
    signal.signal(signal.SIGTERM, lambda *_: _kill_group(child.pid))
    while child.poll() is None:
        ready, _, _ = select.select([sys.stdin.fileno(), alarm], [], [])
        if alarm in ready:
            os.read(alarm, 512)
        if sys.stdin.fileno() in ready and not os.read(sys.stdin.fileno(), 512):
            _stop(child)
    _kill_group(child.pid)  # what the child itself left behind
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _wake_up_pipe() -> int:
    """A file descriptor that becomes readable with each signal; Ctrl-C is `up`'s to act on.

    Handlers, not SIG_IGN: that one would be inherited by the child.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    return reader


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux a second net: were this process killed too, the kernel tells the child."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def preexec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return preexec


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _kill_group(child.pid)
        child.wait()


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of zombies
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
