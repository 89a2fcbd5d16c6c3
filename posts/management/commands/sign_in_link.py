"""`manage.py sign_in_link [ACCOUNT]`: a way into the desk for whoever has this machine."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser
from django.db import transaction
from django.db.models import Q

from posts.desk.models import DeskSession
from posts.desk.staff import factors, sittings
from posts.desk.staff.notes import note
from posts.desk.welcome import issue_one_time_address
from subscribers.management import base
from subscribers.run_here import manage

MINUTES = 15


class Command(base.Command):
    help = (
        "Print a link that signs an account in, once, within a quarter of an hour: for a\n"
        "forgotten password, or while strangers who try yours make everybody wait. Opening it\n"
        "changes nothing; the button on its page signs in. Whoever has a second step takes it\n"
        "all the same, unless you say --without-second-step: then hers is taken away."
    )
    examples = (
        "  manage.py sign_in_link\n  manage.py sign_in_link ada@letters.example\n"
        "  manage.py sign_in_link ada@letters.example --without-second-step"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "account",
            metavar="ACCOUNT",
            nargs="?",
            default="",
            help="email address or user name; not needed where there is one account",
        )
        parser.add_argument(
            "--without-second-step",
            action="store_true",
            help="for whoever lost phone, keys and recovery codes: take all of them away, and end "
            "her sessions",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["account"])
        if options["without_second_step"]:
            self._take_steps_away(user)
        link = issue_one_time_address(user=user, minutes=MINUTES)
        self.say(f"This signs {user.get_username()} in, once, within {MINUTES} minutes:\n  {link}")
        self.say_json({"account": user.get_username(), "link": link})

    def _take_steps_away(self, user: User) -> None:
        with transaction.atomic():
            if not factors.take_all_away(user):
                self.refuse(f"{user.get_username()} has no second step. Leave the option out.")
            sittings.end(DeskSession.objects.filter(user=user))
            note("desk.step.removed", by=user, on=user, detail="manage.py sign_in_link")
        self.say(f"The second step of {user.get_username()} is gone. Make another one at the desk.")

    def _user(self, account: str) -> User:
        users = User.objects.filter(is_active=True)
        if account:
            users = users.filter(Q(username__iexact=account) | Q(email__iexact=account))
        found = list(users[:2])
        if not found:
            self.refuse(
                f"No account is called {account}."
                if account
                else f"There is no account yet. `{manage('prepare')}` prints a link to make one."
            )
        if len(found) > 1:
            self.refuse(f"There are several accounts. Say which: {manage('sign_in_link ACCOUNT')}")
        return found[0]
