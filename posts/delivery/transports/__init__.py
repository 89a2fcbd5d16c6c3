"""The ways out: which one EMAIL_URL names.

`smtp` is a mail server, `esp` a mail provider, `outbox` a folder on this machine. `base` says what
each must do and in which terms it reports, `verdict` what may become of a mail after that.
`backend` sends Django's own mails the same way. Imported by whoever starts, sends or applies
events; imports only `letters`, `status` and what lies below. Start with `base`, then `esp` or
`smtp`.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from posts.delivery.transports.base import Transport
from posts.delivery.transports.esp import registry
from posts.delivery.transports.outbox import Outbox
from posts.delivery.transports.smtp import Smtp

REPLAY_SAFE = frozenset({Outbox.name})


def key_lives(name: str) -> timedelta | None:
    """How long the transport of this name remembers an idempotency key; None: it has none."""
    return registry.provider_of(name).key_lives if name in registry.TABLE else None


def current() -> Transport:
    """The transport of this site. Raises ImproperlyConfigured with what to write instead."""
    return _from_url(settings.EMAIL_URL, Path(settings.DATA_DIR))


@cache
def _from_url(url: str, data_dir: Path) -> Transport:
    if (found := registry.configured(url)) is not None:
        # Imported when it is needed: who sends through no provider needs no HTTP client.
        from posts.delivery.transports.esp.transport import Esp

        return Esp(*found)
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:  # the url stays out of the message: it may hold a password
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read. Signs like [ and @ in a user or password must be written "
            "as percent codes: %5B and %40."
        ) from error
    if scheme == "outbox":
        return Outbox(data_dir / "outbox")
    if scheme in Smtp.SCHEMES:
        return Smtp.from_url(url)
    providers = ", ".join(registry.provider_of(each).url for each in registry.TABLE)
    raise ImproperlyConfigured(
        f"EMAIL_URL begins with {scheme or 'nothing'!r}, which is not a transport. Use outbox: to "
        "keep mails on this machine, smtp://user:password@host:587 (also smtps://, smtp+tls://), "
        f"or a provider: {providers}."
    )
