"""Postfix's own smtp-sink as the mail server: what it takes is what a real one would."""

import os
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.faults.services import smtp_sink
from tests.faults.site import Site, finish

READERS = {"small": 2_000, "full": 20_000}[os.environ.get("FAULTS_SIZE", "full")]


@pytest.mark.parametrize("options", [[], ["-p"], ["-e"]], ids=["ESMTP", "no PIPELINING", "HELO"])
def test_everybody_is_accepted_whatever_the_server_can(tmp_path: Path, options: list[str]) -> None:
    with (
        smtp_sink(*options) as port,
        Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=8") as site,
    ):
        slug = site.prepare(READERS)
        site.ask("send_post", slug)
        site.start_worker()
        finish(site, slug, seconds=180)
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
        finish(site, slug, seconds=60)
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
