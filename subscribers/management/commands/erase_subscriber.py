"""`manage.py erase_subscriber ADDRESS`: forget a person who asks to be forgotten."""

from typing import Any

from django.core.management.base import CommandParser

from subscribers.actions import erase
from subscribers.addresses import AddressRefused, normalise
from subscribers.management import base
from subscribers.queries import is_suppressed


class Command(base.Command):
    help = (
        "Erase a person: address, name, subscriptions and consent events. A keyed hash of the\n"
        "address stays, from which nobody can read it, so that no import mails her again.\n"
        "There is no undo."
    )
    examples = "  manage.py erase_subscriber reader@example.org"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="the address of the person")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = normalise(options["address"])
        except AddressRefused as refusal:
            self.refuse(refusal.message)
        erased = erase(address=address, source="erase_subscriber", by="erase_subscriber")
        if erased:
            self.say(f"Erased {address.normalised}. It will never be mailed again.")
        elif is_suppressed(address.normalised):
            self.say(f"{address.normalised} was erased before. Nothing was left to do.")
        else:
            # Not suppressed either: a slip of the finger would bar a stranger for ever.
            self.refuse(
                f"Nobody here has the address {address.normalised}; nothing was changed. "
                "Check its spelling."
            )
        self.say_json({"erased": erased})
