"""`manage.py prepare`: the first part of `up`, where web and workers are started another way."""

from typing import Any

from django.conf import settings

from posts.desk.welcome import issue_one_time_address, owner_exists
from posts.management.preparing import DatabaseNotReady, close_to_others, prepare_database
from subscribers.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = (
        "Migrate the database and create what every site has; print an address to make the\n"
        "first account while there is none. For deployments that start their processes\n"
        "themselves; `manage.py up` does this and more. Running it again is harmless."
    )
    examples = """
  manage.py prepare
"""

    def handle(self, **_: Any) -> None:
        close_to_others(settings.DATA_DIR)
        try:
            prepare_database()
        except DatabaseNotReady as error:
            self.trouble(str(error))
        desk = None if owner_exists() else issue_one_time_address()
        self.say("The database is ready.")
        if desk:
            self.say(f"Make your account here; the address works once, for a day:\n  {desk}")
        self.say_json({"desk": desk})
