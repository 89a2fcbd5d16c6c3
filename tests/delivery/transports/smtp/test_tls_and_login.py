import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import AuthResult

from posts.delivery.transports.base import Misconfigured, ServerAnswer, Transient
from posts.delivery.transports.smtp import Smtp
from tests.delivery.transports.smtp.checking import CheckingSink
from tests.delivery.transports.smtp.conftest import server_side
from tests.delivery.transports.smtp.noting import deliver


def ada(_: object, __: object, ___: object, ____: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (b"ada@x.org", "s:crét".encode())
    return AuthResult(success=right, handled=False)


def as_ada(url: str, *, saying: str = "s%3Acr%C3%A9t") -> str:
    return url.replace("://", f"://ada%40x.org:{saying}@")


def test_tls_from_the_first_byte(tls: ssl.SSLContext) -> None:
    with CheckingSink(smtps=tls) as sink:
        notes = deliver(sink.url, 20, connections=2)
    assert sink.wrong == []
    assert notes.of(ServerAnswer.ACCEPTED) == list(range(1, 21))


def test_starttls_and_login_after_it(tls: ssl.SSLContext) -> None:
    with CheckingSink(starttls=tls, login=ada) as sink:
        notes = deliver(as_ada(sink.url.replace("smtp://", "smtp+tls://")), 20, connections=1)
    assert sink.wrong == []
    assert notes.of(ServerAnswer.ACCEPTED) == list(range(1, 21))
    [connection] = sink.connections
    opening = [[b"EHLO"], [b"STARTTLS"], [b"EHLO"], [b"AUTH"]]
    assert connection.groups[:4] == opening


@pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
def test_a_certificate_that_nobody_vouches_for_wants_a_person(
    scheme: str, authority: trustme.CA, untrusted: ssl.SSLContext
) -> None:
    how: dict[str, Any] = {"smtps": untrusted} if scheme == "smtps" else {"starttls": untrusted}
    with (
        CheckingSink(login=ada, **how) as sink,
        pytest.raises(Misconfigured, match=r"certificate of localhost cannot be trusted"),
    ):
        Smtp.from_url(as_ada(f"{scheme}://localhost:{sink.port}")).open()
    verbs = [verb for one in sink.connections for group in one.groups for verb in group]
    assert b"AUTH" not in verbs, "the password was told to a stranger"


def test_a_certificate_of_another_name_wants_a_person(authority: trustme.CA) -> None:
    with (
        CheckingSink(smtps=server_side(authority, "mail.example.org")) as sink,
        pytest.raises(Misconfigured, match="localhost"),
    ):
        Smtp.from_url(sink.url).open()


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_login_by_either_mechanism(mechanism: str) -> None:
    with CheckingSink(login=ada, mechanisms=(mechanism,)) as sink:
        notes = deliver(as_ada(sink.url))
        assert notes.of(ServerAnswer.ACCEPTED) == [1]
        with pytest.raises(Misconfigured, match=r"refused the login: 535"):
            deliver(as_ada(sink.url, saying="wrong"))
    assert sink.wrong == []


def test_a_server_that_takes_no_login_that_we_know_is_told_by_what_it_offers() -> None:
    with (
        CheckingSink(login=ada, mechanisms=()) as sink,
        pytest.raises(Misconfigured, match="takes no login that we know"),
    ):
        Smtp.from_url(as_ada(sink.url)).open()


# --- What is said before TLS began may be anybody's (CVE-2011-0411) ---


@contextmanager
def answers_starttls_with(answer: bytes) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 hello\r\n")
                lines.readline()
                connection.sendall(b"250-server\r\n250 STARTTLS\r\n")
                lines.readline()
                connection.sendall(answer)
                lines.read()

        serving = threading.Thread(target=serve)
        serving.start()
        yield f"smtp+tls://127.0.0.1:{server.getsockname()[1]}"
        serving.join()


@pytest.mark.parametrize(
    "more",
    [
        b"250-mallory\r\n250 AUTH PLAIN\r\n",
        b"250-mallory\r\n250-AUTH PLAIN\r\n",  # left open, to stand before what is said after it
        b"250-mall",
    ],
)
def test_an_answer_from_before_the_encryption_is_not_believed(more: bytes) -> None:
    with (
        answers_starttls_with(b"220 go ahead\r\n" + more) as url,
        pytest.raises(Transient, match="went on talking before TLS"),
    ):
        Smtp.from_url(url).open()


def test_starttls_refused_is_tried_again_later() -> None:
    with (
        answers_starttls_with(b"454 TLS not available\r\n") as url,
        pytest.raises(Transient, match="454 TLS not available"),
    ):
        Smtp.from_url(url).open()
