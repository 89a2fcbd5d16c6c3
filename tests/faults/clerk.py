"""Does what a person would, one thing after another in one process: starting one takes seconds.

A line of JSON in, a management command and its arguments, or "GET" or "POST" and an address of the
desk;
a line of JSON out, the exit code and what was said.
"""

import io
import json
import sys

import django
from django.core.management import CommandError, call_command
from django.db import connections


def run(arguments: list[str]) -> dict[str, object]:
    try:
        said = look(*arguments) if arguments[0] in ("GET", "POST") else command(arguments)
    except CommandError as error:
        return {"code": error.returncode, "said": str(error)}
    finally:
        connections.close_all()
    return {"code": 0, "said": said}


def command(arguments: list[str]) -> str:
    said = io.StringIO()
    call_command(*arguments, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def look(method: str, address: str) -> str:
    """What an editor who is signed in sees there."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    editor, _ = get_user_model().objects.get_or_create(
        username="editor", defaults={"is_superuser": True}
    )
    desk = Client(SERVER_NAME="localhost")
    desk.force_login(editor)
    response = desk.post(address) if method == "POST" else desk.get(address)
    if response.status_code != 200:
        raise CommandError(f"{address}: {response.status_code}")
    return response.getvalue().decode()


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()
