"""Postfix's own smtp-sink as the mail server: what it takes is what a real one would."""

import os
import pwd
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.faults.site import Site, busy, wait_until
from tests.sink import free_port, listening

READERS = {"small": 2_000, "full": 20_000}[os.environ.get("FAULTS_SIZE", "full")]


@contextmanager
def smtp_sink(*options: str) -> Iterator[int]:
    """The port of an smtp-sink with these options; it takes, counts and forgets."""
    program = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "this test needs Postfix's smtp-sink: install postfix"
    port = free_port()
    user = ["-u", pwd.getpwuid(0).pw_name] if os.geteuid() == 0 else []
    sink = subprocess.Popen([program, *user, *options, f"127.0.0.1:{port}", "1000"])
    try:
        wait_until(lambda: listening(port), seconds=10)
        yield port
    finally:
        sink.terminate()
        sink.wait()


def finished(site: Site, slug: str) -> bool:
    return bool(site.report(slug)["state"] == "finished")


@pytest.mark.parametrize("options", [[], ["-p"], ["-e"]], ids=["ESMTP", "no PIPELINING", "HELO"])
def test_everybody_is_accepted_whatever_the_server_can(tmp_path: Path, options: list[str]) -> None:
    with (
        smtp_sink(*options) as port,
        Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=8") as site,
    ):
        slug = site.prepare(READERS)
        site.ask("send_post", slug)
        site.start_worker()
        wait_until(lambda: finished(site, slug), seconds=180, every=0.5)
        report = site.report(slug)
        assert report["accounted"]
        assert report["deliveries"]["accepted"] == READERS


def test_what_it_writes_down_reads_as_it_was_meant(tmp_path: Path) -> None:
    """`-d`: each message in a file of its own, as it came over the wire."""
    folder = tmp_path / "taken"
    folder.mkdir()
    with (
        smtp_sink("-d", f"{folder}/mail.") as port,
        Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=4") as site,
    ):
        slug = site.prepare(50)
        site.ask("send_post", slug)
        site.start_worker()
        wait_until(lambda: finished(site, slug), seconds=60, every=0.5)
    taken = [parsed(path.read_bytes()) for path in folder.iterdir()]
    assert Counter(message["To"] for message in taken) == {
        f"reader{number}@example.org": 1 for number in range(50)
    }
    for message in taken:
        text = message.get_body(preferencelist=("plain",))
        assert text is not None
        assert "Rest is not the opposite of getting somewhere" in text.get_content()
        assert not message.defects
    assert len({message["Message-ID"] for message in taken}) == 50


def parsed(content: bytes) -> EmailMessage:
    assert max(map(len, content.splitlines())) <= 998
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize(
    "options",
    [["-q", "rcpt"], ["-q", "data"], ["-q", "."], ["-f", "rcpt"], ["-r", "."], ["-r", "data"]],
    ids=" ".join,
)
def test_a_server_that_refuses_or_hangs_up_loses_nobody(tmp_path: Path, options: list[str]) -> None:
    """-q: hangs up at that step, -f: refuses it, -r: refuses it for now. Always."""
    with (
        smtp_sink(*options) as port,
        Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=4") as site,
    ):
        slug = site.prepare(100)
        site.ask("send_post", slug)
        worker = site.start_worker()
        wait_until(lambda: site.report(slug)["deliveries"]["waiting"] == 0, seconds=60, every=0.5)
        worker.terminate()
        worker.wait(timeout=10)
        report = site.report(slug)
        assert report["accounted"]
        assert report["deliveries"]["accepted"] == report["deliveries"]["attempting"] == 0
        # Only who was handed over may be in doubt.
        assert bool(report["deliveries"]["in_doubt"]) is (options == ["-q", "."])


@pytest.mark.parametrize("pool", ["threads", "prefork", "solo"])
def test_every_pool_of_celery_drains_and_ends_in_time(tmp_path: Path, pool: str) -> None:
    with (
        smtp_sink("-w", "1") as port,  # a second for each DATA, so that the end hits
        Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=8") as site,
    ):
        slug = site.prepare(200)
        site.ask("send_post", slug)
        beat = [*("celery", "-A", "config", "beat", "--loglevel", "WARNING")]
        options = ["--pool", pool, "--concurrency", "2"]
        worker = [*("celery", "-A", "config", "worker", *options, "--loglevel", "WARNING")]
        site.start(sys.executable, "-m", *beat, log="beat.log")
        first = site.start(sys.executable, "-m", *worker, log="worker.log")
        wait_until(lambda: site.journaled() > 0, seconds=60)
        first.terminate()
        first.wait(timeout=10)
        report = site.report(slug)
        assert report["accounted"]
        assert (report["deliveries"]["in_doubt"], report["deliveries"]["attempting"]) == (0, 0)
        site.start(sys.executable, "-m", *worker, log="worker.log")
        wait_until(lambda: not busy(site.report(slug)["deliveries"]), seconds=120, every=0.5)
        assert site.report(slug)["deliveries"]["accepted"] == 200
