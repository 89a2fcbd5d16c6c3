"""Whether the sender's domain vouches for its letters: SPF, DKIM and DMARC in the DNS.

Name servers are asked while the page is made, for a moment only, and what they said is kept for
some minutes. Nothing of it keeps a letter from leaving: an answer may be late, or be looked at
from elsewhere.
"""

import hashlib
from collections.abc import Iterator

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from posts.delivery.transports import current
from posts.delivery.transports.base import Transport
from posts.delivery.transports.outbox import Outbox
from posts.delivery.transports.records import DnsAnswer, Level, Lookup, WantedRecord, wanted
from posts.desk.checklist.items import ChecklistItem, ItemLevel, Subject
from posts.desk.checklist.letter import leads_nowhere

PATIENCE = 1.0  # seconds for one name; after one that nobody answered for, none is asked any more
KEPT = 10 * 60
KEPT_UNKNOWN = 2 * 60
VOUCHERS = ("SPF", "DKIM", "DMARC")


def vouches(seen: Subject) -> Iterator[ChecklistItem]:
    """A line for each record that is missing or differs; one for those that are as they should
    be, and one for those that nobody could say anything of."""
    address = seen.post.newsletter.from_email
    transport = _way_out()
    if not seen.people or transport is None or leads_nowhere(address.rpartition("@")[2]):
        return
    lookup = Lookup(patience=PATIENCE)
    there, unknown = [], []
    records = wanted(transport, sender=address, reports="")
    for record in sorted(records, key=lambda one: one.purpose != "SPF"):
        if record.purpose not in VOUCHERS:
            continue
        answer = _answer(lookup, record)
        if answer.level is Level.OK:
            there.append(record.purpose)
        elif answer.level is Level.UNKNOWN:
            unknown.append(record.purpose)
        else:
            yield _missing(record, answer, address)
    yield from _summed_up(address, there, unknown)


def _way_out() -> Transport | None:
    """How a letter leaves; None where none does, or nobody knows, which the page says."""
    try:
        transport = current()
    except ImproperlyConfigured:
        return None
    return None if transport.name == Outbox.name else transport


def _answer(lookup: Lookup, record: WantedRecord) -> DnsAnswer:
    name = f"{record.purpose} {record.type} {record.name} {record.value}"
    key = f"domain-{hashlib.sha256(name.encode()).hexdigest()}"
    answer: DnsAnswer | None = cache.get(key)
    if answer is None:
        answer = _key_of(lookup, record) if record.purpose == "DKIM" else lookup.find(record)
        answer = answer or DnsAnswer(Level.UNKNOWN)
        cache.set(key, answer, KEPT_UNKNOWN if answer.level is Level.UNKNOWN else KEPT)
    return answer


def _key_of(lookup: Lookup, record: WantedRecord) -> DnsAnswer:
    there = lookup.has_dkim(record.name.rpartition("_domainkey.")[2])
    if there is None:
        return DnsAnswer(Level.UNKNOWN)
    return DnsAnswer(Level.OK if there else Level.MISSING)


def _missing(record: WantedRecord, answer: DnsAnswer, address: str) -> ChecklistItem:
    domain = address.rpartition("@")[2]
    if record.purpose == "SPF" and answer.level is Level.DIFFERS:
        said = _(
            "%(domain)s says who may send for it (SPF), and your mail server is not there by its "
            "name. Unless it is meant by another, the TXT record of %(name)s becomes:"
        )
    elif record.purpose == "SPF":
        said = _(
            "%(domain)s does not say yet who may send its letters (SPF), so they may be taken for "
            "junk. Whoever looks after the domain adds a TXT record to %(name)s:"
        )
    elif record.purpose == "DKIM":
        said = _(
            "No key for the signatures of %(domain)s was found (DKIM), so letters may be taken for "
            "junk. Whoever runs your mail server, or your mail provider, shows the record to add."
        )
    else:
        said = _(
            "%(domain)s says nothing yet about letters that only pretend to be from it (DMARC), "
            "which large mailboxes ask for. Whoever looks after the domain adds a TXT record to "
            "%(name)s:"
        )
    names = {"domain": domain, "name": record.name}
    return ChecklistItem(ItemLevel.LOOK, said % names, paste=answer.paste or record.value)


def _summed_up(address: str, there: list[str], unknown: list[str]) -> Iterator[ChecklistItem]:
    domain = address.rpartition("@")[2]
    if there:
        yield ChecklistItem(
            ItemLevel.FINE,
            _("%(domain)s vouches for your letters (%(records)s).")
            % {"domain": domain, "records": ", ".join(there)},
        )
    if unknown:
        yield ChecklistItem(
            ItemLevel.UNKNOWN,
            _(
                "Whether %(domain)s vouches for your letters (%(records)s) could not be looked up "
                "just now."
            )
            % {"domain": domain, "records": ", ".join(unknown)},
        )
