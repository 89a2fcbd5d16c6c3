"""What is wrong with an address, in our own sentences: for the person who typed it."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_LOCAL_SIGN = re.compile(r"[^\w!#$%&'*+/=?^`{|}~.-]", re.ASCII)

Fault = Callable[[str, str], bool]  # of what stands before and after the last @

_FAULTS: tuple[tuple[Fault, object], ...] = (
    (
        lambda local, domain: "<" in local or ">" in domain,
        gettext_lazy("Write the address only, without a name and without angle brackets."),
    ),
    (
        lambda local, domain: '"' in local,
        gettext_lazy("Write the address without quotation marks."),
    ),
    (lambda local, domain: not local.strip(), gettext_lazy("There is nothing before the @.")),
    (lambda local, domain: not domain.strip(), gettext_lazy("There is nothing after the @.")),
    (lambda local, domain: "@" in local, gettext_lazy("There is more than one @ in it.")),
    (
        lambda local, domain: len(f"x{local}{domain}x".split()) > 1,
        gettext_lazy("There is a space in it, and an address has none."),
    ),
    (
        lambda local, domain: local.startswith(".") or local.endswith(".") or ".." in local,
        gettext_lazy(
            "Before the @ there is a dot where none can be: at the beginning, at the end, or "
            "beside another."
        ),
    ),
    (
        lambda local, domain: domain.startswith("["),
        gettext_lazy("After the @ we need a name like example.org, not a number in brackets."),
    ),
    (
        lambda local, domain: "." not in domain.strip("."),
        gettext_lazy("After the @ the ending is missing, such as .org or .com."),
    ),
    (
        lambda local, domain: ".." in domain or domain.startswith(".") or domain.endswith("."),
        gettext_lazy("After the @ there is a dot too many."),
    ),
)


def said(typed: str) -> str:
    """A sentence about the first thing that is wrong with `typed`, which has an @ in it."""
    local, _at, domain = typed.rpartition("@")
    for wrong, sentence in _FAULTS:
        if wrong(local, domain):
            return str(sentence)
    if sign := _LOCAL_SIGN.search(local):
        return _("Before the @ there is a sign that an address can’t have: %(sign)s") % {
            "sign": sign[0]
        }
    return _("What stands after the @ is not a place that mail can go to.")
