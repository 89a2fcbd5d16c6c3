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
        "address stays, from which nobody can read it, so that no import mails her again;\n"
        "also of somebody who is unknown here, as her objection.\n"
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
        objected_before = is_suppressed(address.normalised)
        erased = erase(address=address, source="erase_subscriber", by="erase_subscriber")
        if erased:
            self.say(f"Erased {address.normalised}. It will never be mailed again.")
        elif objected_before:
            self.say(f"{address.normalised} was erased before. Nothing was left to do.")
        else:
            self.say(
                f"Nobody here has the address {address.normalised}. That it must not be mailed is "
                "on record now, so that no list brings her in; only she herself can lift that, by "
                "signing up. If it was a slip of the pen, erase the right address, too."
            )
        self.say_json({"erased": erased})
