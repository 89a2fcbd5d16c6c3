"""What the domain of a sender has to say in the DNS, and whether it does.

SPF (RFC 7208) names who may send for it, DKIM (RFC 6376) has the key of the signatures, DMARC (RFC
7489) says what to think of mail that has neither, and the return path is where bounces go.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import dns.reversename
from django.conf import settings

from posts.delivery.transports.base import Transport
from posts.delivery.transports.esp import registry
from posts.delivery.transports.smtp import Smtp
from subscribers.saying import sentence

PATIENCE = 3.0  # seconds for one name, over all name servers


class Level(StrEnum):
    """What a look came to."""

    OK = "ok"
    MISSING = "missing"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WantedRecord:
    """One record to paste at whoever keeps the domain. Without a `value`, `where` says who shows
    it."""

    purpose: str
    type: str
    name: str
    value: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What the DNS says to it. `said`: the records that are there, as they are."""

    level: Level
    said: tuple[str, ...] = ()
    paste: str = ""  # what to write instead of what is there


def wanted(transport: Transport, *, sender: str, reports: str) -> list[WantedRecord]:
    """The records for mail from `sender`, an address; empty where its domain is none that a
    stranger could look up. DMARC's reports go to `reports`, if that is an address."""
    domain = sender.rpartition("@")[2].lower()
    if "." not in domain or domain.endswith((".localhost", ".example", ".test", ".invalid")):
        return []
    return [*_of_transport(transport, domain), _dmarc(domain, reports)]


def _of_transport(transport: Transport, domain: str) -> Iterator[WantedRecord]:
    if isinstance(transport, Smtp):
        yield WantedRecord("SPF", "TXT", domain, f"v=spf1 mx {_allowed(transport)} ~all")
        yield WantedRecord(
            "DKIM",
            "TXT",
            f"…._domainkey.{domain}",
            where=sentence("Whoever runs the mail server shows it, where they speak of DKIM."),
        )
        yield WantedRecord(
            sentence("Return path"),
            "MX",
            domain,
            where=sentence("Where your own mail arrives: it is there already."),
        )
    elif transport.name in registry.TABLE:
        yield from _of_provider(transport, domain)


def _allowed(server: Smtp) -> str:
    """From where the world sees its mail come, as far as we can know."""
    if server.stays_here:
        return f"a:{urlsplit(settings.SITE_URL).hostname}"
    try:
        address = ip_address(server.host)
    except ValueError:
        return f"a:{server.host}"
    return f"ip{address.version}:{address}"


def _of_provider(transport: Transport, domain: str) -> Iterator[WantedRecord]:
    provider = registry.provider_of(transport.name)
    place = getattr(getattr(transport, "options", None), "place", "") or domain
    for record in provider.records:
        name, value = (
            text.format(domain=domain, place=place) for text in (record.name, record.value)
        )
        yield WantedRecord(record.purpose, record.type, name, value)
    yield WantedRecord(
        "DKIM",
        "TXT / CNAME",
        f"…._domainkey.{domain}",
        where=sentence(
            "%(provider)s shows it beside your domain, and what else it asks for.",
            provider=provider.title,
        ),
    )


def _dmarc(domain: str, reports: str) -> WantedRecord:
    to = f"; rua=mailto:{reports}" if "@" in reports else ""
    return WantedRecord("DMARC", "TXT", f"_dmarc.{domain}", f"v=DMARC1; p=none{to}")


# --- Looking --------------------------------------------------------------------------------


class Lookup:
    """Asks the name servers of this machine. When they did not answer once, they are not asked
    again: nobody waits before a screen for each of six records."""

    types: ClassVar[frozenset[str]] = frozenset({"TXT", "CNAME", "MX"})

    def __init__(self, nameserver: str = "", *, patience: float = PATIENCE) -> None:
        """`nameserver`: the one to ask, as `192.0.2.53` or `192.0.2.53:5353`, `[…]:53` for IPv6.
        `patience`: seconds for one name. Raises ValueError: it is no name server."""
        self._patience = patience
        self._unreachable = False
        self._resolver: dns.resolver.Resolver | None = None
        if nameserver:
            parts = urlsplit(f"//{nameserver}")
            self._resolver = dns.resolver.Resolver(configure=False)
            self._resolver.nameservers = [str(ip_address(parts.hostname or ""))]
            self._resolver.port = parts.port or 53

    def find(self, record: WantedRecord) -> DnsAnswer | None:
        """None: there is nothing to look up, since only somebody else knows the name."""
        if record.type not in self.types or "…" in record.name:
            return None
        said = self._ask(record.name, record.type)
        if said is None:
            return DnsAnswer(Level.UNKNOWN)
        if record.purpose == "SPF":
            return _spf(record, said)
        if record.purpose == "DMARC":
            return _begins("v=dmarc1", said)
        hits = [each for each in said if record.value.lower() in each.lower()]
        if hits:
            return DnsAnswer(Level.OK, tuple(hits))
        return DnsAnswer(Level.DIFFERS if said else Level.MISSING, tuple(said))

    def has_dkim(self, domain: str) -> bool | None:
        """Whether there is a key at all: only whoever signs knows its name, but what is above a
        name that exists exists as well (RFC 8020). None: nobody could say."""
        if self._unreachable:
            return None
        try:
            self._resolve(f"_domainkey.{domain}", "TXT")
        except dns.resolver.NXDOMAIN:
            return False
        except dns.resolver.NoAnswer:
            return True
        except (dns.exception.DNSException, OSError):
            self._unreachable = True
            return None
        return True

    def names_of(self, host: str) -> dict[str, list[str]] | None:
        """Each address of a host, and what it is called backwards. None: nobody could say."""
        found = [self._ask(host, kind) for kind in ("A", "AAAA")]
        named: dict[str, list[str]] = {}
        for address in [each for said in found for each in said or []]:
            names = self._ask(dns.reversename.from_address(address).to_text(), "PTR")
            named[address] = names or []
        return None if self._unreachable else named

    def _resolve(self, name: str, kind: str) -> dns.resolver.Answer:
        resolver = self._resolver or dns.resolver.get_default_resolver()
        return resolver.resolve(name, kind, lifetime=self._patience, search=False)

    def _ask(self, name: str, kind: str) -> list[str] | None:
        """What is there; None when nobody could say."""
        if self._unreachable:
            return None
        try:
            answer = self._resolve(name, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError):
            self._unreachable = True
            return None
        if kind == "TXT":
            return [b"".join(each.strings).decode("utf-8", "replace") for each in answer]
        return [each.to_text().rstrip(".") for each in answer]


def _begins(word: str, said: Sequence[str]) -> DnsAnswer:
    hits = tuple(each for each in said if each.lower().startswith(word))
    return DnsAnswer(Level.OK if hits else Level.MISSING, hits)


def _spf(record: WantedRecord, said: Sequence[str]) -> DnsAnswer:
    """There must be one alone (RFC 7208, 4.5), so what is missing goes into the one that is."""
    there = tuple(each for each in said if each.lower().split()[:1] == ["v=spf1"])
    if not there:
        return DnsAnswer(Level.MISSING)
    needed = [part for part in record.value.split()[1:-1] if part != "mx"]
    words = there[0].split()
    if len(there) == 1 and all(part in words for part in needed):
        return DnsAnswer(Level.OK, there)
    have = [part for one in there for part in one.split()[1:]]
    mechanisms = dict.fromkeys([part for part in have if not part.endswith("all")] + needed)
    ends = next((part for part in have if part.endswith("all")), "~all")
    return DnsAnswer(Level.DIFFERS, there, paste=" ".join(["v=spf1", *mechanisms, ends]))
