"""The pipe of a mail server: whatever is in the mail, it is taken."""

import json
import sys
import tracemalloc
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from posts.delivery.events.models import ProviderEvent
from posts.management.commands import receive_bounce

pytestmark = pytest.mark.django_db


def receive(*arguments: str) -> bool:
    out = StringIO()
    call_command("receive_bounce", "--json", *arguments, stdout=out)
    return bool(json.loads(out.getvalue().splitlines()[-1])["stored"])


def pipe(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(body)))


def test_a_mail_from_a_pipe_is_stored_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"From: a\r\n\r\n\xff\x00")
    assert receive("--to", "bounces+5-7-x@letters.example")
    event = ProviderEvent.objects.get()
    assert (event.provider, bytes(event.body)) == ("mailbox", b"From: a\r\n\r\n\xff\x00")
    assert event.headers == {"Envelope-To": "bounces+5-7-x@letters.example"}


def test_a_mail_from_a_file_is_stored_once(tmp_path: Path) -> None:
    mail = tmp_path / "returned.eml"
    mail.write_bytes(b"From: a\r\n\r\nb")
    assert [receive(str(mail)), receive(str(mail))] == [True, False]
    assert ProviderEvent.objects.count() == 1


def test_what_is_no_mail_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"no mail at all")
    assert receive()
    assert bytes(ProviderEvent.objects.get().body) == b"no mail at all"


@pytest.mark.parametrize("body", [b"", b"\r\n"])
def test_what_is_empty_is_neither_refused_nor_stored(
    monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    pipe(monkeypatch, body)
    assert not receive()
    assert not ProviderEvent.objects.exists()


def test_of_a_huge_mail_the_beginning_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"x" * (receive_bounce.LARGEST + 5))
    receive()
    assert len(bytes(ProviderEvent.objects.get().body)) == receive_bounce.LARGEST


def test_of_a_mail_without_end_no_more_is_held_than_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe(monkeypatch, b"x" * 20_000_000)
    tracemalloc.start()
    receive()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sys.stdin.buffer.read() == b"", "the mail server would be told of a broken pipe"
    assert peak < 10 * receive_bounce.LARGEST


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read") as refused:
        receive(str(tmp_path / "none.eml"))
    assert refused.value.returncode == 2


def test_while_the_database_is_away_the_mail_server_keeps_the_mail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(**_: object) -> bool:
        raise OperationalError("no connection")

    monkeypatch.setattr(receive_bounce, "store", fail)
    pipe(monkeypatch, b"From: a\r\n\r\nb")
    with pytest.raises(CommandError) as trouble:
        receive()
    assert trouble.value.returncode == 75  # EX_TEMPFAIL
    mail = tmp_path / "returned.eml"
    mail.write_bytes(b"From: a")
    with pytest.raises(CommandError) as trouble:
        receive(str(mail))
    assert trouble.value.returncode == 1
