"""The ways out: which one EMAIL_URL names."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from posts.delivery.transports.base import Transport
from posts.delivery.transports.esp import capabilities
from posts.delivery.transports.outbox import Outbox
from posts.delivery.transports.smtp import Smtp
from posts.delivery.transports.smtp.transport import cannot_be_read

REPLAY_SAFE = frozenset({Outbox.name})
# How long each transport that has idempotency keys remembers one.
KEY_LIVES: Mapping[str, timedelta] = capabilities.KEY_LIVES


def current() -> Transport:
    """The transport of this site. Raises ImproperlyConfigured with what to write instead."""
    return _from_url(settings.EMAIL_URL, Path(settings.DATA_DIR))


@cache
def _from_url(url: str, data_dir: Path) -> Transport:
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise cannot_be_read() from error
    if scheme == "outbox":
        return Outbox(data_dir / "outbox")
    if scheme in Smtp.SCHEMES:
        return Smtp.from_url(url)
    if scheme in capabilities.TABLE:
        # Imported when it is needed: web processes that send nothing need no anymail.
        from posts.delivery.transports.esp.transport import Esp

        return Esp.from_url(url)
    raise ImproperlyConfigured(
        f"EMAIL_URL begins with {scheme or 'nothing'!r}, which is not a transport. Use outbox: to "
        "keep mails on this machine, smtp://user:password@host:587 (also smtps://, smtp+tls://), "
        f"or a provider: {', '.join(row.url for row in capabilities.TABLE.values())}."
    )
