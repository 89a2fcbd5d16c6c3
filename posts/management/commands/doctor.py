"""`manage.py doctor`: is all well, and if not, what to do."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from posts.delivery.check import Check
from posts.management.doctor import check_all
from subscribers.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = (
        "Check configuration, database, broker, workers and transport: each line is ok, a\n"
        "warning or an error, with what to do. Exit code 1 when there is an error."
    )
    examples = """
  manage.py doctor           for people
  manage.py doctor --json    for a monitor: one line with every check
  manage.py doctor --nameserver 9.9.9.9    asks that one about the DNS records of the sender
"""
    # The point is to say what is wrong, also where Django's own checks would stop.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--nameserver",
            metavar="ADDRESS",
            default="",
            help="whom to ask about DNS records, such as 9.9.9.9; else those of this machine",
        )

    def handle(self, *, nameserver: str, **_: Any) -> None:
        try:
            found = check_all(nameserver)
        except ValueError:
            self.refuse(
                f"{nameserver!r} is no address of a name server. It looks like 9.9.9.9 or "
                "127.0.0.1:5353."
            )
        width = max(len(check.name) for check in found)
        for check in found:
            self._tell(check, width)
        errors = [check for check in found if check.level == "error"]
        warnings = [check for check in found if check.level == "warning"]
        self.say()
        self.say(_summary(len(errors), len(warnings)))
        self.say_json({"ok": not errors, "checks": [asdict(check) for check in found]})
        if errors:
            raise SystemExit(1)

    def _tell(self, check: Check, width: int) -> None:
        paint = {
            "ok": self.style.SUCCESS,
            "warning": self.style.WARNING,
            "error": self.style.ERROR,
        }[check.level]
        self.say(f"{paint(f'{check.level:<7}')}  {check.name:<{width}}  {check.message}")
        if check.todo:
            where = f" {check.url}" if check.url else ""
            self.say(f"{'':<7}  {'':<{width}}  → {check.todo}{where}")


def _summary(errors: int, warnings: int) -> str:
    if errors:
        return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}."
    return f"No errors, {_count(warnings, 'warning')}." if warnings else "All is well."


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
