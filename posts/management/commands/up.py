"""`manage.py up`: everything at once, until Ctrl-C."""

import http.client
import os
import signal
import sys
import threading
import time
from argparse import ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import connections

from posts.delivery.mailings.queries import Report, report
from posts.delivery.models import Mailing
from posts.delivery.status import workers_alive
from posts.management.demo import Demo, DemoRefused, check_demo, ensure_demo
from posts.management.lock_and_port import AlreadyTaken, Parent, lock_folder, require_free_port
from posts.management.preparing import DatabaseNotReady, close_to_others, prepare_database
from posts.management.supervisor import Program, Supervisor
from posts.management.welcome import welcome_to
from subscribers.management.base import Command as BaseCommand

# On a slow or busy machine the first start compiles all of Python's files.
WEB_SECONDS = 120.0
MAILING_SECONDS = 90.0
# Connections at a time, and the bytes that each may hold: whatever the other end does.
CONNECTIONS, BUFFER = 4096, 65_536


class Command(BaseCommand):
    help = (
        "Set everything up and run it: the site, a Celery worker and beat, until Ctrl-C.\n"
        "Needs no service: with nothing set, all data lives in var/ and mails go to an outbox."
    )
    examples = """
  manage.py up --demo           a sample site, its post emailed to 25 sample readers
  manage.py up                  your own site; prints an address to set up your account
  manage.py up --port 9000      another port
  DATA_DIR=/srv/letters SITE_URL=https://letters.example.org manage.py up
                                another folder, behind a proxy that has this address
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="make a sample site and mail it into the outbox"
        )
        parser.add_argument(
            "--port", type=_port, default=8000, metavar="N", help="serve at 127.0.0.1:N (8000)"
        )
        super().add_arguments(parser)

    def handle(self, *, demo: bool, port: int, **_: Any) -> None:
        _write_whole_lines()
        _settle_address(port)
        try:
            lock = lock_folder(settings.DATA_DIR, say=self.say)
            require_free_port(port)
        except AlreadyTaken as taken:
            self.refuse(str(taken))
        _interrupt_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        try:
            self._run(demo=demo, port=port, lock=lock)
        except KeyboardInterrupt:
            self.say("Stopped. Everything is kept; start again whenever you like.")

    def _run(self, *, demo: bool, port: int, lock: int) -> None:
        sample = self._prepare(demo=demo)
        supervisor = _supervisor(port=port, lock=lock, say=self._say_from_thread())
        try:
            supervisor.start()
            self._wait_for_web(supervisor, port)
            self._welcome(sample, self._wait_for_mailing(sample), port=port)
            _wait_until_interrupted()
        except KeyboardInterrupt:
            self.say("Stopping: what is in the middle of something may finish it first.")
            raise
        finally:
            _stop(supervisor)

    def _prepare(self, *, demo: bool) -> Demo | None:
        self.say("Passalong: preparing the database (the first time takes a moment) …")
        close_to_others(settings.DATA_DIR)
        try:
            prepare_database()
        except DatabaseNotReady as error:
            self.trouble(str(error))
        sample = self._make_sample() if demo else None
        _remember_address()
        connections.close_all()
        return sample

    def _make_sample(self) -> Demo:
        try:
            check_demo()
        except DemoRefused as refused:
            self.refuse(str(refused))
        sample = ensure_demo()
        self.say(
            "Made the sample site: one post, and 25 readers who do not exist."
            if sample.made_now
            else "The sample site is here already; nobody is mailed a second time."
        )
        return sample

    def _wait_for_web(self, supervisor: Supervisor, port: int) -> None:
        self.say("Starting the web server and the worker …")
        if not _within(WEB_SECONDS, lambda: _answers(port)):
            words = "\n".join(f"  {line}" for line in supervisor.last_words("web"))
            self.trouble(
                f"The web server did not answer within {WEB_SECONDS:.0f} s. It said last:\n{words}"
            )

    def _wait_for_mailing(self, sample: Demo | None) -> Report | None:
        """Until the sample's mailing finished, or it is clear that it needs a person."""
        if sample is None or sample.mailing is None:
            return None
        mailing = sample.mailing
        _within(MAILING_SECONDS, lambda: _settled(mailing))
        return report(mailing)

    def _welcome(self, sample: Demo | None, mailing: Report | None, *, port: int) -> None:
        welcome = welcome_to(sample, mailing, here=f"http://localhost:{port}")
        for line in welcome.lines(logs=_logs()):
            self.say(line)
        self.say_json(welcome.as_json())
        connections.close_all()  # from here on we only wait

    def _say_from_thread(self) -> Callable[[str], None]:
        lock = threading.Lock()

        def say(line: str) -> None:
            # A terminal that is gone is no reason for a keeper to give up its program.
            with lock, suppress(OSError, ValueError):
                self.say(line)

        return say


# --- Address and processes ----------------------------------------------------------------


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no port; choose a number from 1 to 65535")


def _settle_address(port: int) -> None:
    """Without SITE_URL the port decides it, for us and our children alike, until its owner does.

    Settings were loaded before this command could say so, and others were derived from them:
    so start over with the environment complete. The process stays the same one.
    """
    if os.environ.get("SITE_URL"):
        return
    os.environ["SITE_URL"] = address = f"http://localhost:{port}"
    os.environ["UP_CHOSE_SITE_URL"] = "yes"
    if address != settings.SITE_URL:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves


def _remember_address() -> None:
    """The one that its owner chose, if there is one: for our children from their first moment, and
    so that commands in another terminal write the same links (see settings.SITE_URL)."""
    if not settings.SITE_URL_IS_FIXED:
        os.environ["SITE_URL"] = settings.SITE_URL
        (settings.DATA_DIR / "site_url").write_text(f"{settings.SITE_URL}\n")


def _logs() -> Path:
    return Path(settings.DATA_DIR) / "logs"


def _supervisor(*, port: int, lock: int, say: Callable[[str], None]) -> Supervisor:
    python = [sys.executable, "-m"]
    web = [*python, "granian", "config.rsgi:application", "--interface", "rsgi"]
    web += ["--http", "1", "--no-ws"]  # what browsers and proxies speak here
    web += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    web += ["--backpressure", str(CONNECTIONS), "--http1-buffer-size", str(BUFFER)]
    web += ["--workers-kill-timeout", "5"]
    worker = [*python, "celery", "-A", "config", "worker", "--clock", "--loglevel", "INFO"]
    worker += ["--without-mingle", "--without-gossip"]
    return Supervisor(
        [Program("web", "The web server", web), Program("worker", "The worker", worker)],
        env={**os.environ, "DATA_DIR": str(settings.DATA_DIR), "PYTHONUNBUFFERED": "1"},
        folder=settings.BASE_DIR,
        logs=_logs(),
        say=say,
        hold=[lock],  # a folder is free again only when the last child has ended
    )


def _write_whole_lines() -> None:
    """Into a pipe or a file Python would write in blocks of 8 KB, minutes late."""
    with suppress(AttributeError):  # under test the stream may be another kind
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _interrupt_on(*signals: signal.Signals) -> None:
    """Let a polite request to end arrive like Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in signals:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, interrupt)


def _wait_until_interrupted() -> None:
    parent = Parent()
    while not parent.is_gone():
        time.sleep(1)


def _stop(supervisor: Supervisor) -> None:
    try:
        supervisor.stop()
    except KeyboardInterrupt:  # asked a second time: no more patience
        supervisor.kill()
        supervisor.stop()


# --- Waiting ------------------------------------------------------------------------------


def _within(seconds: float, truth: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not truth():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _settled(mailing: Mailing) -> bool:
    state = report(mailing)
    if state.problem is not None:
        # Until our own worker has reported, that none is there is no news.
        return workers_alive() > 0
    return state.state not in (
        Mailing.State.SENDING,
        Mailing.State.SCHEDULED,
        Mailing.State.HELD,
    )
