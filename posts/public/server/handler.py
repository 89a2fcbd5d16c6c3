"""The RSGI application: kept pages from the event loop, everything else through Django."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings

from posts.public.pagecache import generation
from posts.public.server.answers import Django, answer_of, send
from posts.public.server.bodies import Bodies, BodyRefused
from posts.public.server.environ import Scope, environ_of
from posts.public.server.kept import KeptAnswers
from posts.public.server.measured import Measured

__all__ = ["Handler"]

# In which Django answers readers, and as many for the desk; more processes are worth more.
THREADS = 4
LONGEST_HEAD = 8_192  # characters of an address, and of each header
# Other programs wait with the desk: a call with thousands of people in it stalls no page either.
_OF_THE_DESK = ("/admin", "/api/")
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")


class Handler:
    """One for each web process."""

    def __init__(self, django: Django, *, threads: int = THREADS) -> None:
        self._django = django
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="django")
        # The desk's own: what takes long there (a password's hash, a report) stalls no page.
        self._desk = ThreadPoolExecutor(threads, thread_name_prefix="desk")
        # Its own, so that kept pages wait for nobody's request.
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="generation")
        self._asked: asyncio.Future[str] | None = None
        self._bodies = Bodies()
        self._kept = KeptAnswers()
        self._measured = Measured() if settings.METRICS else None

    async def __rsgi__(self, scope: Scope, proto: Any) -> None:
        if scope.proto != "http":  # a websocket; nothing here speaks it
            proto.close(HTTPStatus.FORBIDDEN)
            return
        if settings.PAGE_CACHE:
            token = generation.fresh() or await self._generation()
            if self._kept.give(token, scope, proto):
                if self._measured is not None:
                    self._measured.kept()
                return
        began = time.perf_counter()
        status = await self._answer_through_django(scope, proto)
        if self._measured is not None:
            self._measured.made(scope.path, status, began)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._threads.shutdown(wait=False)
        self._desk.shutdown(wait=False)
        self._asker.shutdown(wait=False, cancel_futures=True)

    async def _generation(self) -> str:
        """The generation, read again by a thread. A database that neither answers nor refuses is
        waited for a moment only; what was last known holds then."""
        if self._asked is None or self._asked.done():
            loop = asyncio.get_running_loop()
            self._asked = loop.run_in_executor(self._asker, generation.current)
        await asyncio.wait({self._asked}, timeout=generation.PATIENCE)
        return generation.known()

    async def _answer_through_django(self, scope: Scope, proto: Any) -> int:
        """Answers which status it was."""
        try:
            _require_modest_head(scope)
            length = _length_of_body(scope)
            async with self._bodies.received(proto, length=length, path=scope.path) as body:
                environ = environ_of(scope, body=body, length=length)
                respond = partial(answer_of, self._django, environ)
                loop = asyncio.get_running_loop()
                threads = self._desk if scope.path.startswith(_OF_THE_DESK) else self._threads
                answer = await loop.run_in_executor(threads, respond)
        except BodyRefused as refused:
            headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
            proto.response_str(refused.status, headers, refused.message)
            return int(refused.status)
        await send(answer, proto)
        return answer.status


def _require_modest_head(scope: Scope) -> None:
    """Raises BodyRefused where an address or a header is longer than browsers write.

    As web servers do (nginx: 8 KB). Behind this, Python and Django remember some of what they took
    apart, whole: of a hundred headers of 60 KB each process would keep megabytes for good.
    """
    if len(scope.path) + len(scope.query_string) > LONGEST_HEAD:
        raise BodyRefused(HTTPStatus.REQUEST_URI_TOO_LONG, "That address is too long.")
    if any(len(name) + len(value) > LONGEST_HEAD for name, value in scope.headers.items()):
        raise BodyRefused(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Your browser sent a header too long."
        )


def _length_of_body(scope: Scope) -> int:
    """Bytes to read. Raises BodyRefused where nobody says how many: then it could not be told
    from one that was cut off."""
    if scope.method in _WITHOUT_BODY:
        return 0  # where there is one, it means nothing
    stated = scope.headers.get("content-length")
    if stated is None and "transfer-encoding" in scope.headers:
        raise BodyRefused(
            HTTPStatus.LENGTH_REQUIRED, "Say how long it is, in a Content-Length header."
        )
    return int(stated or 0)
