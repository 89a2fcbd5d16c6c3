"""What a provider's answer says, also one that nobody should have written."""

from datetime import timedelta

import pytest
import requests

from posts.delivery.transports.esp.errors import LONGEST_MESSAGE, retry_after, said


def answer(body: bytes, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = 500
    response.encoding = "utf-8"
    response._content = body
    response.headers.update(headers)
    return response


def test_it_may_ask_for_seconds() -> None:
    assert retry_after(" 7 ") == timedelta(seconds=7)


@pytest.mark.parametrize("wait", ["9" * 5_000, "999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nobody_makes_us_wait_for_ever(wait: str) -> None:
    assert retry_after(wait) == timedelta(days=1)


@pytest.mark.parametrize(
    "nonsense", ["", "soon", "-5", "\u00b2", "Fri, 99999999999999999999 Dec 2026 1:1:1 GMT"]
)
def test_nonsense_about_waiting_is_no_wait(nonsense: str) -> None:
    assert retry_after(nonsense) is None


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000, b"\0" * 99_999]
)
def test_an_answer_that_cannot_be_read_is_quoted_in_short(body: bytes) -> None:
    told = said(answer(body))
    assert told is not None
    assert len(told.message) <= LONGEST_MESSAGE
