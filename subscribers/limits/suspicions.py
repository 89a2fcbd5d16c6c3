"""Addresses that are fine, and yet perhaps not what somebody meant. A warning, never a refusal."""

from functools import lru_cache

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
ROLE, DISPOSABLE = "role", "disposable"


def doubt_about(address: str) -> str | None:
    """`ROLE` or `DISPOSABLE` for a normalised address; None for nearly all."""
    local, _at, domain = address.rpartition("@")
    if local.partition("+")[0] in ROLES:
        return ROLE
    return DISPOSABLE if _is_disposable(domain) else None


@lru_cache(maxsize=20_000)
def _is_disposable(domain: str) -> bool:
    """Remembered, since an import meets the same few over and over."""
    return any(name in blocklist for name in with_parents(domain))


def suspicion(address: str) -> str | None:
    """What to ask about a normalised address, as a sentence; None for nearly all."""
    doubt = doubt_about(address)
    if doubt == ROLE:
        return _("This looks like a mailbox that several people read.")
    if doubt == DISPOSABLE:
        return _("This looks like a mailbox that is thrown away after a while.")
    return None


def with_parents(domain: str) -> list[str]:
    """The domain and those above it: a.b.example, b.example, example."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]
