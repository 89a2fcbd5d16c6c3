"""What becomes of 40 people with each odd server: nobody is lost and nobody is mailed twice."""

import ssl
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from posts.delivery.transports.base import (
    Misconfigured,
    ServerAnswer,
    Throttled,
    Transient,
    TransportError,
)
from posts.delivery.transports.smtp import Smtp, connecting, line
from tests.delivery.transports.smtp.noting import Notes, Paced
from tests.delivery.transports.smtp.odd import Answer, OddServer
from tests.delivery.transports.smtp.talking import message

PEOPLE = 40
SECOND = "reader2@example.org"
PLAIN = "250-odd\r\n250 8BITMIME"


def only(address: str, answer: Answer, *, else_: str = "250 ok") -> Any:
    return lambda asked: answer if asked == address else else_


def always(answer: Answer) -> Any:
    return lambda _: answer


@dataclass
class Case:
    """What becomes of how many, and how it ends."""

    server: dict[str, Any]
    accepted: int = PEOPLE
    refused: int = 0
    again: int = 0
    in_doubt: int = 0
    error: type[TransportError] | None = None
    words: str = ""
    login: bool = False
    connections: int = 2


CASES = {
    "as it should be": Case({}),
    "no pipelining": Case({"ehlo": PLAIN}),
    "slow banner": Case({"banner_after": 0.5}),
    "size at MAIL": Case(
        {"answers": {"MAIL": always("552 5.3.4 size exceeds limit")}},
        accepted=0,
        error=Misconfigured,
        words="no letter of this size",
    ),
    "login needed at MAIL": Case(
        {"answers": {"MAIL": always("530 5.7.0 Authentication required")}},
        accepted=0,
        error=Misconfigured,
        words="only after a login",
    ),
    "quota at MAIL": Case(
        {"answers": {"MAIL": always("550 5.4.5 Daily sending quota exceeded")}},
        accepted=0,
        error=Throttled,
        words="no more from us for now",
    ),
    "AUTH=PLAIN LOGIN": Case({"ehlo": "250-odd\r\n250 AUTH=PLAIN LOGIN"}, login=True),
    "AUTH=LOGIN alone": Case(
        {
            "ehlo": "250-odd\r\n250 AUTH=LOGIN",
            "answers": {
                "AUTH": always("334 VXNlcm5hbWU6"),
                "YWRH": always("334 UGFzc3dvcmQ6"),
                "C2VJ": always("235 welcome"),
            },
        },
        login=True,
    ),
    "334 to AUTH PLAIN": Case(
        {
            "ehlo": "250-odd\r\n250-PIPELINING\r\n250 AUTH PLAIN",
            "answers": {"AUTH": always("334 "), "AGFK": always("235 welcome")},
        },
        login=True,
    ),
    "535": Case(
        {
            "ehlo": "250-odd\r\n250 AUTH PLAIN",
            "answers": {"AUTH": always("535 5.7.8 bad credentials")},
        },
        login=True,
        accepted=0,
        error=Misconfigured,
        words="refused the login",
    ),
    "drops what comes after a body": Case({"drops_ahead": "body"}),
    "drops what comes after MAIL": Case({"drops_ahead": "MAIL"}),
    "drops what comes after RCPT": Case({"drops_ahead": "RCPT"}),
    "her own 421": Case(
        {"answers": {"RCPT": only(SECOND, "421 4.4.2 her server is busy")}},
        accepted=PEOPLE - 1,
        again=1,
    ),
    "her own 421, and hangs up": Case(
        {
            "answers": {"RCPT": only(SECOND, "421 4.4.2 her server is busy")},
            "hangs_up": "RCPT",
        },
        accepted=PEOPLE - 1,
        again=1,
    ),
    "everybody's 421": Case(
        {"answers": {"RCPT": always("421 4.7.0 too fast")}, "hangs_up": "RCPT"},
        connections=1,
        accepted=0,
        again=3,
        error=Throttled,
        words="too fast",
    ),
    "hangs after a final dot": Case(
        {"answers": {"body": only(SECOND, None)}}, accepted=PEOPLE - 1, in_doubt=1
    ),
    "refuses one for good": Case(
        {"answers": {"RCPT": only(SECOND, "550 5.1.1 no such user")}},
        accepted=PEOPLE - 1,
        refused=1,
    ),
    "refuses a body": Case(
        {"answers": {"body": only(SECOND, "554 5.7.1 looks like spam")}},
        accepted=PEOPLE - 1,
        refused=1,
    ),
    "says 250 to DATA": Case(
        {"answers": {"DATA": always("250 thanks")}},
        accepted=0,
        error=Transient,
        words="makes no sense",
    ),
    "silent from the start": Case(
        {"banner_after": 2.0}, accepted=0, error=Transient, words="does not answer"
    ),
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "TIMEOUT", 0.4)
    monkeypatch.setattr(line, "FINAL_TIMEOUT", 0.8)
    monkeypatch.setattr(connecting, "GREETING_TIMEOUT", 1.5)
    monkeypatch.setattr(connecting, "ONE_BY_ONE", set())


def mail(url: str, notes: Notes, *, connections: int = 2) -> TransportError | None:
    feed = Paced([message(at) for at in range(1, PEOPLE + 1)])
    try:
        with closing(Smtp.from_url(f"{url}?connections={connections}").open()) as session:
            session.deliver(feed, notes)
    except TransportError as error:
        return error
    finally:
        assert feed.slowed == [] or feed.left  # only who is throttled slows down
    return None


@pytest.mark.parametrize("name", CASES)
def test_an_odd_server_loses_nobody_and_gets_nobody_twice(name: str) -> None:
    case, notes = CASES[name], Notes()
    with OddServer(**case.server) as server:
        url = server.url.replace("//", "//ada:secret@") if case.login else server.url
        error = mail(url, notes, connections=case.connections)
    counts = Counter(outcome.answer for outcome in notes.outcomes)
    assert {
        "accepted": counts[ServerAnswer.ACCEPTED],
        "refused": counts[ServerAnswer.REFUSED],
        "again": counts[ServerAnswer.RETRY],
        "in doubt": counts[ServerAnswer.DOUBT],
        "error": type(error) if error else None,
    } == {
        "accepted": case.accepted,
        "refused": case.refused,
        "again": case.again,
        "in doubt": case.in_doubt,
        "error": case.error,
    }
    assert case.words in str(error)
    twice = [address for address, times in server.taken.items() if times > 1]
    assert twice == []
    # Whoever it took is accepted, or in doubt; nobody else is.
    known = notes.of(ServerAnswer.ACCEPTED) + notes.of(ServerAnswer.DOUBT)
    took = {int(address.partition("@")[0].removeprefix("reader")) for address in server.taken}
    assert set(notes.of(ServerAnswer.ACCEPTED)) <= took <= set(known)
    answered = [outcome.subscriber_id for outcome in notes.outcomes]
    assert len(set(answered)) == len(answered)
    assert error is not None or len(answered) == PEOPLE


def test_that_a_server_drops_what_is_ahead_is_remembered() -> None:
    with OddServer(drops_ahead="body") as server:
        assert mail(server.url, Notes()) is None
        server.heard.clear()
        notes = Notes()
        assert mail(server.url, notes) is None
    assert len(notes.of(ServerAnswer.ACCEPTED)) == PEOPLE
    assert {("localhost", server.port)} == connecting.ONE_BY_ONE


# --- A password, and who may read it on its way ---


def elsewhere(url: str) -> Smtp:
    """As if localhost were another machine."""

    class Elsewhere(Smtp):
        stays_here = False

    return Elsewhere.from_url(url.replace("//", "//ada:secret@"))


def test_a_password_goes_over_starttls_where_the_server_offers_it(tls: ssl.SSLContext) -> None:
    offer = "250-odd\r\n250-STARTTLS\r\n250 AUTH PLAIN"
    with OddServer(ehlo=offer, tls=tls) as server:
        elsewhere(server.url).open().close()
    verbs = [heard.partition(b" ")[0] for heard in server.heard]
    assert verbs[:4] == [b"EHLO", b"STARTTLS", b"EHLO", b"AUTH"]


def test_a_password_is_not_said_in_the_clear_to_another_machine() -> None:
    with OddServer(ehlo="250-odd\r\n250 AUTH PLAIN") as server:
        with pytest.raises(Misconfigured, match=r"for everybody to read.*cleartext=yes"):
            elsewhere(server.url).open()
        assert [heard[:4] for heard in server.heard] == [b"EHLO"]
        elsewhere(f"{server.url}?cleartext=yes").open().close()
        Smtp.from_url(server.url.replace("//", "//ada:secret@")).open().close()  # this machine


def test_a_password_is_not_said_to_a_server_that_nobody_vouches_for(
    untrusted: ssl.SSLContext,
) -> None:
    offer = "250-odd\r\n250-STARTTLS\r\n250 AUTH PLAIN"
    with (
        OddServer(ehlo=offer, tls=untrusted) as server,
        pytest.raises(Misconfigured, match="cannot be trusted"),
    ):
        elsewhere(server.url).open()
    assert b"AUTH" not in {heard[:4] for heard in server.heard}


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ("454 4.7.0 TLS not available", Transient, "454 4.7.0 TLS not available"),
        ("502 5.5.1 not implemented", Misconfigured, "offers STARTTLS and does not do it"),
        ("220 go on", Transient, "TLS with the mail server"),  # and then no TLS follows
    ],
)
def test_starttls_that_fails_says_so_and_nothing_is_said_after_it(
    answer: str, kind: type[TransportError], words: str, authority: object
) -> None:
    offer = "250-odd\r\n250-STARTTLS\r\n250 AUTH PLAIN"
    with (
        OddServer(ehlo=offer, answers={"STAR": always(answer)}) as server,
        pytest.raises(kind, match=words),
    ):
        Smtp.from_url(server.url.replace("smtp://", "smtp+tls://ada:secret@")).open()
    assert b"AUTH" not in {heard[:4] for heard in server.heard}
