"""What a server's reply means where it is about us, not a recipient; and how it is shown."""

import re
from datetime import timedelta

from posts.delivery.transports.base import Misconfigured, Throttled, Transient, TransportError
from subscribers.one_line import printable_line
from subscribers.saying import sentence

CLOSING = 421  # "Service not available, closing transmission channel"
# A quota is of an hour or a day; nobody says of which.
QUOTA_PATIENCE = timedelta(hours=1)

_TLS = re.compile(r"starttls|\btls\b|encrypt", re.I)
_LOGIN = re.compile(r"\bauth(enticate|entication|orization)?\b|log ?in|sign in|credentials", re.I)
_SIZE = re.compile(r"\bsize\b|too (big|large)|\bbytes\b", re.I)
_QUOTA = re.compile(r"quota|limit|too many|exceeded|\brate\b|\b5\.4\.5\b", re.I)


def about_us(code: int, text: bytes, *, sender: str, size: int) -> TransportError:
    """What is said to MAIL (4xx and 5xx): no recipient was named yet."""
    reply = said(code, text)
    if code // 100 == 4:
        if code == CLOSING or not _QUOTA.search(reply):
            return slow_down(code, text)
        return Throttled(
            sentence("The mail server takes no more from us for now: %(reply)s", reply=reply)
        )
    if code == 552 or "5.3.4" in reply or _SIZE.search(reply):
        return Misconfigured(
            sentence(
                "The mail server takes no letter of this size (%(size)s kB): %(reply)s "
                "Make the letter smaller, or raise the server's limit, then resume.",
                size=round(size / 1000),
                reply=reply,
            )
        )
    if code in (530, 538) and _TLS.search(reply):
        return Misconfigured(
            sentence(
                "The mail server takes mail only over TLS: %(reply)s Choose STARTTLS "
                "(smtp+tls://), then resume.",
                reply=reply,
            )
        )
    if code in (530, 534, 535) or _LOGIN.search(reply):
        return Misconfigured(
            sentence(
                "The mail server takes mail only after a login: %(reply)s Enter user "
                "and password, and choose STARTTLS (smtp+tls://). Then resume.",
                reply=reply,
            )
        )
    if _QUOTA.search(reply):
        return Throttled(
            sentence(
                "The mail server takes no more from us for now: %(reply)s We go on by ourselves.",
                reply=reply,
            ),
            retry_after=QUOTA_PATIENCE,
        )
    return Misconfigured(
        sentence(
            "The mail server refused the sender %(sender)s: %(reply)s", sender=sender, reply=reply
        )
    )


def nonsense(code: int, text: bytes) -> Transient:
    """Whoever is out of step once would answer the next message in place of this one."""
    return Transient(
        sentence(
            "The mail server's answer makes no sense here: %(answer)s", answer=said(code, text)
        )
    )


def slow_down(code: int, text: bytes) -> Throttled:
    return Throttled(
        sentence("The mail server asks us to slow down: %(answer)s", answer=said(code, text))
    )


def said(code: int, text: bytes) -> str:
    """On one line, and without what no database stores and no screen shows."""
    reply = printable_line(text.decode("utf-8", "replace"), most=500)
    return f"{code} {reply}".rstrip()
