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

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_burst_on_a_cold_page_makes_one_render() -> None:
    renders = []

    def view(request: HttpRequest) -> HttpResponse:
        time.sleep(0.1)
        renders.append(request)
        return HttpResponse("words")

    assert burst(view) == [b"words"] * 8
    assert len(renders) == 1


def test_a_page_that_is_not_kept_is_waited_for_once() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        time.sleep(0.1)
        return HttpResponse("secret", headers={"Cache-Control": "no-store"})

    burst(view, readers=1)
    began = time.monotonic()
    assert burst(view) == [b"secret"] * 8
    assert time.monotonic() - began < 0.5  # one after the other it would be 0.8


def test_a_render_that_fails_is_tried_by_the_next() -> None:
    answers = [HttpResponse("words"), HttpResponse("trouble", status=500)]

    def view(request: HttpRequest) -> HttpResponse:
        return answers.pop()  # a third would be an error

    assert sorted(burst(view, readers=4)) == [b"trouble", *[b"words"] * 3]


def test_another_process_is_waited_for_but_not_for_ever(
    somebody_else: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_lock, "PATIENCE", 0.3)
    began = time.monotonic()
    assert burst(lambda request: HttpResponse("words"), readers=1) == [b"words"]
    assert time.monotonic() - began >= 0.3


def test_one_that_was_killed_is_not_waited_for(somebody_else: subprocess.Popen[str]) -> None:
    somebody_else.kill()
    somebody_else.wait()
    began = time.monotonic()
    assert burst(lambda request: HttpResponse("words"), readers=1) == [b"words"]
    assert time.monotonic() - began < render_lock.PATIENCE / 2
