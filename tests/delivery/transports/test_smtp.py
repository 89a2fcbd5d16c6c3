import threading
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports import current
from posts.delivery.transports.base import (
    Messages,
    Misconfigured,
    Outcome,
    ServerAnswer,
    Throttled,
    Transient,
    TransportError,
)
from posts.delivery.transports.smtp import Smtp, line
from tests.delivery.transports.scripted import scripted
from tests.sink import Sink, free_port
from tests.waiting import PATIENCE, InTheBackground


class Notes:
    """What a transport noted, in order."""

    def __init__(self) -> None:
        self.attempts: list[int] = []
        self.outcomes: list[Outcome] = []

    def attempt(self, subscriber_id: int) -> None:
        self.attempts.append(subscriber_id)

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        self.attempts.extend(subscriber_ids)

    def answer(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def flush(self) -> None:
        """Nothing is kept back."""

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes.extend(outcomes)

    @property
    def answers(self) -> dict[int, ServerAnswer]:
        return {outcome.subscriber_id: outcome.answer for outcome in self.outcomes}


LETTER = CompiledLetter.whole(b"Subject: hi\r\n\r\nRest.\r\n")


def messages(*addresses: str) -> Messages:
    return Messages(
        [
            Outgoing(1, subscriber_id, "ada@letters.example", address, LETTER)
            for subscriber_id, address in enumerate(addresses, start=1)
        ]
    )


def deliver(url: str, *addresses: str) -> Notes:
    notes = Notes()
    with closing(Smtp.from_url(f"{url}?connections=1").open()) as session:
        session.deliver(messages(*addresses), notes)
    return notes


def test_messages_arrive_unchanged_over_one_connection() -> None:
    with Sink() as sink:
        notes = deliver(sink.url, "one@example.org", "two@example.org")
    assert sink.addresses == ["one@example.org", "two@example.org"]
    assert sink.handler.messages[0][1] == b"Subject: hi\r\n\r\nRest.\r\n"
    assert notes.answers == {1: ServerAnswer.ACCEPTED, 2: ServerAnswer.ACCEPTED}


def test_a_refused_recipient_does_not_stop_the_others() -> None:
    with Sink(rcpt={"gone@example.org": "550 no such mailbox"}) as sink:
        notes = deliver(sink.url, "gone@example.org", "two@example.org")
    assert sink.addresses == ["two@example.org"]
    assert notes.outcomes[0] == Outcome(1, ServerAnswer.REFUSED, "550 no such mailbox")
    assert notes.attempts == [2]


def test_refused_for_now_is_to_be_retried() -> None:
    with Sink(rcpt={"grey@example.org": "451 greylisted"}) as sink:
        notes = deliver(sink.url, "grey@example.org", "two@example.org")
    assert notes.answers == {1: ServerAnswer.RETRY, 2: ServerAnswer.ACCEPTED}


def test_a_message_refused_after_its_body_is_refused() -> None:
    with Sink(data={"one@example.org": "554 looks like spam"}) as sink:
        notes = deliver(sink.url, "one@example.org")
    assert notes.outcomes == [Outcome(1, ServerAnswer.REFUSED, "554 looks like spam")]


def test_a_line_cut_before_the_body_is_no_doubt() -> None:
    with Sink(rcpt={"one@example.org": "drop"}) as sink:
        notes = Notes()
        with (
            closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session,
            pytest.raises(Transient, match="closed the connection"),
        ):
            session.deliver(messages("one@example.org", "two@example.org"), notes)
    assert notes.attempts == []
    assert notes.outcomes == []


def test_a_line_cut_after_the_body_is_a_doubt_and_only_that_one() -> None:
    with Sink(data={"two@example.org": "drop"}) as sink:
        notes = Notes()
        with closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session:
            session.deliver(messages("one@example.org", "two@example.org", "c@example.org"), notes)
    # It had taken mail before, so the connection was simply opened again.
    assert notes.answers == {
        1: ServerAnswer.ACCEPTED,
        2: ServerAnswer.DOUBT,
        3: ServerAnswer.ACCEPTED,
    }


def deliver_until_trouble(sink: Sink, *addresses: str) -> tuple[Notes, TransportError]:
    notes = Notes()
    with (
        closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session,
        pytest.raises(TransportError) as trouble,
    ):
        session.deliver(messages(*addresses), notes)
    return notes, trouble.value


@pytest.mark.parametrize("answer", ["354 go on", "hello there"])
def test_an_answer_that_makes_no_sense_is_a_doubt_and_ends_the_connection(answer: str) -> None:
    with Sink(data={"one@example.org": answer}) as sink:
        notes, trouble = deliver_until_trouble(sink, "one@example.org", "two@example.org")
    # Out of step once, the server would answer the second in place of the first.
    assert notes.answers == {1: ServerAnswer.DOUBT}
    assert notes.attempts == [1]
    assert isinstance(trouble, Transient)


@pytest.mark.parametrize("how", [{"mail": "354 go on"}, {"rcpt": {"one@example.org": "354 go on"}}])
def test_nonsense_before_the_body_is_no_answer_about_anybody(how: dict[str, Any]) -> None:
    with Sink(**how) as sink:
        notes, trouble = deliver_until_trouble(sink, "one@example.org")
    assert (notes.attempts, notes.outcomes) == ([], [])
    assert isinstance(trouble, Transient)


def test_data_answered_250_does_not_count_as_accepted() -> None:
    """A server one answer behind: the 250 is for RCPT, and no body has left."""
    with scripted("250 sender ok", "250 recipient ok", "250 recipient ok") as url:
        notes = Notes()
        with closing(Smtp.from_url(url).open()) as session, pytest.raises(Transient):
            session.deliver(messages("one@example.org"), notes)
    assert (notes.attempts, notes.outcomes) == ([], [])


def test_a_recipient_answered_252_gets_the_body() -> None:
    with Sink(rcpt={"one@example.org": "252 cannot verify, will try"}) as sink:
        notes = deliver(sink.url, "one@example.org")
    assert notes.answers == {1: ServerAnswer.ACCEPTED}
    assert sink.addresses == ["one@example.org"]


def test_a_sender_refused_for_now_slows_down_and_is_held_against_no_recipient() -> None:
    with Sink(mail="451 rate limit exceeded") as sink:
        notes, trouble = deliver_until_trouble(sink, "one@example.org", "two@example.org")
    assert notes.outcomes == []
    assert isinstance(trouble, Throttled)
    assert "rate limit" in trouble.message


def test_words_that_no_database_stores_are_left_out() -> None:
    with scripted("250 sender ok", "550 no\x00 such\x1b[31m mailbox", "250 reset") as url:
        notes = deliver(url, "one@example.org")
    assert notes.outcomes == [Outcome(1, ServerAnswer.REFUSED, "550 no such [31m mailbox")]


def test_a_login_refused_for_now_is_tried_again() -> None:
    with (
        scripted("454 temporary authentication failure", greets_with="AUTH PLAIN") as url,
        pytest.raises(Transient, match="454 temporary"),
    ):
        Smtp.from_url(url.replace("//", "//ada:right@")).open()


def test_a_server_that_knows_only_helo_is_good_enough() -> None:
    with scripted(
        "250 hello", "250 ok", "250 ok", "354 go on", "250 taken", ehlo="502 what?"
    ) as url:
        notes = deliver(url, "one@example.org")
    assert notes.answers == {1: ServerAnswer.ACCEPTED}


def test_an_answer_of_many_lines_is_one_answer() -> None:
    with scripted("250 ok", "250-well\r\n250 ok", "354 go on", "250-it\r\n250 is taken") as url:
        notes = deliver(url, "one@example.org")
    assert notes.answers == {1: ServerAnswer.ACCEPTED}


def test_an_abort_ends_the_wait_for_an_answer_with_a_doubt() -> None:
    silent = threading.Event()
    with scripted("250 ok", "250 ok", "354 go on", at_silence=silent.set) as url:
        notes = Notes()
        session = Smtp.from_url(url).open()
        delivery = InTheBackground(lambda: session.deliver(messages("one@example.org"), notes))
        assert silent.wait(PATIENCE)
        session.abort()
        delivery.join()
        session.close()
    assert isinstance(delivery.error, Transient)
    assert "closed by us" in str(delivery.error)
    assert notes.answers == {1: ServerAnswer.DOUBT}


def test_when_the_notes_cannot_be_written_the_body_does_not_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line, "GOODBYE", 1_000.0)  # nobody answers a QUIT inside a body

    class FullDisk(Notes):
        def attempt(self, subscriber_id: int) -> None:
            raise Transient("The journal cannot be written: no space")

    with Sink() as sink:
        session = Smtp.from_url(f"{sink.url}?connections=1").open()
        with pytest.raises(Transient, match="journal"):
            session.deliver(messages("one@example.org"), FullDisk())
        InTheBackground(session.close).join()
    assert sink.addresses == []


def test_421_to_one_after_another_slows_the_transport_down() -> None:
    addresses = [f"{name}@example.org" for name in ("one", "two", "three", "four")]
    with Sink(rcpt=dict.fromkeys(addresses, "421 too many messages")) as sink:
        notes, trouble = deliver_until_trouble(sink, *addresses)
    assert isinstance(trouble, Throttled)
    assert "too many messages" in trouble.message
    assert notes.answers == dict.fromkeys((1, 2, 3), ServerAnswer.RETRY)


def test_a_refused_sender_wants_a_person() -> None:
    with (
        Sink(mail="553 sender address rejected") as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session,
        pytest.raises(Misconfigured, match="553 sender address rejected"),
    ):
        session.deliver(messages("one@example.org"), Notes())


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(Transient, match="couldn't reach the mail server"):
        Smtp.from_url(f"smtp://127.0.0.1:{free_port()}").open()


def test_a_refused_login_wants_a_person_and_shows_the_servers_words() -> None:
    with Sink(user="ada", password="right") as sink:
        with pytest.raises(Misconfigured, match=r"refused the login.*user and password"):
            Smtp.from_url(f"smtp://ada:wrong@127.0.0.1:{sink.port}").open()
        Smtp.from_url(f"smtp://ada:right@127.0.0.1:{sink.port}").open().close()


def test_starttls_that_the_server_does_not_offer_wants_a_person() -> None:
    with Sink() as sink, pytest.raises(Misconfigured, match="STARTTLS"):
        Smtp.from_url(f"smtp+tls://127.0.0.1:{sink.port}").open()


def test_a_name_that_does_not_exist_is_tried_again() -> None:
    with pytest.raises(Transient, match=r"mail\.invalid"):
        Smtp.from_url("smtp://mail.invalid").open()


def test_the_description_keeps_the_password_to_itself() -> None:
    smtp = Smtp.from_url("smtp+tls://ada%40x:s%3Acret@mail.example.org")
    assert (smtp.user, smtp.password, smtp.port) == ("ada@x", "s:cret", 587)
    assert "cret" not in smtp.describe()


@pytest.mark.parametrize("url", ["smtp://", "smtp://host:99999", "smtp://host:abc"])
def test_an_address_that_cannot_be_read_says_what_to_write(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        Smtp.from_url(url)


@pytest.mark.parametrize(
    "secret", ["pa/ss", "12/ss", "pa#ss", "12#ss", "pa@ss", "12@ss", "pa?ss", "12?ss", "pa[ss"]
)
def test_a_password_that_is_not_coded_is_refused_and_never_taken_for_a_host(
    secret: str, settings: Settings
) -> None:
    settings.EMAIL_URL = f"smtp+tls://ada:{secret}@mail.example.org:587"
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be read") as refused:
        current()
    assert "%2F %23 %3F %40 %5B" in str(refused.value)
    assert "ss@" not in str(refused.value)
    coded = quote(secret, safe="")
    smtp = Smtp.from_url(f"smtp+tls://ada:{coded}@mail.example.org:587/")
    assert (smtp.password, smtp.host) == (secret, "mail.example.org")


@pytest.mark.parametrize("query", ["cleartext=perhaps", "clear=yes", "connections=0"])
def test_an_option_that_means_nothing_is_refused(query: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"cleartext|connections"):
        Smtp.from_url(f"smtp://host?{query}")


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("smtps://host", True),
        ("smtp+tls://host", True),
        ("smtp://host", True),
        ("smtp://host:587", True),
        ("smtps://host:2525", True),
        ("smtps://host:587", False),
        ("smtps://host:25", False),
        ("smtp+tls://host:465", False),
        ("smtp://host:465", False),
    ],
)
def test_a_port_that_is_for_another_scheme_is_told(url: str, fits: bool) -> None:
    assert bool(Smtp.from_url(url).advice) is not fits


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("mail.example.org", False)],
)
def test_only_the_loopback_interface_stays_here(host: str, here: bool) -> None:
    assert Smtp.from_url(f"smtp://{host}").stays_here is here
