"""What all our commands do alike."""

import io
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import OperationalError

from subscribers.management import base


class Greet(base.Command):
    help = "Greet.\n\nWith two lines\nof words."
    examples = """
  manage.py greet Ann
  manage.py greet Ann --json"""

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["name"] == "nobody":
            self.refuse("Name somebody.")
        if options["name"] == "the moon":
            self.trouble("It is too far away.")
        if options["name"] == "the table":
            raise OperationalError("no such table: table")
        self.say(f"Hello, {options['name']}.")
        self.say_json({"greeted": options["name"]})


def _run(*arguments: str) -> str:
    out = io.StringIO()
    command = Greet(stdout=out)
    parsed = command.create_parser("manage.py", "greet").parse_args(list(arguments))
    command.execute(**{**vars(parsed), "skip_checks": True})
    return out.getvalue()


def test_json_is_the_last_line_for_who_asks_for_it() -> None:
    assert _run("Zoë", "--json") == 'Hello, Zoë.\n{"greeted": "Zoë"}\n'


def test_nobody_else_sees_it() -> None:
    assert _run("Zoë") == "Hello, Zoë.\n"


@pytest.mark.parametrize(("name", "code"), [("nobody", 2), ("the moon", 1), ("the table", 1)])
def test_refusal_and_trouble_have_codes_of_their_own(name: str, code: int) -> None:
    with pytest.raises(CommandError) as error:
        _run(name)
    assert error.value.returncode == code


def test_a_database_without_tables_says_what_to_do() -> None:
    with pytest.raises(
        CommandError, match=r"no such table: table.*DATA_DIR.*uv run manage.py prepare"
    ):
        _run("the table")


def test_help_keeps_its_lines_and_ends_with_examples() -> None:
    text = Greet().create_parser("manage.py", "greet").format_help()
    assert "With two lines\nof words." in text
    assert "--json" in text
    for noise in ("--settings", "--pythonpath", "--skip-checks", "--traceback"):
        assert noise not in text
    assert text.rstrip().endswith(
        "examples:\n  uv run manage.py greet Ann\n  uv run manage.py greet Ann --json"
    )
