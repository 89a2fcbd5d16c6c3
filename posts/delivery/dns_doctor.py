"""What the DNS says of who writes, line by line: SPF, DKIM, DMARC, the return path, and PTR."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from posts.delivery.check import Check
from posts.delivery.transports import current
from posts.delivery.transports.base import Transport
from posts.delivery.transports.outbox import Outbox
from posts.delivery.transports.records import DnsAnswer, Level, Lookup, WantedRecord, wanted
from posts.delivery.transports.smtp import Smtp
from subscribers.models import Newsletter
from subscribers.run_here import manage


def checks(nameserver: str = "") -> Iterator[Check]:
    """For the domain of each newsletter's sender. Nothing where no mail leaves this machine.

    Raises ValueError: `nameserver` is none.
    """
    look = Lookup(nameserver)
    try:
        way_out = current()
    except ImproperlyConfigured:  # the transport's own check says so
        return
    if way_out.name == Outbox.name:
        return
    senders = {
        sender.rpartition("@")[2].lower(): sender
        for sender in Newsletter.objects.order_by("-pk").values_list("from_email", flat=True)
    }
    for domain, sender in sorted(senders.items()):
        records = wanted(way_out, sender=sender, reports="")
        if not records:
            continue
        for record in records:
            yield _check(record, domain, look)
        yield from _return_path(way_out, look)
        yield from _backwards(way_out, domain, look)


def _check(record: WantedRecord, domain: str, look: Lookup) -> Check:
    name = f"{record.purpose} of {domain}"
    if record.purpose == "DKIM" and "…" in record.name:
        return _dkim(name, record, domain, look)
    answer = look.find(record)
    if answer is None:
        return Check(name, "ok", f"{record.name}: {record.where}")
    if answer.level == Level.OK:
        return Check(name, "ok", f"{record.type} {record.name}: {'; '.join(answer.said)}")
    if answer.level == Level.UNKNOWN:
        return _nobody_says(name)
    return Check(name, "warning", _what_is_there(record, answer), _paste(record, answer))


def _what_is_there(record: WantedRecord, answer: DnsAnswer) -> str:
    if answer.level == Level.MISSING:
        return f"There is no {record.type} record at {record.name}. {_WHY.get(record.purpose, '')}"
    return f"{record.type} {record.name} says something else: {'; '.join(answer.said)}"


_WHY = {
    "SPF": "Without it many mail servers take the letters for spam.",
    "DMARC": "Large mail providers refuse newsletters from a domain without one.",
    "Return path": "Mails that come back reach nobody.",
}


def _paste(record: WantedRecord, answer: DnsAnswer) -> str:
    value = answer.paste or record.value
    if not value:
        return record.where or f"Give {record.name} a record of the type {record.type}."
    instead = "Write instead of it" if answer.level == Level.DIFFERS else "Add"
    return f'{instead}, where the domain is kept: {record.name}. {record.type} "{value}"'


def _dkim(name: str, record: WantedRecord, domain: str, look: Lookup) -> Check:
    there = look.has_dkim(domain)
    if there is None:
        return _nobody_says(name)
    if there:
        return Check(name, "ok", f"There is a key below _domainkey.{domain}.")
    return Check(
        name,
        "warning",
        f"There is no key below _domainkey.{domain}, so a forged letter looks like yours.",
        f"Add {record.type} {record.name}. {record.where}",
    )


def _return_path(way_out: Transport, look: Lookup) -> Iterator[Check]:
    """Where mails come back to that have a return address each (`verp`)."""
    verp = way_out.verp if isinstance(way_out, Smtp) else None
    if verp is None:
        return
    domain = verp.domain
    record = WantedRecord("Return path", "MX", domain, where=f"Add an MX for {domain}.")
    yield _check(record, domain, look)


def _backwards(way_out: Transport, domain: str, look: Lookup) -> Iterator[Check]:
    """Whether the mail server's address leads back to a name that leads to it (a PTR). Only that
    of a mail server of one's own is one's own business; a provider has one."""
    if not isinstance(way_out, Smtp):
        return
    host = urlsplit(settings.SITE_URL).hostname or "" if way_out.stays_here else way_out.host
    name = f"PTR of {host}"
    named = look.names_of(host)
    if named is None:
        yield _nobody_says(name)
        return
    for address, names in named.items():
        if any(address in (look.names_of(back.rstrip(".")) or {}) for back in names):
            yield Check(name, "ok", f"{address} is {', '.join(names)}, and back.")
            continue
        said = f"is {', '.join(names)}, which does not lead back to it" if names else "has no name"
        yield Check(
            name,
            "warning",
            f"{address} {said}. Many mail servers take nothing from it.",
            f"Where the server is rented, set the reverse DNS of {address} to {host}.",
        )


def _nobody_says(name: str) -> Check:
    return Check(
        name,
        "warning",
        "The name servers do not answer, so nobody knows.",
        f"Try again later, or name another: {manage('doctor --nameserver 9.9.9.9')}",
    )
