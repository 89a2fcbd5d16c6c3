import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from posts.public.pagecache import generation, render_lock
from posts.public.pagecache.middleware import page_cache
from tests.rsgi import HOST
from tests.waiting import PATIENCE, InTheBackground

HOLDS = """
import os, sys, time
from django.conf import settings
settings.configure(DATA_DIR=sys.argv[1])
from posts.public.pagecache.render_lock import locked
with locked("/"):
    print("mine", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "current", lambda: "one")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, too, whoever waits for a render waits until it is there."""
    monkeypatch.setattr(render_lock, "PATIENCE", 1_000.0)


@pytest.fixture
def somebody_else() -> Iterator[subprocess.Popen[str]]:
    """A process that renders what stands at `/`, and does not end."""
    command = [sys.executable, "-c", HOLDS, str(settings.DATA_DIR)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


def burst(view: object, *, readers: int = 8) -> list[bytes]:
    answers: list[bytes] = []

    def read() -> None:
        request = RequestFactory().get("/", headers={"host": HOST})
        answers.append(page_cache(view)(request).content)  # type: ignore[arg-type]

    reading = [InTheBackground(read) for _ in range(readers)]
    for reader in reading:
        reader.join()
    assert [reader.error for reader in reading] == [None] * readers
    return answers


class Clock:
    """Time passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(render_lock, "time", clock)
    return clock


def test_a_burst_on_a_cold_page_makes_one_render() -> None:
    renders = []

    def view(request: HttpRequest) -> HttpResponse:
        time.sleep(0.1)
        renders.append(request)
        return HttpResponse("words")

    assert burst(view) == [b"words"] * 8
    assert len(renders) == 1


def test_a_page_that_is_not_kept_is_waited_for_once() -> None:
    together = threading.Barrier(8)

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("secret", headers={"Cache-Control": "no-store"})

    def meeting(request: HttpRequest) -> HttpResponse:
        together.wait(PATIENCE / 2)  # one after the other they would never meet
        return view(request)

    burst(view, readers=1)
    assert burst(meeting) == [b"secret"] * 8


def test_a_render_that_fails_is_tried_by_the_next() -> None:
    answers = [HttpResponse("words"), HttpResponse("trouble", status=500)]

    def view(request: HttpRequest) -> HttpResponse:
        return answers.pop()  # a third would be an error

    assert sorted(burst(view, readers=4)) == [b"trouble", *[b"words"] * 3]


def test_another_process_is_waited_for_but_not_for_ever(
    somebody_else: subprocess.Popen[str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_lock, "PATIENCE", 3.0)
    assert burst(lambda request: HttpResponse("words"), readers=1) == [b"words"]
    assert clock.slept == pytest.approx(3.0, abs=0.1)


def test_one_that_was_killed_is_not_waited_for(
    somebody_else: subprocess.Popen[str], clock: Clock
) -> None:
    somebody_else.kill()
    somebody_else.wait()
    assert burst(lambda request: HttpResponse("words"), readers=1) == [b"words"]
    assert clock.slept == 0
