"""The form by which the owner says how mail leaves."""

import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.delivery.transports import from_url
from posts.delivery.transports.email_url import options_of
from posts.delivery.transports.esp import registry
from posts.delivery.transports.esp.options import SECRET, SIGNING_KEY
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.outbox import Outbox
from posts.delivery.transports.smtp import Smtp
from posts.delivery.transports.written import provider_url, server_url
from posts.delivery.way_out.models import WayOut
from posts.delivery.way_out.queries import OUTBOX
from posts.delivery.way_out.sealing import Unsealable, unseal

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+", re.ASCII)
_SECURITY = (
    ("smtp+tls", gettext_lazy("STARTTLS (usual, port 587)")),
    ("smtps", gettext_lazy("TLS from the start (port 465)")),
    ("smtp", gettext_lazy("None (only for a server on this machine or your own network)")),
)
SECRETS = ("password", "key", "secret", "signing_key")
# What of the form may be kept as it is; everything else is sealed.
_SHOWN = ("kind", "host", "port", "security", "user", "place", "api_url")
# Who has the key that was typed: another server, or another account, must not be told it.
WHOSE = ("kind", "host", "user", "place", "api_url")


def _secret(label: Any, help_text: Any = "") -> forms.CharField:
    """Stands in no page; when something else is to be mended, `desk.typed_secrets` has it."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def _text(label: Any, help_text: Any = "", **attrs: str) -> forms.CharField:
    attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", **attrs}
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs=attrs),
    )


def _kinds() -> list[tuple[str, Any]]:
    return [
        ("smtp", gettext_lazy("A mail server: your mail account’s, or your own")),
        *((name, registry.provider_of(name).title) for name in registry.TABLE),
        (Outbox.name, gettext_lazy("Not at all: letters stay on this machine, to look at")),
    ]


class WayOutForm(forms.Form):
    """Which way out, its fields, and where the test letter goes.

    A key that is left empty stays as it was saved, for the same server and account alone. After
    `is_valid`, `url` is the way out as EMAIL_URL would say it.
    """

    kind = forms.ChoiceField(
        label=gettext_lazy("How mail leaves"), choices=_kinds, widget=forms.RadioSelect
    )
    host = _text(
        gettext_lazy("Server"), gettext_lazy("Such as smtp.example.org. Your mail provider says.")
    )
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        help_text=gettext_lazy("Empty: the usual one."),
        required=False,
        min_value=1,
        max_value=65535,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Write a number, such as 587.")},
    )
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=_SECURITY,
        required=False,
        widget=forms.RadioSelect,
    )
    user = _text(gettext_lazy("User"), gettext_lazy("Often your address. Empty: no login."))
    password = _secret(gettext_lazy("Password of that user"))

    key = _secret(gettext_lazy("Key"))
    secret = _secret(gettext_lazy("Secret access key"))
    place = _text(gettext_lazy("Domain or region"))
    api_url = _text(
        gettext_lazy("Another address of its API"),
        gettext_lazy(
            "Only if your account lives elsewhere. Mailgun’s in Europe: "
            "https://api.eu.mailgun.net/v3"
        ),
    )
    signing_key = _secret(
        gettext_lazy("Webhook signing key"),
        gettext_lazy("So that bounces and complaints are believed. Its settings show the key."),
    )

    to = forms.EmailField(
        label=gettext_lazy("Send a test letter to"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    url = OUTBOX

    def __init__(self, data: Any = None, *, row: WayOut | None = None, to: str = "") -> None:
        self.before: dict[str, Any] = dict(row.shown) if row else {}
        self.unreadable = False
        self._url_before = self._unsealed(row)
        initial = {"kind": "smtp", "security": "smtp+tls", **self.before}
        super().__init__(data, initial={**initial, "to": to})

    def _unsealed(self, row: WayOut | None) -> str:
        try:
            return unseal(row.sealed) if row else ""
        except Unsealable:
            self.unreadable = True
            return ""

    # --- What is checked ---

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"].strip().rstrip(".")
        if host and not _HOST.fullmatch(host):
            raise ValidationError(
                _("That is no name of a server. It looks like smtp.example.org, without a / or @.")
            )
        return host.lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind", "")
        if kind == "smtp":
            self._clean_server(cleaned)
        elif kind in registry.TABLE:
            self._clean_provider(cleaned, registry.provider_of(kind))
        if not self.errors:
            try:
                from_url(self.url)
            except ImproperlyConfigured as error:
                raise ValidationError(str(error)) from error
        return cleaned

    def _clean_server(self, cleaned: dict[str, Any]) -> None:
        if "host" in cleaned and not cleaned["host"]:
            self.add_error("host", _("Write the name of the mail server."))
        security = cleaned.get("security") or "smtp+tls"
        port = cleaned.get("port") or Smtp.SCHEMES[security]
        password = cleaned.get("password", "")
        if cleaned.get("user") and not password:
            password = self._kept("password", unquote(urlsplit(self._url_before).password or ""))
        if not self.errors:
            self.url = server_url(
                security=security,
                host=cleaned["host"],
                port=port,
                user=cleaned["user"],
                password=password if cleaned["user"] else "",
            )
            cleaned.update(security=security, port=port)

    def _clean_provider(self, cleaned: dict[str, Any], provider: Provider) -> None:
        before = urlsplit(self._url_before)
        secret, key = cleaned.get("secret", ""), cleaned.get("key", "")
        if not key and not (provider.key_pair and not secret and not self._is_same()):
            key = self._kept("key", unquote(before.username or ""))
            secret = secret or unquote(before.password or "")
        if provider.place and not cleaned.get("place"):
            self.add_error("place", _("This one is needed."))
        if not self.errors:
            self.url = provider_url(
                provider.scheme,
                key=key,
                secret=secret if provider.key_pair else "",
                place=cleaned["place"] if provider.place else "",
                options={"api_url": cleaned["api_url"], **self._webhook(provider)},
            )

    def _webhook(self, provider: Provider) -> dict[str, str]:
        """By which a provider that reports shows who it is: its own key, or a password of ours."""
        kept = options_of(self._url_before) if self._is_same() else {}
        if provider.webhook.secrets[0] == SIGNING_KEY:
            return {SIGNING_KEY: self.cleaned_data["signing_key"] or kept.get(SIGNING_KEY, "")}
        return {SECRET: kept.get(SECRET) or f"hook:{secrets.token_urlsafe(18)}"}

    def _is_same(self) -> bool:
        """Whether this is still the server and the account whose key was saved."""
        return bool(self._url_before) and all(
            (self.before.get(name) or "") == (self.cleaned_data.get(name) or "") for name in WHOSE
        )

    def _kept(self, name: str, saved: str) -> str:
        if saved and self._is_same():
            return saved
        self.add_error(
            name,
            _("Enter it once more: it was saved for another server or account.")
            if saved
            else _("Enter it again: it can’t be read any more.")
            if self.unreadable
            else _("This one is needed."),
        )
        return ""

    # --- What is kept ---

    @property
    def shown(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in _SHOWN}

    # --- What is shown ---

    @property
    def providers(self) -> Iterator[Provider]:
        return (registry.provider_of(name) for name in registry.TABLE)

    @property
    def hook_password(self) -> str:
        """What stands before the @ of the address for webhooks, where that is ours to make up."""
        try:
            return options_of(self._url_before).get(SECRET, "")
        except ValueError:
            return ""
