"""Runs management commands one after another in one process: starting one takes seconds.

A line of JSON in, the command and its arguments; a line of JSON out, its exit code and output.
"""

import io
import json
import sys

import django
from django.core.management import CommandError, call_command
from django.db import connections


def run(arguments: list[str]) -> dict[str, object]:
    said = io.StringIO()
    try:
        call_command(*arguments, stdout=said, stderr=io.StringIO())
    except CommandError as error:
        return {"code": error.returncode, "said": str(error)}
    finally:
        connections.close_all()
    return {"code": 0, "said": said.getvalue()}


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()
