"""The connection itself: TLS, hanging up, and when it is opened anew."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from posts.delivery.transports.base import Misconfigured, ServerAnswer, Transient
from posts.delivery.transports.esp import http
from tests.delivery.transports.esp.making import (
    PROVIDERS,
    Notes,
    deliver,
    feed,
    letter,
    opened,
    readers,
)
from tests.fake_esp import FakeEsp, Fault
from tests.waiting import InTheBackground, until

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1 in one file, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake provider")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "fake.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def secure(certificate: Path) -> Iterator[FakeEsp]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with FakeEsp(tls=context) as esp:
        yield esp


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.usefixtures("trusted")
def test_calls_go_over_tls(name: str, secure: FakeEsp) -> None:
    notes = deliver(secure, name, readers(3))
    assert set(notes.answers.values()) == {ServerAnswer.ACCEPTED}


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_certificate_that_nobody_knows_wants_a_person(name: str, secure: FakeEsp) -> None:
    notes = Notes()
    with opened(secure, name) as session, pytest.raises(Misconfigured, match="certificate"):
        session.deliver(feed(readers(2)), notes)
    assert notes.answers == {1: ServerAnswer.RETRY, 2: ServerAnswer.RETRY}


@pytest.mark.usefixtures("trusted")
def test_hanging_up_ends_a_wait_over_tls_too(secure: FakeEsp) -> None:
    notes = Notes()

    secure.provider.faults.append(Fault(after="silence"))
    with opened(secure, "mailgun") as session:
        call = InTheBackground(lambda: session.deliver(feed(readers(2)), notes))
        assert until(lambda: secure.provider.addresses)
        session.abort()
        call.join()
    assert isinstance(call.error, Transient)
    assert notes.answers == {1: ServerAnswer.DOUBT, 2: ServerAnswer.DOUBT}


def test_a_connection_that_has_long_been_idle_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FakeEsp() as esp, opened(esp, "mailgun") as session:
        session.deliver(feed(readers(1)), Notes())
        session.deliver(feed(readers(1)), Notes())
        before = esp.provider.connections
        monkeypatch.setattr(http, "LONGEST_IDLE", -1.0)
        session.deliver(feed(readers(1)), Notes())
        assert esp.provider.connections == before + 1


def test_a_connection_that_the_provider_closed_between_calls_is_opened_anew() -> None:
    with FakeEsp() as esp, opened(esp, "mailgun") as session:
        session.deliver(feed(readers(1)), Notes())
        esp.hang_up()
        notes = Notes()
        session.deliver(feed(readers(2)), notes)
    assert notes.answers == {1: ServerAnswer.ACCEPTED, 2: ServerAnswer.ACCEPTED}


def test_a_connection_cut_in_the_middle_of_the_body_is_no_doubt() -> None:
    long = letter(html=f"<p>{'rest' * 2_200_000}</p>")
    notes = Notes()
    with FakeEsp() as esp, opened(esp, "mailgun") as session:
        esp.provider.faults.append(Fault(torn=True))
        with pytest.raises(Transient):
            session.deliver(feed(readers(2, long)), notes)
    assert notes.answers == {1: ServerAnswer.RETRY, 2: ServerAnswer.RETRY}
    assert esp.provider.addresses == []
