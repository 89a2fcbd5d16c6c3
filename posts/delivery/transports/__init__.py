"""The ways out: which one this site was told to take.

`smtp` is a mail server, `esp` a mail provider, `outbox` a folder on this machine. `base` says what
each must do and in which terms it reports, `verdict` what may become of a mail after that.
`backend` sends Django's own mails the same way. Imported by whoever starts, sends or applies
events; imports only `way_out`, `letters`, `status` and what lies below. Start with `base`, then
`esp` or `smtp`.
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
from posts.delivery.transports.smtp.transport import cannot_be_read
from posts.delivery.way_out.queries import email_url
from subscribers.saying import sentence

REPLAY_SAFE = frozenset({Outbox.name})


def key_lives(name: str) -> timedelta | None:
    """How long the transport of this name remembers an idempotency key; None: it has none."""
    return registry.provider_of(name).key_lives if name in registry.TABLE else None


def current() -> Transport:
    """The transport of this site. Raises ImproperlyConfigured with what to write instead."""
    return from_url(email_url())


def name_of_current() -> str:
    """As it stands in batches; empty while the way out cannot be read, which its check says."""
    try:
        return current().name
    except ImproperlyConfigured:
        return ""


def from_url(url: str) -> Transport:
    """The transport that such a URL names. Raises ImproperlyConfigured, as `current` does."""
    return _from_url(url, Path(settings.DATA_DIR))


@cache
def _from_url(url: str, data_dir: Path) -> Transport:
    if (found := registry.configured(url)) is not None:
        # Imported when it is needed: who sends through no provider needs no HTTP client.
        from posts.delivery.transports.esp.transport import Esp

        return Esp(*found)
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise cannot_be_read() from error
    if scheme == "outbox":
        return Outbox(data_dir / "outbox")
    if scheme in Smtp.SCHEMES:
        return Smtp.from_url(url)
    providers = ", ".join(registry.provider_of(each).url for each in registry.TABLE)
    raise ImproperlyConfigured(
        sentence(
            "EMAIL_URL begins with %(scheme)s, which is not a transport. Use "
            "outbox: to keep mails on this machine, smtp://user:password@host:587 "
            "(also smtps://, smtp+tls://), or a provider: %(providers)s.",
            scheme=repr(scheme or "nothing"),
            providers=providers,
        )
    )
