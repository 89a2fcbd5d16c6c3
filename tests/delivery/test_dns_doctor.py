"""What `doctor` finds in the DNS, asked of a name server of the test's own."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from pytest_django import Settings

from posts.delivery.check import Check
from posts.delivery.dns_doctor import checks
from subscribers.models import Newsletter
from tests.factories import make_newsletter

pytestmark = pytest.mark.django_db

ZONE = {
    ("letters.org", "TXT"): ['"v=spf1 mx a:mail.letters.org ~all"', '"another program\'s word"'],
    ("letters.org", "MX"): ["10 mail.letters.org."],
    ("_dmarc.letters.org", "TXT"): ['"v=DMARC1; p=none"'],
    ("key1._domainkey.letters.org", "TXT"): ['"v=DKIM1; p=abc"'],
    ("mail.letters.org", "A"): ["192.0.2.7"],
    ("7.2.0.192.in-addr.arpa", "PTR"): ["mail.letters.org."],
}
Zone = dict[tuple[str, str], list[str]]


class Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, socket = self.request
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        zone: Zone = self.server.zone  # type: ignore[attr-defined]
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        if found := zone.get((name, dns.rdatatype.to_text(question.rdtype))):
            answer.answer.append(
                dns.rrset.from_text_list(question.name, 60, "IN", question.rdtype, found)
            )
        elif not any(there == name or there.endswith(f".{name}") for there, _ in zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        socket.sendto(answer.to_wire(), self.client_address)


@contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        server.zone = zone  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _a_sender(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp+tls://ada:pw@mail.letters.org:587?verp=bounces@back.letters.org"
    make_newsletter()
    Newsletter.objects.update(from_email="ada@letters.org")


def found(zone: Zone) -> dict[str, Check]:
    with name_server(zone) as address:
        return {check.name: check for check in checks(address)}


def test_where_all_is_there_each_line_says_what_is_there() -> None:
    lines = found({**ZONE, ("back.letters.org", "MX"): ["10 mail.letters.org."]})
    assert {name: line.level for name, line in lines.items()} == dict.fromkeys(
        [
            *("SPF of letters.org", "DKIM of letters.org", "Return path of letters.org"),
            *("DMARC of letters.org", "Return path of back.letters.org", "PTR of mail.letters.org"),
        ],
        "ok",
    )
    assert "v=spf1 mx a:mail.letters.org ~all" in lines["SPF of letters.org"].message
    assert lines["PTR of mail.letters.org"].message == "192.0.2.7 is mail.letters.org, and back."


def test_where_nothing_is_there_each_line_says_what_to_paste() -> None:
    lines = found({("mail.letters.org", "A"): ["192.0.2.7"]})
    assert {line.level for line in lines.values()} == {"warning"}
    assert (
        'letters.org. TXT "v=spf1 mx a:mail.letters.org ~all"' in lines["SPF of letters.org"].todo
    )
    assert '_dmarc.letters.org. TXT "v=DMARC1; p=none"' in lines["DMARC of letters.org"].todo
    assert "…._domainkey.letters.org" in lines["DKIM of letters.org"].todo
    assert "Add an MX for back.letters.org." in lines["Return path of back.letters.org"].todo
    assert "reverse DNS of 192.0.2.7" in lines["PTR of mail.letters.org"].todo


def test_an_spf_that_forgets_our_server_is_written_anew_with_what_it_says() -> None:
    zone = {**ZONE, ("letters.org", "TXT"): ['"v=spf1 include:other.example -all"']}
    line = found(zone)["SPF of letters.org"]
    assert line.level == "warning"
    assert '"v=spf1 include:other.example a:mail.letters.org -all"' in line.todo


def test_a_name_that_does_not_lead_back_is_none() -> None:
    zone = {**ZONE, ("7.2.0.192.in-addr.arpa", "PTR"): ["host7.rented.example."]}
    line = found(zone)["PTR of mail.letters.org"]
    assert line.level == "warning"
    assert "192.0.2.7 is host7.rented.example, which does not lead back to it" in line.message


def test_a_name_server_that_is_silent_is_asked_once_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("posts.delivery.transports.records.PATIENCE", 0.05)
    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as silent:
        lines = list(checks(f"127.0.0.1:{silent.server_address[1]}"))
    assert {line.message for line in lines} == {"The name servers do not answer, so nobody knows."}


def test_without_mail_that_leaves_nobody_is_asked(settings: Settings) -> None:
    settings.EMAIL_URL = "outbox:"
    assert list(checks("127.0.0.1:1")) == []


@pytest.mark.parametrize("wrong", ["ns.example.org", "9.9.9.9:dns", "999.1.1.1"])
def test_what_is_no_address_of_a_name_server_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        list(checks(wrong))
