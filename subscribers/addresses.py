"""Email addresses: checked, normalised, and masked where others may look on."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import idna
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from subscribers import address_faults
from subscribers.refusals import Refused

# RFC 5321. The whole address has to fit into a path of 256 octets with its angle brackets.
LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
MOST_READ = 1_000  # characters of what somebody typed

# The local part that nearly everybody has: RFC 5322's dot-atom.
_DOT_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)


class Address(NamedTuple):
    """An address as its owner typed it, and as we compare and mail it."""

    typed: str
    normalised: str


class AddressRefused(Refused, ValueError):
    """The address cannot be mailed; `message` says why, for the person who typed it."""


def normalise(email: str) -> Address:
    """Check an address and bring it into the one form in which it is unique.

    The domain becomes the ASCII form of IDNA 2008 (Django's SMTP backend would mail
    `straße.de` at `strasse.de`, another domain) and the local part lower case.
    """
    return ordinary(email) or with_care(email)


def ordinary(email: str) -> Address | None:
    """The same of an address as nearly everybody has it, at a third of the cost: a list may hold a
    million. None where it takes more care, or is none."""
    typed = email[:MOST_READ].strip()
    local, at, domain = typed.rpartition("@")
    if not (
        at
        and len(typed) <= LONGEST_ADDRESS
        and len(local) <= LONGEST_LOCAL_PART
        and typed.isascii()
        and _DOT_ATOM.fullmatch(local)
    ):
        return None
    try:
        normalised = f"{local.lower()}@{_ascii_domain(domain)}"
    except EmailNotValidError:
        return None
    return Address(typed, normalised)


def with_care(email: str) -> Address:
    """What `normalise` does, of any text. Raises AddressRefused."""
    typed = email[:MOST_READ].strip()
    _refuse_what_is_no_address(typed)
    local, _at, domain = typed.rpartition("@")
    if not local.isascii():
        raise AddressRefused(
            _(
                "The part before the @ has letters outside a–z. Most mail servers cannot deliver "
                "to such an address, so please use another one."
            )
        )
    if not _DOT_ATOM.fullmatch(local):
        raise _refused(address_faults.said(typed))
    try:
        normalised = f"{local.lower()}@{_ascii_domain(domain)}"
    except EmailNotValidError as error:
        raise _refused(address_faults.said(typed)) from error
    if len(local) > LONGEST_LOCAL_PART or len(normalised) > LONGEST_ADDRESS:
        raise AddressRefused(_("The address is too long for any mail server. Is it complete?"))
    return Address(typed=typed, normalised=normalised)


def _refuse_what_is_no_address(typed: str) -> None:
    if not typed:
        raise _refused(_("Enter an email address."))
    if len(typed) > LONGEST_ADDRESS:
        raise _refused(_("That is too long to be an email address."))
    # Cc: control characters, line breaks among them; Cs: halves of characters, which no
    # database stores; Zl, Zp: line separators.
    if not typed.isprintable() and any(
        unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in typed
    ):
        raise _refused(_("The address contains a line break or control character."))
    if "@" not in typed:
        raise _refused(_("An email address has an @ in it."))


def _refused(words: str) -> AddressRefused:
    return AddressRefused(f"{words} {_('It should look like name@example.org.')}")


@lru_cache(maxsize=20_000)
def _ascii_domain(domain: str) -> str:
    """The domain in ASCII. Remembered, since an import meets the same few over and over."""
    found = validate_email(f"a@{domain}", check_deliverability=False, allow_smtputf8=False)
    return str(found.ascii_domain)


def mask(address: str) -> str:
    """An address that its owner recognises and that a friend can do nothing with: a…@e…e.org."""
    local, _, domain = address.rpartition("@")
    name, _, ending = _readable(domain).rpartition(".")
    inner = f"{name[0]}…{name[-1]}" if len(name) > 2 else "…"
    outer = f"{local[0]}…" if len(local) > 1 else "…"
    return f"{outer}@{inner}.{ending}"


def _readable(domain: str) -> str:
    try:
        return idna.decode(domain)
    except idna.IDNAError:
        return domain
