"""The mailbox for bounces: stored first, marked afterwards, and trouble is shown."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from posts.delivery import status
from posts.delivery.events import mailbox
from posts.delivery.events.apply import apply_pending
from posts.delivery.events.checks import checks
from posts.delivery.events.inbox import store
from posts.delivery.events.mailbox import Mailbox, fetch
from posts.delivery.events.models import ProviderEvent
from posts.delivery.events.tasks import fetch_bounces
from tests.delivery.events import returned_mails
from tests.delivery.events.imap_server import Box, ImapServer
from tests.delivery.events.making import handed_over, letter_to, readers_of, state_of
from tests.sink import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Settings) -> Iterator[ImapServer]:
    with ImapServer() as server:
        settings.BOUNCE_URL = server.url
        yield server


def bodies() -> list[bytes]:
    return [bytes(event.body) for event in ProviderEvent.objects.order_by("pk")]


def trouble() -> str:
    return next((check.message for check in checks() if check.level == "error"), "")


def test_unseen_mails_are_stored_and_then_marked(server: ImapServer) -> None:
    server.box.put(b"one\r\n", b"two\r\n", b"three\r\n")
    server.box.seen.add(2)
    assert fetch() == 2
    assert bodies() == [b"one\r\n", b"three\r\n"]
    assert server.box.seen == {1, 2, 3}
    assert fetch() == 0


def test_a_bounce_in_the_mailbox_reaches_the_ledger(server: ImapServer) -> None:
    mailing = handed_over(1)
    [person] = readers_of(mailing)
    server.box.put(returned_mails.dsn(letter_to(mailing, person), address=person.address))
    fetch_bounces()
    apply_pending()
    assert state_of(mailing, person) == "bounced"


def test_killed_between_storing_and_marking_it_is_fetched_again_and_kept_once(
    server: ImapServer,
) -> None:
    server.box.put(b"one\r\n")
    server.box.hang_up_at = "STORE"
    fetch()
    assert (bodies(), server.box.seen) == ([b"one\r\n"], set())
    assert "can't be read" in trouble()
    server.box.hang_up_at = ""
    fetch()
    assert (bodies(), server.box.seen) == ([b"one\r\n"], {1})
    assert trouble() == ""


def test_what_cannot_be_stored_is_not_marked(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.box.put(b"one\r\n")

    def fail(**_: object) -> bool:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(mailbox, "store", fail)
    with pytest.raises(RuntimeError):
        fetch()
    assert server.box.seen == set()
    monkeypatch.setattr(mailbox, "store", store)
    assert fetch() == 1


def test_of_a_huge_mail_only_the_beginning_is_fetched(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LARGEST", 100)
    server.box.put(b"x" * 1_000)
    fetch()
    assert bodies() == [b"x" * 100]


def test_a_mail_that_was_deleted_meanwhile_is_passed_over(server: ImapServer) -> None:
    server.box.put(b"one", b"two")
    found = dict(server.box.mails)

    class Vanishing(dict[int, bytes]):
        def __contains__(self, number: object) -> bool:
            return number != 1 and super().__contains__(number)

    server.box.mails = Vanishing(found)
    assert fetch() == 1
    assert bodies() == [b"two"]


def test_a_wrong_password_reaches_the_doctor_in_the_servers_words(server: ImapServer) -> None:
    server.box.password = "another"
    assert fetch() == 0
    assert "Invalid credentials" in trouble()
    assert "pass word" not in trouble()
    server.box.password = "pass word"
    fetch()
    assert trouble() == ""


@pytest.mark.parametrize("command", ["SELECT", "SEARCH", "FETCH", "STORE"])
def test_a_server_that_refuses_is_named(server: ImapServer, command: str) -> None:
    server.box.put(b"one")
    server.box.refuse = command
    assert fetch() == 0
    assert "not now" in trouble()


@pytest.mark.parametrize("command", ["LOGIN", "SEARCH", "FETCH", "LOGOUT"])
def test_a_line_that_breaks_loses_nothing(server: ImapServer, command: str) -> None:
    server.box.put(b"one")
    server.box.hang_up_at = command
    fetch()
    server.box.hang_up_at = ""
    fetch()
    assert bodies() == [b"one"]
    assert trouble() == ""


def test_a_folder_may_have_a_name_of_several_words(settings: Settings) -> None:
    with ImapServer(Box(folder="Returned mail", mails={1: b"one"})) as server:
        settings.BOUNCE_URL = server.url.replace(" ", "%20")
        assert fetch() == 1


def test_a_host_that_does_not_answer_is_named(settings: Settings) -> None:
    settings.BOUNCE_URL = f"imap://bounces:secret@127.0.0.1:{free_port()}/INBOX"
    assert fetch() == 0
    assert "127.0.0.1" in trouble()
    assert "secret" not in trouble()


def test_without_a_mailbox_nothing_is_asked(settings: Settings) -> None:
    settings.BOUNCE_URL = ""
    assert fetch() == 0
    assert status.trouble("mailbox") == ""


def test_the_address_says_all_there_is_to_know() -> None:
    box = Mailbox.from_url("imaps://ada%40letters.example:p%2Fw@imap.example.org")
    assert (box.host, box.port, box.encrypted) == ("imap.example.org", 993, True)
    assert (box.user, box.password, box.folder) == ("ada@letters.example", "p/w", "INBOX")
    assert "p/w" not in box.describe()
