import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from posts.public.server import answers
from posts.public.server.answers import answer_of, send
from posts.public.server.environ import environ_of
from tests.rsgi import Protocol, request

View = Callable[[HttpRequest], HttpResponseBase]


@pytest.fixture(autouse=True)
def _no_database() -> Iterator[None]:
    """Django looks after its connections around each request; here is none."""
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Protocol]:
    """Django, which answers everything with one view, and the reader who gets it."""

    def asked(view: View, *, method: str = "GET", reader: Protocol | None = None) -> Protocol:
        handler = WSGIHandler()
        monkeypatch.setattr(handler, "get_response", view)
        answer = answer_of(handler, environ_of(request("/", method=method)))
        reader = reader or Protocol()
        asyncio.run(send(answer, reader))
        return reader

    return asked


class Closed:
    """Notes whether, and in which thread, Django was told that its answer is over."""

    def __init__(self, response: HttpResponseBase) -> None:
        self.threads: list[str] = []
        close = response.close

        def noted() -> None:
            self.threads.append(threading.current_thread().name)
            close()

        response.close = noted  # type: ignore[method-assign]


def test_a_page_leaves_at_once_with_its_headers(ask: Callable[..., Protocol]) -> None:
    response = HttpResponse("words", status=404, headers={"X-Frame-Options": "DENY"})
    response.set_cookie("a", "1")
    closed = Closed(response)
    reader = ask(lambda request: response)
    assert (reader.status, reader.body) == (404, b"words")
    assert reader.headers["x-frame-options"] == "DENY"
    assert reader.headers["set-cookie"].strip().startswith("a=1")
    assert len(closed.threads) == 1


def test_a_whole_file_is_left_to_the_server(ask: Callable[..., Protocol], tmp_path: Path) -> None:
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(b"bytes of a picture")
    response = FileResponse(picture.open("rb"))
    closed = Closed(response)
    reader = ask(lambda request: response)
    assert reader.file == str(picture)
    assert reader.headers["content-type"] == "image/jpeg"
    assert reader.headers["content-length"] == "18"
    assert len(closed.threads) == 1
    assert response.file_to_stream is not None
    assert response.file_to_stream.closed


def test_a_file_in_memory_leaves_piece_by_piece(ask: Callable[..., Protocol]) -> None:
    reader = ask(lambda request: FileResponse(BytesIO(b"card"), filename="card.png"))
    assert (reader.file, reader.body) == ("", b"card")


def test_a_part_of_a_file_is_not_taken_for_the_whole(
    ask: Callable[..., Protocol], tmp_path: Path
) -> None:
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(b"bytes of a picture")

    def rest(request: HttpRequest) -> FileResponse:
        file = picture.open("rb")
        file.seek(6)
        return FileResponse(file)

    reader = ask(rest)
    assert (reader.file, reader.body) == ("", b"of a picture")


def test_many_lines_leave_in_few_pieces_made_by_one_thread(ask: Callable[..., Protocol]) -> None:
    threads = set()

    def lines() -> Iterator[bytes]:
        for number in range(20_000):
            threads.add(threading.current_thread().name)
            yield b"line %d\n" % number

    response = StreamingHttpResponse(lines())
    closed = Closed(response)
    reader = ask(lambda request: response)
    assert reader.body == b"".join(b"line %d\n" % number for number in range(20_000))
    assert len(reader.sent) < 20
    assert threads == set(closed.threads)
    assert len(threads) == 1


def test_an_empty_list_is_an_answer_too(ask: Callable[..., Protocol]) -> None:
    reader = ask(lambda request: StreamingHttpResponse(iter(())))
    assert (reader.status, reader.body) == (200, b"")


def test_who_goes_away_ends_it(ask: Callable[..., Protocol], monkeypatch: Any) -> None:
    monkeypatch.setattr(answers, "PIECE", 1)
    made = []

    def lines() -> Iterable[bytes]:
        for number in range(1_000):
            made.append(number)
            yield b"line"

    response = StreamingHttpResponse(lines())
    closed = Closed(response)
    ask(lambda request: response, reader=Protocol(goes_away_after=3))
    assert len(made) < 10
    assert len(closed.threads) == 1


def test_who_takes_nothing_for_too_long_is_left(
    ask: Callable[..., Protocol], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LONGEST_WAIT", 0.05)

    class Asleep(Protocol):
        async def send_bytes(self, data: bytes) -> None:
            await asyncio.sleep(60)

    response = StreamingHttpResponse(iter([b"line"]))
    closed = Closed(response)
    reader = ask(lambda request: response, reader=Asleep())
    assert reader.status == 200
    assert len(closed.threads) == 1


def test_a_part_that_its_headers_name_is_left_to_the_server(
    ask: Callable[..., Protocol], tmp_path: Path
) -> None:
    sound = tmp_path / "sound.mp3"
    sound.write_bytes(b"bytes of a sound")

    def part(request: HttpRequest) -> FileResponse:
        file = sound.open("rb")
        file.seek(6)
        headers = {"Content-Range": "bytes 6-9/16", "Content-Length": "4"}
        return FileResponse(file, status=206, headers=headers)

    reader = ask(part)
    assert reader.status == 206
    assert (reader.file, reader.body) == (str(sound), b"of a")
