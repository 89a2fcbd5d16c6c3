"""An address as people paste it: with the name before it, in quotation marks, as a link."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from subscribers.addresses import Address, AddressRefused, normalise

_MOST = 1000  # characters that are looked at
_APART = re.compile(r"[\s<>()\[\]{},;:|\"“”„«»‹›]")
_OPENING = ("<", "(", "[")
_EDGES = "'\"`´‘’‚“”„«»‹›.,;:!?*<>()[]{} \t\r\n"
_LABELS = frozenset({"mailto", "mail", "email", "e-mail", "courriel", "correo", "adresse", "smtp"})
# Letters and signs as wide as Chinese ones.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFE6B: 0x40}
_JOINERS = "\u200c\u200d"  # which some alphabets need


@dataclass(frozen=True)
class Pasted:
    """An address, and the name that stood before it."""

    address: Address
    name: str = ""


class SeveralAddresses(AddressRefused):
    """More than one address, of which one must be chosen."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__(
            _("There are two addresses here: %(first)s and %(second)s. Please write one of them.")
            % {"first": addresses[0], "second": addresses[1]}
        )
        self.addresses = addresses


def read(text: str) -> Pasted:
    """The one address in a text. Raises AddressRefused, or SeveralAddresses."""
    text = text[:_MOST]
    # A spreadsheet writes one apostrophe before a cell that is a text.
    if text.lstrip().startswith("'"):
        return _within(text) or Pasted(normalise(text))
    try:
        return Pasted(normalise(text))
    except AddressRefused:
        if found := _within(text):
            return found
        raise


def _within(text: str) -> Pasted | None:
    text = _tidied(text)
    found = _found(text)
    if len(found) > 1:
        raise SeveralAddresses([address.typed for address in found.values()])
    return _alone(text, *found.values()) if found else None


def _tidied(text: str) -> str:
    text = html.unescape(text).translate(_NARROW)
    shown = "".join(char for place, char in enumerate(text) if not _is_hidden(text, place))
    return "@".join(part.strip() for part in shown.split("@")) if shown.count("@") == 1 else shown


def _is_hidden(text: str, place: int) -> bool:
    char = text[place]
    if unicodedata.category(char) != "Cf":
        return False
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return char not in _JOINERS or around.isascii()


def _found(text: str) -> dict[str, Address]:
    """The addresses in a text, by their normal form."""
    found: dict[str, Address] = {}
    for token, _place in _tokens(text):
        address = _address(token)
        if address:
            found.setdefault(address.normalised, address)
    return found


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """The words, and where they begin."""
    begins = 0
    for end in [*(match.start() for match in _APART.finditer(text)), len(text)]:
        if end > begins:
            yield text[begins:end], begins
        begins = end + 1


def _address(token: str) -> Address | None:
    if "@" not in token.strip("@"):
        return None
    bare = token.strip(_EDGES).removesuffix("/")
    local, _at, domain = bare.rpartition("@")
    try:
        return normalise(f"{local}@{domain.partition('?')[0].rstrip(_EDGES)}")
    except AddressRefused:
        return None


def _alone(text: str, address: Address) -> Pasted:
    """Beside the address may stand a name before it. Anything else may mean something, such as
    that she left, and is not for a machine to read. Raises AddressRefused."""
    beside, places = [], []
    for token, place in _tokens(text):
        if _address(token):
            places.append(place)
        elif (bare := token.strip(_EDGES)) and bare.lower() not in _LABELS:
            beside.append((place, bare))
    if not beside:
        return Pasted(address)
    before = text[: places[0]].rstrip().rstrip(":")
    if before.lower().endswith("mailto"):
        before = before[:-6]
    if before.endswith(_OPENING) and beside[-1][0] < places[0]:
        return Pasted(address, " ".join(before.rstrip("<([").strip(_EDGES).split()))
    raise AddressRefused(
        _("Please write the address alone. Is it %(address)s?") % {"address": address.typed}
    )
