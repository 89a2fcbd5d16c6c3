"""What a Sentry is told of a fault, as it would go over the wire."""

import json
import subprocess
import sys
from typing import Any

import pytest

from config.faults import without_people

# In a process of its own: the SDK changes Django and Celery for good.
SCRIPT = """
import os, sys, json
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from sentry_sdk.transport import Transport
from config import faults

class Local(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            sys.stdout.write("EVENT " + item.get_bytes().decode() + "\\n")

faults.tell("http://key@127.0.0.1:9/1", transport=Local)

from django.test import RequestFactory, Client
from django.urls import path
from subscribers.log_context import bind
import config.urls

def broken(request, token):
    secret = "ada@letters.example"
    raise RuntimeError(f"no such box: {secret}")

config.urls.urlpatterns.insert(0, path("hooks/<token>/", broken))
client = Client(raise_request_exception=False, headers={"host": "localhost"})
client.get("/", headers={"host": "evil.example"})  # a stranger's doing, and no fault
client.cookies["sessionid"] = "Zk3xV9-qLm2Nw8_rT5yB1c"
with bind(mailing=3):
    client.post("/hooks/Zk3xV9-qLm2Nw8_rT5yB1c/?x=ada@letters.example",
                {"email": "ada@letters.example"}, headers={"user-agent": "Her Phone"})
"""


def events() -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("EVENT ")]
    return [json.loads(line.removeprefix("EVENT ")) for line in lines]


@pytest.mark.slow
def test_a_fault_is_told_with_its_place_and_nothing_of_anybody() -> None:
    found = events()
    [told] = found
    fault = told["exception"]["values"][0]
    assert (fault["type"], fault["value"]) == ("RuntimeError", "no such box: …@…")
    assert any(frame["function"] == "broken" for frame in fault["stacktrace"]["frames"])
    assert told["tags"] == {"mailing": "3"}
    wire = json.dumps(found, ensure_ascii=False)
    for private in ("ada@", "Zk3xV9", "Her Phone", "sessionid"):
        assert private not in wire, private
    assert "request" not in told
    assert "user" not in told


def test_whatever_an_integration_adds_of_a_person_is_dropped() -> None:
    told = without_people(
        {
            "user": {"email": "ada@letters.example"},
            "request": {"cookies": {"a": "b"}, "data": {"email": "ada@letters.example"}},
            "breadcrumbs": {"values": [{"message": "SELECT 'ada@letters.example'"}]},
            "extra": {"celery-job": {"args": ["ada@letters.example"]}},
            "contexts": {"trace": {"description": "to ada@letters.example"}},
            "level": "error",
        },
        {},
    )
    assert told == {
        "contexts": {"trace": {"description": "to …@…"}},
        "level": "error",
        "tags": {},
    }


def test_without_a_dsn_nothing_of_it_is_loaded() -> None:
    script = "import config.settings, sys; print('sentry_sdk' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "False"
