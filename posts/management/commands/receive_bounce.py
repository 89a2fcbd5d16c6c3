"""Take a returned mail or a complaint from the mail server."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from posts.delivery.events.inbox import MAILBOX, store
from subscribers.management import base

LARGEST = 500_000  # bytes that are kept; bounces say what they have to say at the beginning
PIECE = 1 << 16
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


class Command(base.Command):
    help = (
        "Take one mail that came back (a bounce, or a complaint of a reader's mail provider) from\n"
        "FILE or from a pipe, and store it; a worker reads it within seconds. A mail that is\n"
        "neither, such as an out-of-office, is taken too and changes nothing.\n\n"
        "For Postfix, with a line like this in /etc/aliases (then run newaliases):\n"
        '  bounces: "|cd /srv/passalong && uv run manage.py receive_bounce || exit 75"\n'
        "and, for ?verp=bounces@… in EMAIL_URL, recipient_delimiter = + in main.cf. The process\n"
        "needs the environment of your site.\n\n"
        "Exit codes: 0 when it is stored, also when it was known already, whatever it says: no\n"
        "mail is refused because of its content, so no bounce is ever bounced. 2 when FILE cannot\n"
        "be read. 1 when the database is away; from a pipe this is 75, on which the mail server\n"
        "keeps the mail and tries again (`|| exit 75` does so for any other trouble)."
    )
    examples = """
  manage.py receive_bounce < returned.eml
  manage.py receive_bounce returned.eml --json"""
    _piped = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", nargs="?", help="the mail; without it, it is read from a pipe")
        parser.add_argument("--to", default="", help="the envelope recipient, if no header says it")

    def execute(self, *args: Any, **options: Any) -> str | None:
        self._piped = not options.get("file")
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if self._piped and error.returncode == 1:
                raise CommandError(str(error), returncode=TRY_AGAIN) from error
            raise

    def handle(self, *args: Any, **options: Any) -> None:
        body = self._read(options["file"])
        headers = {"Envelope-To": options["to"]} if options["to"] else {}
        fresh = bool(body.strip()) and store(provider=MAILBOX, headers=headers, body=body)
        self.say("Stored; a worker reads it." if fresh else "Nothing new: known already, or empty.")
        self.say_json({"stored": fresh})

    def _read(self, name: str | None) -> bytes:
        """As much as is kept. The rest is read too, and forgotten: a pipe that is closed early
        fails at its other end."""
        if name is None:
            body = sys.stdin.buffer.read(LARGEST)
            while sys.stdin.buffer.read(PIECE):
                pass
            return body
        try:
            with Path(name).open("rb") as file:
                return file.read(LARGEST)
        except OSError as error:
            self.refuse(f"{name} cannot be read: {error.strerror}. Name a file that holds a mail.")
