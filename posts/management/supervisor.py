"""Keeps a few programs running, and none of them longer than itself.

Each program is held by a process of its own (see `child`), so that none outlives us, not even after
kill -9. One that ends is started again, with growing pauses, and it is said in plain words.
"""

import logging.handlers
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HOLDER = Path(__file__).with_name("child.py")
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60.0  # having run that long, the next pause is short again
LOG_BYTES = 5_000_000

Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """What to run, and what to call it when talking to a person."""

    name: str  # of its log file and before its lines
    title: str
    command: Sequence[str]


class Supervisor:
    """Runs programs until `stop`; a context manager that stops on the way out."""

    def __init__(
        self,
        programs: Iterable[Program],
        *,
        env: Mapping[str, str],
        folder: Path,
        logs: Path,
        say: Say,
        hold: Sequence[int] = (),
    ) -> None:
        """`folder` is where they run; `hold` are descriptors that stay open until they ended."""
        logs.mkdir(parents=True, exist_ok=True)
        self._stopping = threading.Event()
        self._keepers = [
            _Keeper(
                program,
                start=_starter(program, env=env, folder=folder, hold=hold),
                log=logs / f"{program.name}.log",
                say=say,
                stopping=self._stopping,
            )
            for program in programs
        ]

    def __enter__(self) -> "Supervisor":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start all programs; they are kept running until `stop`."""
        for keeper in self._keepers:
            keeper.start()

    def stop(self) -> None:
        """Ask all programs to end, and wait until they did; a second call waits as well."""
        self._stopping.set()
        for keeper in self._keepers:
            keeper.release()
        for keeper in self._keepers:
            if keeper.ident is not None:
                keeper.join()

    def kill(self) -> None:
        """Hurry a `stop` that takes too long: whatever still runs is killed."""
        for keeper in self._keepers:
            keeper.hurry()

    def last_words(self, name: str) -> list[str]:
        """The last lines that a program wrote, for when there is nothing better to show."""
        return [
            line for keeper in self._keepers if keeper.name == name for line in list(keeper.tail)
        ]


def _starter(
    program: Program, *, env: Mapping[str, str], folder: Path, hold: Sequence[int]
) -> Callable[[], subprocess.Popen[str]]:
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - the commands are written in our own source
            [sys.executable, "-I", "-S", str(HOLDER), *program.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            env=dict(env),
            cwd=folder,
            pass_fds=tuple(hold),
            start_new_session=True,  # Ctrl-C at the terminal is for `up` alone
        )

    return start


class _Keeper(threading.Thread):
    """Starts one program, listens to it, and starts it again when it ended."""

    def __init__(
        self,
        program: Program,
        *,
        start: Callable[[], subprocess.Popen[str]],
        log: Path,
        say: Say,
        stopping: threading.Event,
    ) -> None:
        super().__init__(name=program.name, daemon=True)
        self.tail: deque[str] = deque(maxlen=12)
        self._program, self._start, self._log, self._say = program, start, log, say
        self._stopping = stopping
        self._lock = threading.Lock()  # between starting a process and being told to stop
        self._process: subprocess.Popen[str] | None = None

    def run(self) -> None:
        pause = FIRST_PAUSE
        log = _log_file(self._log)
        while process := self._launch():
            began = time.monotonic()
            with process:
                if process.stdout:
                    self._listen(process.stdout, log)
                code = process.wait()
            if self._stopping.is_set():
                break
            if time.monotonic() - began >= STEADY_SECONDS:
                pause = FIRST_PAUSE
            self._say(
                f"{self._program.title} stopped by itself (exit code {code}). Starting it again "
                f"in {pause:.0f} s. Its last words are in {self._log}"
            )
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        log.close()

    def _launch(self) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            self._process = self._start()
            return self._process

    def _listen(self, output: IO[str], log: logging.Handler) -> None:
        repeated = _Repeats()
        for line in output:
            text = line.rstrip("\n")
            self.tail.append(text)
            log.emit(logging.makeLogRecord({"msg": text}))
            # While it ends on our word, what it grumbles about is only for the log.
            if matters(text) and not repeated(text) and not self._stopping.is_set():
                self._say(f"{self._program.name} │ {text}")

    def release(self) -> None:
        """Close the pipe that the holder keeps open. (Also what happens when we are killed.)"""
        with self._lock:
            if self._process and self._process.stdin:
                with suppress(OSError):
                    self._process.stdin.close()

    def hurry(self) -> None:
        with self._lock:
            if self._process:
                self._process.terminate()


_LEVEL = re.compile(r"\b(WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b")
# What a visitor asked wrongly (404 and the like) is not the writer's trouble.
_WARNING = re.compile(r"\bWARNING\b")
_VISITORS = re.compile(r"\bdjango\.(?:request|security)\b")
_DIGITS = re.compile(r"\d+")


def matters(line: str) -> bool:
    """Whether a line of a log should be shown to the person at the terminal."""
    if not _LEVEL.search(line):
        return False
    warning = _WARNING.search(line)
    return not (warning and _VISITORS.search(line, warning.end()))


class _Repeats:
    """Says whether a line was shown within the last minute, numbers and times aside."""

    def __init__(self) -> None:
        self._shown: dict[str, float] = {}

    def __call__(self, line: str) -> bool:
        now = time.monotonic()
        self._shown = {key: at for key, at in self._shown.items() if now - at < 60}
        key = _DIGITS.sub("", line)
        return self._shown.setdefault(key, now) != now


def _log_file(path: Path) -> logging.Handler:
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(message)s"))
    return handler
