"""`manage.py erase_subscriber ADDRESS`: forget a person who asks to be forgotten."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from subscribers.actions import erase
from subscribers.addresses import AddressRefused, normalise
from subscribers.queries import is_suppressed


class Command(BaseCommand):
    help = (
        "Erase a person: address, name, subscriptions and consent events. A keyed hash of the\n"
        "address stays, from which nobody can read it, so that no import mails her again.\n"
        "There is no undo.\n\n"
        "example:\n"
        "  manage.py erase_subscriber reader@example.org"
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="the address of the person")
        parser.add_argument(
            "--json", action="store_true", help="end with one line of JSON for programs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = normalise(options["address"])
        except AddressRefused as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        erased = erase(address=address, source="erase_subscriber", by="erase_subscriber")
        if erased:
            self.stdout.write(f"Erased {address.normalised}. It will never be mailed again.")
        elif is_suppressed(address.normalised):
            self.stdout.write(f"{address.normalised} was erased before. Nothing was left to do.")
        else:
            # Not suppressed either: a slip of the finger would bar a stranger for ever.
            raise CommandError(
                f"Nobody here has the address {address.normalised}; nothing was changed. "
                "Check its spelling.",
                returncode=2,
            )
        if options["json"]:
            self.stdout.write(json.dumps({"erased": erased}))
