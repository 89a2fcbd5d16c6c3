"""Whether the computers that serve one site agree: on the secret, the version, and the time."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from posts.delivery.check import Check
from posts.delivery.clock import later
from posts.delivery.models import Heartbeat
from subscribers.keys import keyed_hash
from subscribers.saying import sentence

RECENT = timedelta(minutes=1)
APART = timedelta(seconds=5)
ROOMS = ("config", "posts", "subscribers")


@cache
def secret_mark() -> str:
    """Stands for the secret key among those who share this database; nothing can be read in it."""
    return keyed_hash("secret key", settings.SECRET_KEY)[:8].hex()


@cache
def version_mark() -> str:
    """Stands for the code that runs here: of our own files, whatever it was installed from."""
    digest = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    for room in ROOMS:
        for file in sorted((root / room).rglob("*.py")):
            digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def checks() -> Iterator[Check]:
    """Of the workers that gave a sign of life lately, beside the one who asks."""
    recent = Heartbeat.objects.filter(~Q(version=""), at__gt=later(-RECENT)).order_by("worker")
    seen = [beat for beat in recent if ":" in beat.worker]
    yield from _secrets(seen)
    yield from _versions(seen)
    yield from _clocks(seen)


def _host(beat: Heartbeat) -> str:
    return beat.worker.rpartition(":")[0]


def _named(beats: list[Heartbeat]) -> str:
    return ", ".join(sorted({_host(beat) for beat in beats}))


def _secrets(seen: list[Heartbeat]) -> Iterator[Check]:
    others = [beat for beat in seen if beat.secret != secret_mark()]
    if others:
        yield Check(
            "secret keys",
            "error",
            sentence(
                "Workers on %(named)s have another SECRET_KEY than we have here. Links "
                "of one are refused by the other, and neither can read the other's "
                "password of the mail server.",
                named=_named(others),
            ),
            sentence("Give all processes the same SECRET_KEY, and start them again."),
        )


def _versions(seen: list[Heartbeat]) -> Iterator[Check]:
    others = [beat for beat in seen if beat.version != version_mark()]
    if others:
        yield Check(
            "versions of workers",
            "warning",
            sentence(
                "Workers on %(named)s run another version than is here. For the time "
                "of an update that is as it should be.",
                named=_named(others),
            ),
            sentence("Bring them up to date, and start them again."),
        )


def _clocks(seen: list[Heartbeat]) -> Iterator[Check]:
    """By the database's clock, which the ledger goes by; a certificate or a signature goes by each
    host's own."""
    wrong: dict[str, timedelta] = {}
    for beat in seen:
        if beat.clock is not None and abs(beat.clock - beat.at) > APART:
            wrong[_host(beat)] = beat.clock - beat.at
    for host, by in sorted(wrong.items()):
        seconds = by.total_seconds()
        yield Check(
            f"clock of {host}",
            "warning",
            sentence(
                "It is %(seconds)s seconds ahead of the database's. Mails bear a wrong date, and "
                "one-time links end too early or too late.",
                seconds=round(seconds),
            )
            if seconds > 0
            else sentence(
                "It is %(seconds)s seconds behind the database's. Mails bear a wrong date, and "
                "one-time links end too early or too late.",
                seconds=round(-seconds),
            ),
            sentence("Let both be set from the network: timedatectl set-ntp true"),
        )
