"""Addresses that are fine, and yet perhaps not what somebody meant. A warning, never a refusal."""

from disposable_email_domains import blocklist
from django.utils.translation import gettext as _

# Behind these several people or a machine read along (RFC 2142 and custom).
_ROLES = """
abuse admin administrator billing bookings contact enquiries hello help helpdesk hostmaster hr info
inquiries jobs kontakt mail mailer-daemon marketing news newsletter no-reply noc noreply office
orders postmaster press privacy root sales secretary security service sos spam staff subscribe
support team unsubscribe webmaster
"""
ROLES = frozenset(_ROLES.split())


def suspicion(address: str) -> str | None:
    """What to ask about a normalised address, as a sentence; None for nearly all."""
    local, _at, domain = address.rpartition("@")
    if local.partition("+")[0] in ROLES:
        return _("This looks like a mailbox that several people read.")
    if any(name in blocklist for name in with_parents(domain)):
        return _("This looks like a mailbox that is thrown away after a while.")
    return None


def with_parents(domain: str) -> list[str]:
    """The domain and those above it: a.b.example, b.example, example."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]
