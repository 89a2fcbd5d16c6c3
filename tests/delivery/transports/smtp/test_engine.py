"""Many connections that look like one, over real sockets."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from aiosmtpd.smtp import Envelope

from posts.delivery.transports.base import Misconfigured, ServerAnswer, Throttled, Transient
from posts.delivery.transports.smtp import Smtp, connecting, engine, line
from posts.delivery.transports.smtp.verp import Verp
from posts.delivery.worker.journal import Journal, Name, read
from tests.delivery.transports.scripted import scripted
from tests.delivery.transports.smtp.checking import CheckingSink
from tests.delivery.transports.smtp.noting import Notes, Paced, deliver, people
from tests.delivery.transports.smtp.talking import message
from tests.sink import free_port
from tests.waiting import InTheBackground, until

MANY = 200
GROUP = [b"MAIL", b"RCPT", b"DATA"]


def addresses(count: int) -> list[str]:
    return sorted(f"reader{at}@example.org" for at in range(1, count + 1))


# --- What is said together ---


def test_with_pipelining_an_envelope_is_one_write_and_leaves_with_the_body_before_it() -> None:
    with CheckingSink() as sink:
        notes = deliver(sink.url, 20, connections=1)
    assert sink.wrong == []
    assert notes.of(ServerAnswer.ACCEPTED) == list(range(1, 21))
    [connection] = sink.connections
    assert connection.groups == [[b"EHLO"], *[GROUP] * 20, [b"QUIT"]]


def test_without_it_every_command_waits_for_its_answer() -> None:
    with CheckingSink(pipelining=False) as sink:
        notes = deliver(sink.url, 5, connections=1)
    assert sink.wrong == []
    assert notes.of(ServerAnswer.ACCEPTED) == [1, 2, 3, 4, 5]
    [connection] = sink.connections
    assert connection.groups == [[b"EHLO"], *[[one] for _ in range(5) for one in GROUP], [b"QUIT"]]


@pytest.mark.parametrize("pipelining", [True, False])
def test_refusals_among_many_connections_meet_only_whom_they_are_meant_for(
    pipelining: bool,
) -> None:
    rcpt = {f"reader{at}@example.org": "550 gone" for at in range(1, MANY, 5)}
    data = {f"reader{at}@example.org": "452 full" for at in range(2, MANY, 7)}
    with CheckingSink(pipelining=pipelining, rcpt=rcpt, data=data) as sink:
        notes = deliver(sink.url, MANY, connections=8)
    assert sink.wrong == []
    assert len(notes.outcomes) == MANY
    assert notes.of(ServerAnswer.REFUSED) == list(range(1, MANY, 5))
    assert notes.of(ServerAnswer.RETRY) == [at for at in range(2, MANY, 7) if at % 5 != 1]
    assert len(set(sink.addresses)) == len(sink.addresses) == len(notes.of(ServerAnswer.ACCEPTED))


# --- How many connections ---


def test_a_few_messages_open_one_connection_and_many_open_no_more_than_asked() -> None:
    with CheckingSink() as sink:
        deliver(sink.url, engine.MESSAGES_A_LINE, connections=8)
        assert len(sink.connections) == 1
        deliver(sink.url, MANY, connections=8)
        assert 2 <= sink.most_open <= 8
    assert sink.wrong == []


def test_a_server_that_bears_only_two_connections_gets_all_messages() -> None:
    with CheckingSink(most=2, rate=400) as sink:
        notes = deliver(sink.url, MANY, connections=8)
    assert notes.of(ServerAnswer.ACCEPTED) == list(range(1, MANY + 1))
    assert sorted(sink.addresses) == addresses(MANY)
    assert sink.wrong == []


def test_connections_are_replaced_after_so_many_messages() -> None:
    with CheckingSink() as sink:
        notes = deliver(sink.url, 23, connections=1, per_connection=5)
    assert sink.parting() == [5, 5, 5, 5, 3]
    assert all(connection.groups[-1] == [b"QUIT"] for connection in sink.connections)
    assert notes.of(ServerAnswer.ACCEPTED) == list(range(1, 24))
    assert sink.wrong == []


def test_old_connections_are_replaced_between_two_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LONGEST_LIFE", 0.2)
    with CheckingSink(rate=100) as sink:
        notes = deliver(sink.url, 80, connections=1)
    assert len(sink.connections) >= 2
    assert notes.of(ServerAnswer.ACCEPTED) == list(range(1, 81))
    assert sink.wrong == []


def test_where_nothing_may_leave_one_connection_waits_and_no_more_are_opened() -> None:
    feed, notes = Paced([message(at) for at in range(1, 101)], open_for=0), Notes()
    with CheckingSink() as sink:
        with closing(Smtp.from_url(f"{sink.url}?connections=8").open()) as session:
            delivery = InTheBackground(lambda: session.deliver(feed, notes))
            time.sleep(0.5)
            assert len(sink.connections) == 1
            feed.open_for = 1_000
            delivery.join()
        assert delivery.error is None
        assert len(sink.addresses) == 100


def test_an_answer_is_on_disk_before_the_next_message_may_leave() -> None:
    """The next attempt takes it along; where that is long in coming, a kill would lose it."""
    feed, journal = Paced([message(1), message(2)], open_for=1), Journal(Name(7, 1))
    with CheckingSink() as sink, closing(Smtp.from_url(sink.url).open()) as session:
        delivery = InTheBackground(lambda: session.deliver(feed, journal))

        def written() -> list[ServerAnswer]:
            return [one.answer for one in read(journal.path.read_bytes())[0]]

        assert until(lambda: written() == [ServerAnswer.ACCEPTED])
        assert not delivery.ended
        feed.open_for = 1_000
        delivery.join()
        assert written() == [ServerAnswer.ACCEPTED] * 2
    journal.delete()


def test_a_server_that_tires_of_an_idle_connection_slows_nobody_down() -> None:
    feed, notes = Paced([message(1), message(2)], open_for=1), Notes()
    with CheckingSink() as sink:
        with closing(Smtp.from_url(f"{sink.url}?connections=1").open()) as session:
            delivery = InTheBackground(lambda: session.deliver(feed, notes))
            assert until(lambda: notes.outcomes)
            [connection] = sink.connections
            transport = connection.transport
            assert transport is not None
            tired = b"421 4.4.2 Error: timeout exceeded\r\n"  # as Postfix says it
            connection.loop.call_soon_threadsafe(transport.write, tired)
            connection.loop.call_soon_threadsafe(transport.close)
            # The engine hangs up, and is ready again for whoever may leave next.
            assert until(lambda: not sink.open or len(sink.connections) == 2)
            feed.open_for = 1
            delivery.join()
        assert delivery.error is None
    assert feed.slowed == []
    assert notes.of(ServerAnswer.ACCEPTED) == [1, 2]


# --- Trouble ---


def test_one_of_eight_connections_that_dies_costs_one_doubt_and_nobody_else() -> None:
    with CheckingSink(data={"reader77@example.org": "drop"}, rate=1_000) as sink:
        notes = deliver(sink.url, MANY, connections=8)
    assert notes.of(ServerAnswer.DOUBT) == [77]
    assert notes.of(ServerAnswer.ACCEPTED) == [at for at in range(1, MANY + 1) if at != 77]
    assert len(set(sink.addresses)) == len(sink.addresses) == MANY - 1


def test_a_recipients_own_421_among_many_slows_nobody_down() -> None:
    feed, notes = Paced([message(at) for at in range(1, MANY + 1)]), Notes()
    busy = list(range(10, MANY, 10))
    rcpt = {f"reader{at}@example.org": "421 her server is busy" for at in busy}
    with (
        CheckingSink(rcpt=rcpt, rate=1_000) as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=4").open()) as session,
    ):
        session.deliver(feed, notes)
    assert feed.slowed == []
    assert notes.of(ServerAnswer.RETRY) == busy
    assert len(notes.of(ServerAnswer.ACCEPTED)) == MANY - len(busy)
    assert sink.wrong == []


def test_421_on_all_connections_slows_the_feeds_down() -> None:
    feed, notes = Paced([message(at) for at in range(1, MANY + 1)]), Notes()
    rcpt = {f"reader{at}@example.org": "421 too fast" for at in range(20, MANY + 1)}
    with (
        CheckingSink(rcpt=rcpt, rate=1_000) as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=2").open()) as session,
        pytest.raises(Throttled, match="421 too fast"),
    ):
        session.deliver(feed, notes)
    assert len(notes.of(ServerAnswer.RETRY)) < 10
    assert len(set(sink.addresses)) == len(sink.addresses) == 19


def test_a_letter_that_is_too_large_for_a_server_puts_nobody_in_doubt() -> None:
    """The others' connections end what they have begun, and are not cut in the middle of it."""
    notes = Notes()
    with (
        CheckingSink(rate=50) as sink,
        closing(Smtp.from_url(f"{sink.url}?connections=4").open()) as session,
    ):
        delivery = InTheBackground(lambda: session.deliver(people(MANY), notes))
        assert until(lambda: len(notes.outcomes) > 10)
        sink.handler.mail = "552 5.3.4 message size exceeds fixed limit"
        delivery.join()
    assert isinstance(delivery.error, Misconfigured)
    assert "no letter of this size" in delivery.error.message
    assert notes.of(ServerAnswer.DOUBT) == []
    assert len(set(sink.addresses)) == len(sink.addresses) == len(notes.of(ServerAnswer.ACCEPTED))
    assert sorted(notes.attempts) == sorted(one.subscriber_id for one in notes.outcomes)


@pytest.mark.parametrize(
    ("answers", "deadline", "answer"),
    [
        ([], "TIMEOUT", []),
        (["250 ok"], "TIMEOUT", []),
        (["250 ok", "250 ok", "354 go on"], "FINAL_TIMEOUT", [ServerAnswer.DOUBT]),
    ],
)
def test_silence_ends_at_the_deadline(
    answers: list[str],
    deadline: str,
    answer: list[ServerAnswer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notes = Notes()
    with scripted(*answers) as url, closing(Smtp.from_url(url).open()) as session:
        monkeypatch.setattr(line, deadline, 0.3)
        delivery = InTheBackground(lambda: session.deliver(people(1), notes))
        delivery.join()
    assert isinstance(delivery.error, Transient)
    assert "does not answer any more" in str(delivery.error)
    assert [outcome.answer for outcome in notes.outcomes] == answer


def test_an_abort_in_the_middle_doubts_at_most_one_a_connection() -> None:
    notes, others = Notes(), Notes()
    with CheckingSink(rate=50) as sink:
        session = Smtp.from_url(f"{sink.url}?connections=8").open()
        one = InTheBackground(lambda: session.deliver(people(MANY), notes))
        two = InTheBackground(lambda: session.deliver(people(MANY, first=1_000), others))
        assert until(lambda: len(notes.outcomes) + len(others.outcomes) > 10)
        session.abort()
        one.join()
        two.join()
        session.close()
    for delivery in (one, two):
        assert isinstance(delivery.error, Transient)
    doubts = notes.of(ServerAnswer.DOUBT) + others.of(ServerAnswer.DOUBT)
    assert len(doubts) <= 8
    noted = notes.outcomes + others.outcomes
    assert sorted(notes.attempts + others.attempts) == sorted(one.subscriber_id for one in noted)


@contextmanager
def mute_after_the_first() -> Iterator[str]:
    """Greets one connection properly; the others wait for a greeting that never comes."""
    with CheckingSink() as sink, socket.create_server(("127.0.0.1", 0)) as front:
        ended, held = threading.Event(), []

        def accept() -> None:
            first, _ = front.accept()
            real = socket.create_connection(("127.0.0.1", sink.port))
            for source, target in ((first, real), (real, first)):
                target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=pump, args=(source, target), daemon=True).start()
            held.extend([first, real])
            front.settimeout(0.05)
            while not ended.is_set():
                try:
                    held.append(front.accept()[0])
                except TimeoutError:
                    continue

        def pump(source: socket.socket, target: socket.socket) -> None:
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"smtp://127.0.0.1:{front.getsockname()[1]}"
        finally:
            ended.set()
            accepting.join()
            for one in held:
                one.close()


def test_connections_that_never_open_hold_up_neither_the_mail_nor_the_end() -> None:
    notes = Notes()
    with mute_after_the_first() as url:
        session = Smtp.from_url(f"{url}?connections=8").open()

        def all_of_it() -> None:
            session.deliver(people(MANY), notes)
            session.close()  # seven are still waiting for a greeting

        delivery = InTheBackground(all_of_it)
        delivery.join()
    assert delivery.error is None
    assert notes.of(ServerAnswer.ACCEPTED) == list(range(1, MANY + 1))


# --- On the way to a connection ---


def test_the_words_tell_apart_what_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Transient, match="the name has no address"):
        Smtp.from_url("smtp://mail.invalid").open()
    with pytest.raises(Transient, match=r"couldn't reach .* \(.*refused"):
        Smtp.from_url(f"smtp://127.0.0.1:{free_port()}").open()
    with (
        CheckingSink(most=0) as sink,
        pytest.raises(Throttled, match=r"421 .*too many connections"),
    ):
        Smtp.from_url(sink.url).open()
    monkeypatch.setattr(connecting, "GREETING_TIMEOUT", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        pytest.raises(Transient, match="it does not answer"),
    ):
        Smtp.from_url(f"smtp://127.0.0.1:{mute.getsockname()[1]}").open()


def test_a_port_where_something_else_answers_is_named_with_its_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def greet() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                connection.recv(100)

        greeting = threading.Thread(target=greet)
        greeting.start()
        with pytest.raises(Transient, match=r"makes no sense.*SSH-2\.0"):
            Smtp.from_url(f"smtp://127.0.0.1:{other.getsockname()[1]}").open()
        greeting.join()


# --- What is left behind ---


def left_behind() -> tuple[int, int]:
    return len(os.listdir("/proc/self/fd")), threading.active_count()


def test_sessions_leave_no_thread_and_no_socket_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    with CheckingSink() as sink, socket.create_server(("127.0.0.1", 0)) as mute:
        deliver(sink.url, 40, connections=4)
        assert until(lambda: not sink.open)
        before = left_behind()
        for _ in range(10):
            deliver(sink.url, 40, connections=4, per_connection=7)
            with monkeypatch.context() as hurry:
                hurry.setattr(connecting, "GREETING_TIMEOUT", 0.05)
                for url in (f"127.0.0.1:{free_port()}", f"127.0.0.1:{mute.getsockname()[1]}"):
                    with pytest.raises(Transient):
                        Smtp.from_url(f"smtp://{url}").open()
        assert until(lambda: not sink.open)
        assert until(lambda: left_behind() <= before), (before, left_behind())


# --- VERP ---


@pytest.mark.django_db
def test_each_envelope_sender_says_whose_mail_came_back() -> None:
    senders: list[tuple[str, str]] = []
    with CheckingSink() as sink:
        real = sink.handler._take

        def take(address: str, envelope: Envelope) -> None:
            senders.append((address, str(envelope.mail_from)))
            real(address, envelope)

        sink.handler._take = take  # type: ignore[method-assign]
        deliver(sink.url, 10, connections=2, verp="bounces@letters.example")
    verp = Verp("bounces", "letters.example")
    assert sink.wrong == []
    assert {address: verp.read(sender) for address, sender in senders} == {
        f"reader{at}@example.org": (1, at) for at in range(1, 11)
    }
