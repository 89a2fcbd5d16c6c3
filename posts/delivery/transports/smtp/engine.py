"""One event loop that keeps many connections busy with the messages of several feeds.

Whichever connection is free takes the next message of whichever feed has one that may leave.
The loop has a thread of its own; `deliver` may be called from many threads at once.
"""

import asyncio
import ssl
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import uvloop

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import (
    Feed,
    Misconfigured,
    Notes,
    Throttled,
    Transient,
    TransportError,
)
from posts.delivery.transports.smtp import connecting
from posts.delivery.transports.smtp.connecting import Abilities, Server, explain
from posts.delivery.transports.smtp.dialogue import Dialogue, Strikes, Tired, Withdrawn
from posts.delivery.transports.smtp.jobs import Job, JobItem
from posts.delivery.transports.smtp.line import SmtpLine
from subscribers.saying import sentence

TICK = 0.05  # seconds between two looks at what may leave now, and at deadlines
MESSAGES_A_LINE = 5  # in hand for each connection, before another one is opened
MOST_DIALLING = 16  # at a time
# A server that takes no more connections is asked again for more after that long.
MORE_AGAIN = 10.0
LONGEST_LIFE = 600.0  # seconds; then a connection is replaced between two messages
# How long a thread of Python keeps the interpreter from another that wants it. With the usual 5 ms
# connections lie idle while a sender reads or records a batch: 0.86 of `smtp-source`, so 0.94.
SWITCH = 0.0005


class Engine:
    """Opened once, closed once. All methods but the first four run in the loop's thread."""

    def __init__(
        self,
        server: Server,
        *,
        connections: int,
        per_connection: int,
        sender: Callable[[Outgoing], str],
    ) -> None:
        self._server = server
        self._connections = connections
        self._slots = connections  # how many the server seems to bear
        self._more_at = 0.0
        self._per_connection = per_connection
        self._sender = sender
        self._jobs: deque[Job] = deque()
        self._lines: dict[SmtpLine, float] = {}  # and when each is old
        self._parting: list[SmtpLine] = []  # QUIT was said
        self._strikes = Strikes()
        self._dialling = 0
        self._ticking = False
        self._error: TransportError | None = None
        self._switch = sys.getswitchinterval()
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="smtp", daemon=True)

    # --- Called from other threads ---

    def open(self) -> None:
        """Start, with one connection logged in. Raises TransportError."""
        sys.setswitchinterval(SWITCH)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open_first(), self._loop).result()
        except BaseException:
            self.close()
            raise

    def call(self, function: Callable[..., None], *arguments: object) -> None:
        self._loop.call_soon_threadsafe(function, *arguments)

    def wake(self) -> None:
        """A feed has something again."""
        self.call(self._pump)

    def close(self) -> None:
        """Part politely from the server, and end the loop and its thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self.call(self._loop.stop)
        self._thread.join()
        sys.setswitchinterval(self._switch)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(self._unforeseen)
        try:
            self._loop.run_forever()
            dialling = asyncio.all_tasks(self._loop)
            for task in dialling:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*dialling, return_exceptions=True))
        finally:
            self._loop.close()

    # --- Feeds ---

    def add(self, job: Job) -> None:
        if self._error is not None:
            job.error = self._error
            job.settle()
            return
        self._jobs.append(job)
        self._pump()
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(TICK, self._tick)

    def fail(self, error: TransportError) -> None:
        """End everything: each feed's `deliver` raises the error, once nothing of it is open."""
        self._error = self._error or error
        for job in self._jobs:
            job.error = job.error or error
        for line in list(self._lines):
            line.drop(error)
        for job in self._jobs:
            job.settle()
        self._jobs.clear()

    def _wind_down(self, error: TransportError) -> None:
        """Begin nothing more. Each feed's `deliver` raises the error once what is on the wire is
        answered: hanging up would put it in doubt."""
        self._error = self._error or error
        for job in self._jobs:
            job.error = job.error or error
            job.settle()
        for line in self._lines:
            if line.dialogue is not None:
                line.dialogue.retire()

    def _pull(self) -> JobItem | None:
        """The next message that may leave; from the next feed where one has none now."""
        for _ in range(len(self._jobs)):
            job = self._jobs[0]
            if (message := job.take()) is not None:
                job.out += 1
                return JobItem(job, message)
            job.settle()
            if job.done.is_set():
                self._jobs.popleft()
            else:
                self._jobs.rotate(-1)
        return None

    def _pump(self) -> None:
        """Give idle connections work, and open more where there is more work than they can do."""
        if self._error is not None:
            return
        for line in list(self._lines):
            if line.dialogue is not None and line.dialogue.idle and not line.dropped:
                self._begin(line)
        if self._error is not None or not self._may_dial():
            return
        in_hand = sum(job.left for job in self._jobs)
        while in_hand and self._dialling < MOST_DIALLING:
            there_are = len(self._lines) + self._dialling
            if there_are >= self._slots or (there_are and in_hand <= MESSAGES_A_LINE * there_are):
                return
            self._dialling += 1
            self._loop.create_task(self._dial_more())

    def _may_dial(self) -> bool:
        """Whether a message waits for a connection, and not for its turn."""
        if self._lines:
            return not any(line.dialogue and line.dialogue.idle for line in self._lines)
        if (item := self._pull()) is not None:
            item.put_back()
        return item is not None

    def _begin(self, line: SmtpLine) -> None:
        try:
            line.begin()
        except Exception as error:  # noqa: BLE001 - told to a person through `deliver`
            line.drop(error)
        else:
            self._idle(line)

    def _heard(self, line: SmtpLine) -> None:
        """Answers that no next attempt has taken along are written now: that one may be long in
        coming."""
        self._write_answers()
        self._idle(line)

    def _write_answers(self) -> None:
        for job in self._jobs:
            if job.unwritten:
                job.flush()

    def _idle(self, line: SmtpLine) -> None:
        """A connection that carried as much as one should is replaced as soon as it is free."""
        dialogue = line.dialogue
        if dialogue is not None and dialogue.worn and dialogue.idle and not line.dropped:
            self._part(line)
            self._loop.call_soon(self._pump)

    def _part(self, line: SmtpLine) -> None:
        self._lines.pop(line, None)
        self._parting = [other for other in self._parting if not other.closed.is_set()]
        self._parting.append(line)
        line.quit()

    def _tick(self) -> None:
        if not self._jobs:
            self._ticking = False
            return
        for job in [job for job in self._jobs if job.done.is_set()]:
            self._jobs.remove(job)
        now = self._loop.time()
        for line, old_at in list(self._lines.items()):
            if line.deadline and now > line.deadline:
                self._silence(line)
            elif now > old_at and line.dialogue is not None:
                line.dialogue.retire()
        if self._slots < self._connections and now > self._more_at:
            self._slots += 1
            self._more_at = now + MORE_AGAIN
        self._pump()
        self._loop.call_later(TICK, self._tick)

    def _silence(self, line: SmtpLine) -> None:
        """It does not answer. Some servers offer PIPELINING and drop what was sent ahead: from now
        on this one is told one thing at a time, and whoever waits is tried again at once."""
        reason = sentence("The mail server does not answer any more.")
        if line.dialogue is None or not line.dialogue.pipelining:
            line.drop(Transient(reason))
            return
        connecting.ONE_BY_ONE.add((self._server.host, self._server.port))
        for other in self._lines:
            if other.dialogue is not None:
                other.dialogue.one_by_one()
        line.drop(Tired(reason))

    # --- Connections ---

    async def _open_first(self) -> None:
        self._dialling += 1
        await self._dial()

    async def _dial_more(self) -> None:
        try:
            await self._dial()
        except TransportError as error:
            self._go_on_with_fewer(error)
        else:
            self._pump()

    async def _dial(self) -> None:
        """One more connection, logged in. Raises TransportError."""
        line = SmtpLine(self._gone, self._heard)
        try:
            abilities = await self._connect(line)
        except asyncio.CancelledError:
            line.drop(ConnectionError())  # uvloop's end waits for whatever is open, for ever
            raise
        except Exception as error:
            line.drop(error)
            raise explain(self._server, error) from error
        finally:
            self._dialling -= 1
        if self._error is not None:  # all has ended meanwhile; whoever ends it knows no new line
            line.drop(self._error)
            raise self._error
        line.dialogue = Dialogue(
            write=line.write,
            pull=self._pull,
            pipelining=abilities.pipelining and not connecting.drops_what_is_ahead(self._server),
            size=abilities.size,
            most=self._per_connection,
            sender=self._sender,
            strikes=self._strikes,
        )
        self._lines[line] = self._loop.time() + LONGEST_LIFE

    async def _connect(self, line: SmtpLine) -> Abilities:
        server = self._server
        tls_at_once = ssl.create_default_context() if server.scheme == "smtps" else None
        async with asyncio.timeout(connecting.TIMEOUT):
            await self._loop.create_connection(
                lambda: line,
                server.host,
                server.port,
                ssl=tls_at_once,
                server_hostname=server.host if tls_at_once else None,
            )
        async with asyncio.timeout(connecting.GREETING_TIMEOUT):
            await connecting.greeting(line)
        async with asyncio.timeout(connecting.TIMEOUT):
            return await connecting.shake_hands(server, line)

    def _gone(self, line: SmtpLine, error: Exception) -> None:
        """A connection ended, by itself or because of what was said on it."""
        self._write_answers()
        if self._lines.pop(line, None) is None:
            return  # in the handshake, whose error says more
        if self._error is not None:
            return
        match error:
            case Withdrawn() | Tired():
                self._loop.call_soon(self._pump)
            case Transient() if line.dialogue is not None and line.dialogue.accepted:
                self._loop.call_soon(self._pump)  # it took mail, so it is simply opened again
            case Throttled():
                for job in self._jobs:
                    job.feed.slow_down(error.retry_after)
                self._go_on_with_fewer(error)
            case Transient():
                self._go_on_with_fewer(error)
            case Misconfigured():
                self._wind_down(error)
            case TransportError():
                self.fail(error)
            case _:
                self._fault(error)

    def _go_on_with_fewer(self, error: TransportError) -> None:
        """Where other connections work the server bears no more of them; else nothing works."""
        if not self._lines and not self._dialling:
            self.fail(error)
            return
        self._slots = max(1, len(self._lines) + self._dialling)
        self._more_at = self._loop.time() + MORE_AGAIN
        self._loop.call_soon(self._pump)

    def _unforeseen(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A callback of ours raised: without this, whoever waits in `deliver` would for ever."""
        loop.default_exception_handler(context)
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self._fault(error)

    def _fault(self, error: Exception) -> None:
        """Ours, not the server's: it must reach the machine as it is."""
        for job in self._jobs:
            job.error = job.error or error
        self.fail(
            Transient(
                sentence(
                    "A fault in Passalong ended the connection (%(error)s).", error=repr(error)
                )
            )
        )

    async def _end(self) -> None:
        for line in [line for line in self._lines if line.dialogue and line.dialogue.idle]:
            self._part(line)
        self.fail(Transient(sentence("The connection was closed by us.")))
        for line in self._parting:
            await line.closed.wait()


class SmtpSession:
    """What the machine holds: many connections that look like one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def deliver(self, feed: Feed, notes: Notes) -> None:
        job = Job(feed, notes)
        feed.watch(self._engine.wake)
        self._engine.call(self._engine.add, job)
        job.done.wait()
        if job.error is not None:
            raise job.error

    def abort(self) -> None:
        """Whoever waits for an answer gets an error at once."""
        self._engine.call(
            self._engine.fail, Transient(sentence("The connection was closed by us."))
        )

    def close(self) -> None:
        self._engine.close()
