"""How a provider shows that it is really it that calls, and what its calls say.

Anymail checks and reads; its views are used as readers only, never mounted: ours stores first, and
a worker reads (`posts.delivery.events`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from anymail.exceptions import AnymailError
from django.core.handlers.wsgi import WSGIRequest

from posts.delivery.transports.esp.options import SECRET, SIGNING_KEY
from posts.delivery.transports.verdict import BLOCKED, FAILED, SOFT, EventKind, Verdict
from subscribers.saying import sentence

Raw = dict[str, Any]

# What anymail raises for a body that is not what its provider sends, besides its own errors.
_NOT_READABLE = (
    *(AnymailError, LookupError, TypeError, ValueError, AttributeError),
    *(OverflowError, RecursionError),  # a time beyond all calendars, lists in lists in lists
)

# Anymail's words for what needs no closer look. Opens and clicks are no evidence of anything
# (some mail programs fetch every picture), so they are left out on purpose.
_PLAIN = {
    "queued": EventKind.ACCEPTED,
    "sent": EventKind.ACCEPTED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "complained": EventKind.COMPLAINED,
    "unsubscribed": EventKind.UNSUBSCRIBED,
}
_RETURNED = {"bounced": SOFT, "rejected": BLOCKED, "failed": FAILED}


class NotThem(Exception):
    """The request does not show that it comes from the provider."""


class NoSecret(Exception):
    """Nothing is configured by which the provider could show who it is."""


def nothing_special(raw: Raw) -> Verdict | None:
    """Of a provider for all of whose events anymail's word is ours too."""
    return None


def asks_nothing(body: bytes) -> str:
    """Of a provider that needs no yes before it reports."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """One provider's. Anymail gives all of them one vocabulary, but puts hard and soft bounces into
    one word, and some events into another than ours: `bounce` and `special` look at what the
    provider itself calls it (`raw`)."""

    reader: type[Any]  # anymail's view
    # Which kind of bounce (`transports.verdict`); empty: as the kind of event says.
    bounce: Callable[[Raw], str]
    # What anymail calls something else than we; None: this is not such an event.
    special: Callable[[Raw], Verdict | None] = nothing_special
    # Options of EMAIL_URL, any of which shows who calls; the first is the one to advise.
    secrets: tuple[str, ...] = (SECRET,)
    # Where it wants to hear that its events are welcome; empty: nowhere. Raises ValueError where
    # that is not its own address.
    to_confirm: Callable[[bytes], str] = asks_nothing

    # --- Who calls --------------------------------------------------------------------------

    def usable(self, given: Mapping[str, str]) -> dict[str, str]:
        """Of the secrets that EMAIL_URL gives, those to check; empty: it cannot show who it is."""
        if not any(name in given for name in self.secrets):
            return {}
        # A password that is asked for besides the signature is checked too.
        return {name: given[name] for name in (*self.secrets, SECRET) if name in given}

    def check_caller(
        self, given: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> None:
        """Raises NotThem or NoSecret."""
        secrets = self.usable(given)
        if not secrets:
            raise NoSecret
        try:
            self.reader(**secrets).run_validators(_as_request(headers, body))
        except _NOT_READABLE as error:
            raise NotThem(str(error)) from error

    # --- What it says -----------------------------------------------------------------------

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Any]:
        """Anymail's events of a stored call. Raises whatever a body that nobody expected breaks."""
        reader = self.reader(**dict.fromkeys(self.secrets, "checked already"))
        return list(reader.parse_events(_as_request(headers, body)))

    def verdict(self, event: Any) -> Verdict:
        """What an event of anymail's means for us."""
        raw: Raw = event.esp_event if isinstance(event.esp_event, dict) else {}
        special = self.special(raw)
        if special is not None:
            return special
        if event.event_type in _RETURNED:
            reason = self.bounce(raw) or _RETURNED[event.event_type]
            return Verdict(EventKind.BOUNCED, reason)
        return Verdict(_PLAIN.get(event.event_type, EventKind.NOTHING))

    # --- For `doctor` -----------------------------------------------------------------------

    def how_to_set(self, title: str, address: str) -> str:
        """What to do so that the provider of this title may call that address."""
        if self.secrets[0] == SIGNING_KEY:
            return sentence(
                "Add ?%(name)s=… to EMAIL_URL: the key with which %(title)s "
                "signs its webhooks, from its settings. Then enter %(address)s as "
                "webhook at %(title)s.",
                name=SIGNING_KEY,
                title=title,
                address=address,
            )
        parts = urlsplit(address)
        with_password = f"{parts.scheme}://user:password@{parts.netloc}{parts.path}"
        return sentence(
            "Add ?%(name)s=user:password to EMAIL_URL, with words that you make "
            "up. Then enter %(address)s as webhook at %(title)s.",
            name=SECRET,
            address=with_password,
            title=title,
        )


def _as_request(headers: Mapping[str, str], body: bytes) -> WSGIRequest:
    """The request as it came, from what was stored of it."""
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    request = WSGIRequest(
        {
            **named,
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
    )
    request._body = body  # read already, within a limit of ours and not that of forms
    return request
