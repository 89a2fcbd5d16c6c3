"""What our commands have in common: how they teach, refuse, and answer a program.

Exit codes: 0 only when a command did what was asked, 2 for input it refuses, 1 for trouble.
It lies in the lowest room, so that the commands of every room can have it.
"""

import json
from argparse import SUPPRESS, RawDescriptionHelpFormatter
from typing import Any, NoReturn

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.db import OperationalError, ProgrammingError

from subscribers.run_here import manage, place


class _HelpFormatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Keeps the lines of a description and its examples as they were written."""


def _typed(text: str) -> str:
    """Its commands as they are typed here."""
    return text.replace("manage.py", place().manage)


class Command(BaseCommand):
    """A command whose `--help` ends with `examples`, and which knows `--json`."""

    examples = ""
    # Django's own options still work, but a writer who asks for help is not helped by them.
    suppressed_base_arguments = {
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
    }
    _json = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", _HelpFormatter)
        if self.examples:
            kwargs.setdefault("epilog", f"examples:\n{_typed(self.examples.strip(chr(10)))}")
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        for action in parser._actions:
            # Django adds this one past `suppressed_base_arguments`.
            if "--skip-checks" in action.option_strings:
                action.help = SUPPRESS
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--json`; a command with arguments of its own calls this through super()."""
        parser.add_argument(
            "--json", action="store_true", help="end with one line of JSON for programs"
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        self._json = bool(options.get("json"))
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(
                f"The database cannot be used: {str(error).strip()}. Is it running, and does this "
                "terminal have the DATA_DIR (or DATABASE_URL) of your site? A new site begins with "
                f"`{manage('prepare')}`."
            ) from error

    def say(self, line: str = "") -> None:
        """Tell the person at the terminal."""
        self.stdout.write(line)

    def warn(self, line: str) -> None:
        """Tell the person something that did not stop us, on stderr."""
        self.stderr.write(self.style.WARNING(line))

    def say_json(self, answer: dict[str, Any]) -> None:
        """Tell the program, when it asked. Call it last: the answer is the last line."""
        if self._json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def refuse(self, message: str) -> NoReturn:
        """Stop because of the input (exit code 2); say what is wrong and what to do."""
        raise CommandError(message, returncode=2)

    def trouble(self, message: str) -> NoReturn:
        """Stop because something else went wrong (exit code 1); say what to do."""
        raise CommandError(message, returncode=1)
