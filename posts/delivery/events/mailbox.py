"""Fetching bounces and complaints from a mailbox over IMAP (BOUNCE_URL)."""

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from posts.delivery import status
from posts.delivery.events.inbox import MAILBOX, store
from subscribers import saying
from subscribers.saying import sentence

logger = logging.getLogger(__name__)

TIMEOUT = 30.0  # seconds
AT_ONCE = 200  # mails
SECONDS = 120.0
# Enough for a bounce with all of a letter in it. Of a larger mail only the beginning is fetched.
LARGEST = 500_000


@dataclass(frozen=True)
class Mailbox:
    """Where bounces arrive, as BOUNCE_URL says."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str
    folder: str

    @classmethod
    def from_url(cls, url: str) -> "Mailbox":
        parts = urlsplit(url)
        encrypted = parts.scheme == "imaps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (993 if encrypted else 143),
            encrypted=encrypted,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )

    def describe(self) -> str:
        return f"{self.folder} of {self.user} on {self.host}:{self.port}"


class MailboxTrouble(Exception):
    """The mailbox cannot be read, in the server's words."""


def fetch() -> int:
    """Store every unseen mail and mark it as seen. Answers how many; trouble goes to `doctor`.

    Stored first, marked afterwards: killed in between, the mail is fetched once more, which
    changes nothing.
    """
    if not settings.BOUNCE_URL:
        return 0
    mailbox = Mailbox.from_url(settings.BOUNCE_URL)
    try:
        with _signed_in(mailbox) as server:
            count = _fetch_unseen(server)
    except MailboxTrouble as error:
        logger.error("The mailbox for bounces: %s", error)
        status.transport_fails(MAILBOX, saying.of(error), None)
        return 0
    status.transport_works(MAILBOX)
    return count


@contextmanager
def _signed_in(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    """An open folder. Every error of the line or the server comes out as MailboxTrouble."""
    server: imaplib.IMAP4 | None = None
    try:
        if mailbox.encrypted:
            context = ssl.create_default_context()
            server = imaplib.IMAP4_SSL(
                mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT
            )
        else:
            server = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT)
        server.login(mailbox.user, mailbox.password)
        folder = mailbox.folder.replace("\\", "\\\\").replace('"', '\\"')
        _expect_ok(
            server.select(f'"{folder}"'),
            sentence("there is no folder %(folder)s", folder=repr(mailbox.folder)),
        )
        yield server
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxTrouble(
            sentence(
                "%(mailbox)s can't be read: %(reply)s",
                mailbox=mailbox.describe(),
                reply=_reply(error),
            )
        ) from error
    finally:
        if server is not None:
            with suppress(OSError, imaplib.IMAP4.error):  # it may have hung up already
                server.logout()
            with suppress(OSError):  # a log-out that fails leaves the line open
                server.shutdown()


def _fetch_unseen(server: imaplib.IMAP4) -> int:
    found = _expect_ok(server.uid("SEARCH", "UNSEEN"), sentence("it can't be searched"))
    uids = (found[0] or b"").split()[:AT_ONCE] if found else []
    until = time.monotonic() + SECONDS
    fetched = 0
    for name in uids:
        if time.monotonic() > until:
            break  # the rest in five minutes
        uid = name.decode()
        # PEEK: reading it must not mark it yet.
        parts = _expect_ok(
            server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"),
            sentence("mail %(uid)s can't be fetched", uid=uid),
        )
        body = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if body is not None:  # None: somebody deleted it meanwhile
            store(provider=MAILBOX, headers={}, body=body)
            fetched += 1
        _expect_ok(
            server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"),
            sentence("mail %(uid)s can't be marked", uid=uid),
        )
    return fetched


def _expect_ok(answer: tuple[str, list[Any]], otherwise: str) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"{otherwise} ({data!r})")
    return data


def _reply(error: Exception) -> str:
    """imaplib hands on the server's reply as bytes, and as their `repr` where it adds some."""
    text = error.args[0] if error.args else error
    if isinstance(text, bytes):
        return text.decode("utf-8", "replace")
    return re.sub(r"^b'(.*)'$", r"\1", str(error)) or type(error).__name__
