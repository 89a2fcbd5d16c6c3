"""The form by which the owner says where readers reach the site."""

from string import ascii_lowercase, digits
from typing import Any
from urllib.parse import SplitResult, urlsplit

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.content.public_web import is_public
from posts.desk.checklist.letter import leads_nowhere

_LETTERS = frozenset(f"{ascii_lowercase}{digits}-")
_INSIDE = ("arpa", "home", "internal", "lan")
_USUAL_PORTS = {"http": 80, "https": 443}


class AddressForm(forms.Form):
    """`cleaned_data["address"]` is as settings.SITE_URL wants it: no path, in small letters, and
    no port that goes without saying."""

    address = forms.CharField(
        label=gettext_lazy("Address of your site"),
        max_length=200,
        help_text=gettext_lazy("As readers would type it, such as https://letters.example.org"),
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "url",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": gettext_lazy("Write the address of your site.")},
    )

    def __init__(self, data: Any = None, *, now: str = "") -> None:
        super().__init__(data, initial={"address": now})

    def clean_address(self) -> str:
        typed = self.cleaned_data["address"].strip()
        try:
            parts = urlsplit(typed if "://" in typed else f"https://{typed}")
            host, port = _host(parts), parts.port
        except ValueError:
            raise ValidationError(
                _("Write an address such as https://letters.example.org")
            ) from None
        if leads_nowhere(host) or _is_inside(host):
            raise ValidationError(
                _("Nobody elsewhere reaches %(host)s. Write the address that readers would type.")
                % {"host": host}
            )
        given = "" if port in (None, _USUAL_PORTS[parts.scheme]) else f":{port}"
        address = f"{parts.scheme}://{host}{given}"
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValidationError(
                _("Your site begins where the name ends. Write %(address)s") % {"address": address}
            )
        return address


def _host(parts: SplitResult) -> str:
    """The name as machines write it. Raises ValueError (idna.IDNAError is one)."""
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _USUAL_PORTS or parts.username is not None or not host:
        raise ValueError
    name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    labels = name.split(".")
    if len(name) > 253 or not all(label and len(label) < 64 for label in labels):
        raise ValueError
    if not all(_LETTERS.issuperset(label) for label in labels):
        raise ValueError
    return name


def _is_inside(host: str) -> bool:
    """Whether it is a name of one network alone, or a number that is."""
    if host.rpartition(".")[2] in _INSIDE or "." not in host:
        return True
    return host.replace(".", "").isdecimal() and not is_public(host)
