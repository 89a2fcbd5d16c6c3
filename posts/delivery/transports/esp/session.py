"""Handing over to a provider: several threads, each with an open connection of its own."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
from django.core.mail import EmailMessage

from posts.delivery.transports.base import (
    Feed,
    Misconfigured,
    Notes,
    Outcome,
    ServerAnswer,
    Transient,
)
from posts.delivery.transports.esp.adapter import ERRORS, Adapter
from posts.delivery.transports.esp.calls import Call, Calls
from posts.delivery.transports.esp.errors import (
    CallFailed,
    CallRefused,
    FailureKind,
    MadeBefore,
    Said,
    failure,
    no_answer,
)
from posts.delivery.transports.esp.http import CONNECT_TIMEOUT, Http, TooLarge
from posts.delivery.transports.esp.options import Options
from subscribers.keys import keyed_hash
from subscribers.saying import sentence

# Refused one by one with nobody taken in between: then it is us, not the recipients.
REFUSED_ALONE = 5

OTHER_ACCOUNT = sentence(
    "The answer was lost, and the call could not be repeated: EMAIL_URL "
    "names another account since, which does not know of it."
)


def idempotency_key(key: str) -> str:
    """As it goes over the wire: a UUID, since Brevo wants one, that no other installation (with
    batches of the same numbers, and perhaps the same account) comes to as well."""
    return str(UUID(bytes=keyed_hash("idempotency", key)[:16], version=4))


def account_of(options: Options) -> str:
    """Stands for the account at the provider, in each key: another one knows none of our calls,
    and would mail everybody again. Of its own secrets nothing can be read in it."""
    known_by = (options.key, options.secret, options.place, options.api_url)
    return keyed_hash("account", *known_by)[:6].hex()


class EspConnection:
    """One thread's open connection, with anymail's backends over it, made when they are needed."""

    def __init__(self, adapter: Adapter, account: str) -> None:
        self.adapter = adapter
        self.account = account
        self.http = Http(largest=adapter.provider.largest)
        self._backends: dict[bool, Any] = {}

    def backend(self, *, lists: bool) -> Any:
        if lists not in self._backends:
            backend = self.adapter.backend(self.http, lists=lists)
            backend.open()
            self._backends[lists] = backend
        return self._backends[lists]

    def send(self, message: Any, leaving: Callable[[], None], *, lists: bool) -> None:
        """One call. Raises CallRefused, CallFailed or MadeBefore; whether somebody was refused in
        an answer of success stands in `message.anymail_status`."""
        backend = self.backend(lists=lists)
        self.http.sent = False
        self.http.leaving = leaving
        try:
            backend.send_messages([message])
        except TooLarge as error:
            raise CallRefused(
                sentence("It is larger than %(title)s takes.", title=self.adapter.provider.title)
            ) from error
        except ERRORS as error:
            raise self.adapter.explain(error, self.http) from error
        self.adapter.check(message)

    def close(self) -> None:
        for backend in self._backends.values():
            backend.close()
        self.http.close()


class EspSession:
    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        # Asked for now: a sender asks no database for the key of the hash.
        self._account = account_of(adapter.options) if adapter.provider.key_lives else ""
        self._mutex = threading.Lock()
        self._connections: list[EspConnection] = []
        self._idle: list[EspConnection] = []
        self._aborted = False

    def probe(self) -> None:
        """While the provider cannot be reached, no batch has to change hands."""
        with self._connection() as connection:
            url = self.adapter.address(connection.backend(lists=True))
        parts = urlsplit(url)
        if requests.utils.get_environ_proxies(url):
            return  # who may reach it is the proxy's business
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            socket.create_connection((parts.hostname, port), CONNECT_TIMEOUT).close()
        except OSError as error:
            raise no_answer(error, self.adapter.provider.title, sent=False).error from error

    def deliver(self, feed: Feed, notes: Notes) -> None:
        with self._connection() as connection:
            calls = Calls(feed)
            for call in calls.of_at_most(self.adapter.provider.most):
                _HandOver(connection, calls, notes).make(call)

    def send_own_mail(self, message: EmailMessage, notes: Notes) -> None:
        """One of Django's own mails, as it is; its recipients are numbered from 0."""
        with self._connection() as connection:
            positions = range(len(message.recipients()))
            try:
                connection.send(message, lambda: notes.attempt_call(positions), lists=False)
            except CallRefused as refusal:
                refused = [
                    Outcome(position, ServerAnswer.REFUSED, str(refusal)) for position in positions
                ]
                notes.answer_call(refused)
            except CallFailed as failed:
                notes.answer_call(
                    [
                        Outcome(position, failed.answer, failed.error.message)
                        for position in positions
                    ]
                )
                raise failed.error from failed
            except MadeBefore as error:
                raise Transient(
                    sentence("The provider knows this mail, which has no key.")
                ) from error
            else:
                notes.answer_call(self.adapter.outcomes_of_own(message))

    @contextmanager
    def _connection(self) -> Iterator[EspConnection]:
        with self._mutex:
            if self._aborted:
                raise Transient(sentence("This worker has been asked to end."))
            if self._idle:
                connection = self._idle.pop()
            else:
                connection = EspConnection(self.adapter, self._account)
                self._connections.append(connection)
        try:
            yield connection
        finally:
            with self._mutex:
                self._idle.append(connection)

    def abort(self) -> None:
        with self._mutex:
            self._aborted = True
            connections = list(self._connections)
        for connection in connections:
            connection.http.abort()

    def close(self) -> None:
        with self._mutex:
            connections, self._connections, self._idle = self._connections, [], []
        for connection in connections:
            connection.close()


class _HandOver:
    """One call, and where the provider refuses it whole, the smaller ones that come of it."""

    def __init__(self, connection: EspConnection, calls: Calls, notes: Notes) -> None:
        self.connection = connection
        self.adapter = connection.adapter
        self.calls = calls
        self.notes = notes
        self.todo: list[Call] = []
        self.attempted: set[int] = set()
        self.under_way = False
        # Held back until somebody is taken: before that, the reason may be ours.
        self.alone: list[Outcome] = []
        self.taken = False

    def make(self, call: Call) -> None:
        self.todo.append(call)
        try:
            while self.todo:
                self._make(self.todo[-1], among=len(call))
        except BaseException as error:
            self._hand_back(error)
            raise
        self._answer(self.alone)

    def _make(self, call: Call, *, among: int) -> None:
        """The last of `todo`, which stays there until its recipients have an answer."""
        self.under_way, self.connection.http.sent = True, False
        if call.replay and not call.key.startswith(f"{self.connection.account}."):
            self._done()
            self._answer(call.all(ServerAnswer.DOUBT, OTHER_ACCOUNT))
            return
        try:
            outcomes, trouble = self._send(call)
        except CallRefused as refusal:
            self._done()
            if len(call) > 1:
                self.todo += reversed(self.calls.halves(call))
            else:
                self.alone += call.all(ServerAnswer.REFUSED, str(refusal))
                self._blame_us(refusal, among)
            return
        except CallFailed as failed:
            self._done()
            key = self._key(call) if failed.answer is ServerAnswer.DOUBT and failed.keyed else ""
            message, wait = failed.error.message, failed.retry_after
            self._answer(call.all(failed.answer, message, retry_after=wait, key=key))
            raise failed.error from failed
        self._done()
        self._answer(outcomes)
        if any(outcome.answer is ServerAnswer.ACCEPTED for outcome in outcomes):
            self.taken = True
            self._answer(self.alone)
            self.alone = []
        if trouble is not None:
            raise trouble

    def _done(self) -> None:
        self.todo.pop()
        self.under_way = False

    def _send(self, call: Call) -> tuple[list[Outcome], Exception | None]:
        key = self._key(call)
        message = self.adapter.message(call, idempotency_key(key) if key else "")

        def leaving() -> None:
            self.attempted.update(call.ids)
            self.notes.attempt_call(call.ids, key)

        try:
            self.connection.send(message, leaving, lists=True)
        except MadeBefore as error:
            if call.replay:
                return call.all(ServerAnswer.ACCEPTED), None
            unexpected = Said(
                409, message=sentence("It knows the key of a call that we never made.")
            )
            raise failure(FailureKind.KEY_TAKEN, unexpected, self.adapter.provider.title) from error
        outcomes = self.adapter.outcomes(message, call)
        return outcomes, self.adapter.trouble(message)

    def _key(self, call: Call) -> str:
        """Empty where no provider honours it: what does not protect must not look as if."""
        if not self.adapter.provider.key_lives:
            return ""
        return call.key if call.replay else f"{self.connection.account}.{call.key}"

    def _blame_us(self, refusal: CallRefused, among: int) -> None:
        if not self.taken and len(self.alone) == REFUSED_ALONE < among:
            raise Misconfigured(
                sentence(
                    "%(title)s refused %(number)s recipients one after the other "
                    "and took none; the last answer was: %(refusal)s",
                    title=self.adapter.provider.title,
                    number=REFUSED_ALONE,
                    refusal=refusal,
                )
            )

    def _answer(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            self.notes.answer_call(outcomes)

    def _hand_back(self, error: BaseException) -> None:
        """Whoever was attempted and has no answer was in a call that was refused whole, or that
        did not leave. What left whole, and then a fault of ours came, stays a doubt."""
        wait = getattr(error, "retry_after", None)
        seconds = int(wait.total_seconds()) if wait else 0
        waiting = {outcome.subscriber_id for outcome in self.alone}
        in_doubt = self.todo[-1] if self.under_way and self.connection.http.sent else None
        for call in self.todo:
            if call is not in_doubt:
                waiting.update(call.ids)
        message = str(error) or repr(error)
        subscriber_ids = sorted(waiting & self.attempted)
        self._answer(
            [
                Outcome(subscriber_id, ServerAnswer.RETRY, message, seconds)
                for subscriber_id in subscriber_ids
            ]
        )
