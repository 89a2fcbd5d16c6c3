"""`manage.py doctor`: is all well, and if not, what to do."""

from dataclasses import asdict
from typing import Any

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
"""
    # The point is to say what is wrong, also where Django's own checks would stop.
    requires_system_checks = []

    def handle(self, **_: Any) -> None:
        found = check_all()
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
