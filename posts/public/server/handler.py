"""The RSGI application: kept pages from the event loop, everything else through Django."""

import asyncio
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

__all__ = ["Handler"]

THREADS = 4  # in which Django answers; more processes are worth more than more threads
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")


class Handler:
    """One for each web process."""

    def __init__(self, django: Django, *, threads: int = THREADS) -> None:
        self._django = django
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="django")
        # Its own, so that kept pages wait for nobody's request.
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="generation")
        self._asked: asyncio.Future[str] | None = None
        self._bodies = Bodies()
        self._kept = KeptAnswers()

    async def __rsgi__(self, scope: Scope, proto: Any) -> None:
        if scope.proto != "http":  # a websocket; nothing here speaks it
            proto.close(HTTPStatus.FORBIDDEN)
            return
        if settings.PAGE_CACHE:
            token = generation.fresh() or await self._generation()
            if self._kept.give(token, scope, proto):
                return
        await self._answer_through_django(scope, proto)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._threads.shutdown(wait=False)
        self._asker.shutdown(wait=False, cancel_futures=True)

    async def _generation(self) -> str:
        """The generation, read again by a thread. A database that neither answers nor refuses is
        waited for a moment only; what was last known holds then."""
        if self._asked is None or self._asked.done():
            loop = asyncio.get_running_loop()
            self._asked = loop.run_in_executor(self._asker, generation.current)
        await asyncio.wait({self._asked}, timeout=generation.PATIENCE)
        return generation.known()

    async def _answer_through_django(self, scope: Scope, proto: Any) -> None:
        try:
            length = _length_of_body(scope)
            async with self._bodies.received(proto, length=length, path=scope.path) as body:
                environ = environ_of(scope, body=body, length=length)
                respond = partial(answer_of, self._django, environ)
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(self._threads, respond)
        except BodyRefused as refused:
            headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
            proto.response_str(refused.status, headers, refused.message)
        else:
            await send(answer, proto)


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
