"""`manage.py sign_in_link [ACCOUNT]`: a way into the desk for whoever has this machine."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandParser
from django.db.models import Q

from posts.desk.welcome import issue_one_time_address
from subscribers.management import base

MINUTES = 15


class Command(base.Command):
    help = (
        "Print a link that signs an account in, once, within a quarter of an hour: for a\n"
        "forgotten password, or while strangers who try yours make everybody wait. Opening it\n"
        "changes nothing; the button on its page signs in."
    )
    examples = "  manage.py sign_in_link\n  manage.py sign_in_link ada@letters.example"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "account",
            metavar="ACCOUNT",
            nargs="?",
            default="",
            help="email address or user name; not needed where there is one account",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["account"])
        link = issue_one_time_address(user=user, minutes=MINUTES)
        self.say(f"This signs {user.get_username()} in, once, within {MINUTES} minutes:\n  {link}")
        self.say_json({"account": user.get_username(), "link": link})

    def _user(self, account: str) -> User:
        users = User.objects.filter(is_active=True)
        if account:
            users = users.filter(Q(username__iexact=account) | Q(email__iexact=account))
        found = list(users[:2])
        if not found:
            self.refuse(
                f"No account is called {account}."
                if account
                else "There is no account yet. `manage.py prepare` prints a link to make one."
            )
        if len(found) > 1:
            self.refuse("There are several accounts. Say which: manage.py sign_in_link ACCOUNT")
        return found[0]
