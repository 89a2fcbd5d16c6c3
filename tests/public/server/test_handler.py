import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest

from posts.public.pagecache import generation
from posts.public.server import bodies
from posts.public.server.handler import Handler
from tests.rsgi import Protocol, Scope, request
from tests.waiting import PATIENCE


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """In Django's place: says what reached it."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("x-body", str(len(body)))])
    return [environ["REQUEST_METHOD"].encode(), b" ", body]


@pytest.fixture(autouse=True)
def _pages_are_not_kept(settings: Any) -> None:
    settings.PAGE_CACHE = False


def ask(scope: Scope, *pieces: bytes | float, django: Any = echo) -> Protocol:
    protocol = Protocol(*pieces)
    asyncio.run(Handler(django).__rsgi__(scope, protocol))
    return protocol


def post(length: int | str, path: str = "/subscribe/") -> Scope:
    return request(path, method="POST", content_length=str(length))


def test_a_form_reaches_django_once_it_is_whole() -> None:
    assert ask(post(8), b"email", 0.02, b"=me").body == b"POST email=me"


def test_a_request_without_a_body_is_not_waited_for() -> None:
    answer = ask(request("/", content_length="1000"), 60.0)
    assert (answer.status, answer.body) == (200, b"GET ")


def test_a_body_whose_length_nobody_says_is_refused() -> None:
    scope = request("/subscribe/", method="POST", transfer_encoding="chunked")
    answer = ask(scope, b"email=me")
    assert answer.status == 411
    assert b"Content-Length" in answer.body


def test_a_slow_body_is_answered_in_words_and_its_connection_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "GRACE", 0.05)
    answer = ask(post(1_000), b"e", 60.0)
    assert answer.status == 408
    assert b"nothing was done" in answer.body
    assert answer.headers["connection"] == "close"


def test_slow_bodies_hold_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE", 1_000.0)
    answered = asyncio.Event()

    class Slow(Protocol):
        """Goes on only when the reader has been answered, and then leaves."""

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"e"
            await answered.wait()

    async def all_at_once() -> tuple[list[int], int]:
        handler = Handler(echo, threads=1)
        slow = [Slow() for _ in range(200)]
        waiting = [asyncio.create_task(handler.__rsgi__(post(1_000), one)) for one in slow]
        await asyncio.sleep(0)
        reader = Protocol()
        await asyncio.wait_for(handler.__rsgi__(request("/"), reader), PATIENCE)
        assert not any(one.status for one in slow)
        answered.set()
        await asyncio.gather(*waiting)
        return [one.status for one in slow], reader.status

    assert asyncio.run(all_at_once()) == ([400] * 200, 200)


def test_a_websocket_is_refused() -> None:
    assert ask(Scope(proto="ws")).status == 403


class TestTheGeneration:
    def test_is_not_waited_for_while_the_database_hangs(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.PAGE_CACHE = True
        back = threading.Event()
        monkeypatch.setattr(generation, "PATIENCE", 0.05)
        monkeypatch.setattr(generation, "current", lambda: back.wait(3 * PATIENCE) and "new")
        monkeypatch.setattr(generation, "fresh", lambda: "")
        monkeypatch.setattr(generation, "known", lambda: "old")

        async def twice() -> list[str]:
            handler = Handler(echo)
            return [await handler._generation() for _ in range(2)]

        try:
            assert asyncio.run(twice()) == ["old", "old"]
        finally:
            back.set()
