"""A log tells of no address, wherever it stands in the line."""

import logging

import pytest

from subscribers.log_lines import WithoutAddresses


def line(message: str, *arguments: object, error: Exception | None = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, message, arguments, info)
    return WithoutAddresses(fmt="%(levelname)s: %(message)s").format(record)


@pytest.mark.parametrize(
    "reply",
    [
        "550 <ada.fern@example.org> unknown",
        "GET /x?q=ada.fern%40example.org",
        "ADA.FERN@Example.ORG",
    ],
)
def test_an_address_is_masked(reply: str) -> None:
    told = line("A mail was not taken: %s", reply)
    assert "fern" not in told.lower()
    assert "…@e…e." in told
    assert told.startswith("WARNING: A mail was not taken: ")


def test_also_in_what_an_error_quotes() -> None:
    assert "ada@" not in line("It failed", error=ValueError("no mailbox ada@example.org"))


@pytest.mark.parametrize(
    "plain", ["60 % done", "user@host:5432", "@ nine", "https://x.example/@ada"]
)
def test_everything_else_is_as_it_was(plain: str) -> None:
    assert line("%s", plain) == f"WARNING: {plain}"
