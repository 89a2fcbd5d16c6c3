"""What stands in a log: enough to find a fault, and nothing about anybody."""

import json
import logging
import logging.config
import time
from io import StringIO
from typing import Any

import pytest
from celery.app.log import Logging
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from granian.log import LOGGING_CONFIG as GRANIAN

from config.celery import app
from config.logs import LONGEST_LINE, DiscreetFormatter, JsonFormatter, discreet
from subscribers.log_context import bind, bound

TOLD: dict[str, Any] = settings.LOGGING
TOKEN = "Zk3xV9-qLm2Nw8_rT5yB1c"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("550 5.1.1 <ada@letters.example> unknown", "550 5.1.1 <…@…> unknown"),
        ("{'ada@letters.example': (550, b'no')}", "…@…': (550, b'no')}"),
        ("Undelivered: ada+news@letters.example, bo@b.example.", "Undelivered: …@…, …@…"),
        ('to "ada lovelace"@letters.example', "to …@…"),
        ("to ада@пример.example now", "to …@… now"),
        ("to ada@[192.0.2.1] now", "to …@… now"),
        ("bounces+ada=letters.example@ours.example", "…@…"),
        ("/subscribe/?email=ada%40letters.example&x=1", "/subscribe/?email=…@…&x=1"),
        ("postgres://ada:s3cret@db.example/x", "postgres://ada:…@…"),
        (f"Forbidden: /confirm/{TOKEN}/", "Forbidden: /confirm/…"),
        ("https://letters.example/s/abc/card.png?x", "https://letters.example/s/…?x"),
        (
            "see /admin/password_reset/confirm/Mg/set-password/.",
            "see /admin/password_reset/confirm/…",
        ),
        (f"the key {TOKEN} is wrong", "the key … is wrong"),
        (
            "DETAIL:  Key (address)=(a b c) already exists.",
            "DETAIL:  Key (address)=(…) already exists.",
        ),
        ("a\x1b[2Jb\rc\0", "a\\x1b[2Jb\\x0dc\\x00"),
    ],
)
def test_addresses_and_secrets_stay_out(text: str, written: str) -> None:
    assert discreet(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "Took over batch 12 from host:4711, which is gone.",
        "Task posts.delivery.tasks.drain[4c1c0b8e-7f0e-4d3a-9f1e-2a6f0f7c9d10] succeeded",
        'File "/srv/passalong/posts/delivery/worker/senders.py", line 117, in work',
        "Mailing 3 did not start: EMAIL_URL says outbox:, and SITE_URL is http://localhost:8000",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert discreet(text) == text


def record(message: str, *, name: str = "posts", error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.ERROR, "", 0, "%s", (message,), info)
    return DiscreetFormatter("%(levelname)s %(name)s: %(message)s").format(made)


def test_a_traceback_tells_what_failed_and_not_of_whom() -> None:
    def fail() -> None:
        raise ValueError("550 <ada@letters.example>: no such user")

    try:
        fail()
    except ValueError as error:
        text = record("A fault.", error=error)
    assert "ValueError: 550 <…@…>: no such user" in text
    assert "in fail" in text


def test_a_stranger_writes_neither_long_lines_nor_records_of_his_own() -> None:
    text = record("x" * 100_000 + "\n2026-01-01 ERROR posts: all is lost")
    assert all(len(line) < LONGEST_LINE + 50 for line in text.split("\n"))
    assert len(record("\n".join(["y" * 500] * 1_000))) < 25_000
    assert text.split("\n")[-1].startswith("    ")


@pytest.mark.parametrize(
    "piece", ["a", "a-", "@", "a@", "%40", "aA1", '"', "(", ")=(", "/s/", "=a"]
)
def test_a_long_text_is_read_once(piece: str) -> None:
    began = time.process_time()
    record(piece * 100_000)
    assert time.process_time() - began < 1  # of a text that grows by squares it would be minutes


def test_each_address_that_opens_something_is_known_here() -> None:
    secret = {"token", "code", "uidb64"}

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> list[str]:
        found = []
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                found += walk(each.url_patterns, route)
            elif secret & each.pattern.converters.keys():
                found.append(route)
        return found

    routes = walk(get_resolver().url_patterns, "/")
    assert len(routes) >= 6
    for route in routes:
        path = route.replace("<uidb64>", "Mg").replace("<str:token>", "tok")
        path = path.replace("<token>", "tok").replace("<str:code>", "tok")
        assert "tok" not in discreet(f"Forbidden: {path}"), route


def test_a_bad_host_costs_one_short_line(client: Client) -> None:
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(DiscreetFormatter(str(TOLD["formatters"]["human"]["format"])))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        for host in ("evil.example", "x" * 8_000, "a\nb", "ada@letters.example"):
            assert client.get("/search/", headers={"host": host}).status_code == 400
    finally:
        root.removeHandler(handler)
    lines = out.getvalue().splitlines()
    assert len(lines) == 4
    assert all(len(line) < 250 for line in lines)
    assert "ada@" not in out.getvalue()


def test_every_handler_of_ours_writes_so_and_django_has_none_beside_it() -> None:
    assert {handler["formatter"] for handler in TOLD["handlers"].values()} == {"human"}
    assert TOLD["formatters"]["human"]["()"] == "config.logs.DiscreetFormatter"
    for name in ("django", "django.server"):
        assert TOLD["loggers"][name]["handlers"] == []


def test_a_worker_of_celery_adds_no_handler_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Logging, "_setup", False)
    loggers = [logging.getLogger(name) for name in (None, "celery", "celery.task")]
    before = [list(logger.handlers) for logger in loggers]
    app.log.setup_logging_subsystem(loglevel="INFO")
    assert [logger.handlers for logger in loggers] == before


def test_what_granian_has_to_say_goes_the_same_way() -> None:
    logging.config.dictConfig(GRANIAN)
    logging.config.dictConfig(TOLD)
    for name in GRANIAN["loggers"]:
        assert logging.getLogger(name).handlers == []
        assert logging.getLogger(name).propagate


def written_as_json(caught: Exception | None = None, **ids: str | int) -> dict[str, Any]:
    record = logging.LogRecord(
        *(
            "posts.delivery",
            logging.WARNING,
            "x.py",
            1,
            "550 <%s> of /s/%s",
            ("a@b.example", "x7k"),
        ),
        exc_info=(type(caught), caught, caught.__traceback__) if caught else None,
    )
    with bind(**ids):
        line = JsonFormatter("%(message)s").format(record)
    assert "\n" not in line
    told: dict[str, Any] = json.loads(line)
    return told


def test_as_json_a_line_says_what_it_belongs_to_and_no_more_of_anybody() -> None:
    told = written_as_json(mailing=3, batch=12)
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "WARNING",
        "logger": "posts.delivery",
        "mailing": 3,
        "batch": 12,
        "event": "550 <…@…> of /s/…",
    }


def test_as_json_a_traceback_is_in_its_line_and_without_addresses() -> None:
    try:
        raise RuntimeError("no such box: ada@letters.example")
    except RuntimeError as error:
        told = written_as_json(error)
    assert "RuntimeError: no such box: …@…" in told["event"]


def test_what_is_bound_ends_with_its_block() -> None:
    with bind(mailing=3):
        assert bound() == {"mailing": 3}
    assert bound() == {}


def test_as_json_is_written_by_the_same_handler() -> None:
    assert TOLD["formatters"]["json"]["()"] == "config.logs.JsonFormatter"
