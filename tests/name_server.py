"""A name server on loopback, asked over UDP as any other."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

Zone = Mapping[tuple[str, str], list[str] | None]


class NameServer:
    """Knows a zone: what is not in it does not exist, and None is a name without such a record.
    While `silent` it hears and says nothing."""

    def __init__(self, zone: Zone) -> None:
        self.zone, self.silent, self.asked = dict(zone), False, list[tuple[str, str]]()
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.bind(("127.0.0.1", 0))
        self.port: int = self._line.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            asked, who = self._line.recvfrom(4096)
            if not asked:
                return
            query = dns.message.from_wire(asked)
            question = query.question[0]
            name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
            self.asked.append((name, kind))
            if not self.silent:
                self._line.sendto(self._answer(query, name, kind).to_wire(), who)

    def _answer(self, query: dns.message.Message, name: str, kind: str) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if (name, kind) not in self.zone:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif found := self.zone[name, kind]:
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *found))
        return response

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._line.close()


@contextmanager
def name_server(monkeypatch: pytest.MonkeyPatch, zone: Zone) -> Iterator[NameServer]:
    """The one that this machine asks, for as long as it is open."""
    server = NameServer(zone)
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
    try:
        yield server
    finally:
        server.close()
