"""Slips of the finger in the names of the most usual mail providers. A question, never a refusal.

Only names are compared, on this machine: nobody is asked whether a mailbox exists.
"""

import re

# The thirty or so at which most readers are, in the languages we speak.
_USUAL = """
gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.es yahoo.de hotmail.com
hotmail.co.uk hotmail.fr hotmail.es hotmail.de outlook.com outlook.fr outlook.es outlook.de
live.com msn.com icloud.com aol.com protonmail.com proton.me gmx.de gmx.net web.de t-online.de
freenet.de orange.fr wanadoo.fr laposte.net comcast.net btinternet.com
"""
PROVIDERS = tuple(_USUAL.split())
# Near to one of them, and real.
_OTHERS = """
mail.com email.com ymail.com cloud.com gmx.com gmx.at gmx.ch mail.de email.de me.com mac.com
proton.ch protonmail.ch live.fr live.de live.co.uk live.nl outlook.be outlook.at outlook.it
"""
OTHERS = frozenset(_OTHERS.split())
_COUNTRY = re.compile(r"(?:co\.)?[a-z]{2}")
_SLIPS_OF_COM = frozenset({"co", "cm", "om"})  # countries, too; and far more often a lost letter
_SHORT = 4  # names up to so many letters are near to too many others
_LONG = 8


def meant(typed: str) -> str | None:
    """The address that was probably meant; None for nearly all. `typed` need not be valid."""
    local, at, domain = typed.strip().rpartition("@")
    domain = domain.strip().lower().replace(",", ".").strip(".")
    if not (local and at and domain) or len(domain) > 30 or not domain.isascii():
        return None
    provider = _provider(domain)
    if provider is None or typed.strip().lower().endswith(f"@{provider}"):
        return None
    return f"{local.strip()}@{provider}"


def _provider(domain: str) -> str | None:
    if domain in PROVIDERS:
        return domain  # but for a comma or a dot too many
    if domain in OTHERS:
        return None
    name, _dot, ending = domain.partition(".")
    near = [
        (_slips(name, one_name) + _slips(ending, one_ending), rank, provider)
        for rank, provider in enumerate(PROVIDERS)
        for one_name, _, one_ending in [provider.partition(".")]
        if _is_near(name, ending, one_name, one_ending)
    ]
    return min(near)[2] if near else None


def _is_near(name: str, ending: str, of_name: str, of_ending: str) -> bool:
    slips = _slips(name, of_name)
    if slips > (0 if len(of_name) <= _SHORT else 2 if len(of_name) >= _LONG else 1):
        return False
    if not ending:  # ada@gmail
        return True
    if slips == 0 and _COUNTRY.fullmatch(ending) and ending not in _SLIPS_OF_COM:
        return False  # the same provider in another country
    return _slips(ending, of_ending) <= 1


def _slips(one: str, other: str) -> int:
    """How many letters are missing, too many, wrong, or in turned order (optimal string
    alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, there in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]
