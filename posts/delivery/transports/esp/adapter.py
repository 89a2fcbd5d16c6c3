"""What all providers have in common: from a call to anymail's message, and from its answer back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import requests
from anymail.backends.base import BasePayload
from anymail.exceptions import AnymailError
from anymail.message import AnymailMessage

from posts.delivery.transports.base import Misconfigured, Outcome, ServerAnswer, TransportError
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.capabilities import Capabilities
from posts.delivery.transports.esp.errors import (
    CallFailed,
    FailureKind,
    Said,
    failure,
    kind_of,
    no_answer,
    one_line,
    said,
)
from posts.delivery.transports.esp.http import Http
from posts.delivery.transports.esp.merging import Merged, merged, values_of
from posts.delivery.transports.esp.options import Options
from subscribers.saying import sentence

ANSWERS = {
    "queued": ServerAnswer.ACCEPTED,
    "sent": ServerAnswer.ACCEPTED,
    "invalid": ServerAnswer.REFUSED,
    "rejected": ServerAnswer.REFUSED,
}


class OverHttp:
    """Mixed into an anymail backend: its calls go over our HTTP session. `lists`: it makes our
    calls of many recipients; else it takes Django's messages as they are."""

    payload: ClassVar[Any]

    def __init__(self, *, http: Http, lists: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self.http = http
        self.lists = lists

    def create_session(self) -> Http:
        return self.http

    def build_message_payload(self, message: Any, defaults: Any) -> Any:
        if self.lists:
            return self.payload(message, defaults, self)
        return super().build_message_payload(message, defaults)  # type: ignore[misc]


class PlainAddress:
    """A recipient of ours: an ASCII address without a name, checked when she signed up.

    Anymail's own takes about 30 µs to parse, half of all that a recipient costs.
    """

    __slots__ = ("addr_spec",)
    display_name = ""

    def __init__(self, addr_spec: str) -> None:
        self.addr_spec = addr_spec

    def format(self, **_: object) -> str:
        return self.addr_spec

    format_addr_spec = format

    @property
    def address(self) -> str:
        return self.addr_spec

    def as_dict(self, **_: object) -> dict[str, str]:
        return {"email": self.addr_spec}


def _plain(addresses: list[str]) -> list[PlainAddress]:
    return [PlainAddress(address) for address in addresses]


# Made by us a moment ago: nothing in them is lazy, and no default is to be merged into them.
_OURS = frozenset({"merge_data", "merge_headers", "merge_metadata"})


class Lean:
    """Mixed into an anymail payload: takes our recipients and their data as they are, without
    parsing the one and copying the other twice."""

    base_message_attrs = tuple(
        ("to", None, _plain) if attr[0] == "to" else attr for attr in BasePayload.base_message_attrs
    )
    anymail_message_attrs = tuple(
        (attr[0], None, None) if attr[0] in _OURS else attr
        for attr in BasePayload.anymail_message_attrs
    )


class Adapter(ABC):
    """One provider, as EMAIL_URL configures it. See the package on how to add one."""

    backend_class: ClassVar[Any]
    # Error codes of the provider that say something else than their HTTP status does.
    kinds: ClassVar[Mapping[str, FailureKind]] = {}
    # Headers for this provider itself, in each mail.
    orders: ClassVar[Mapping[str, str]] = {}
    # Nothing is counted: no pixels, no rewritten links.
    defaults: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, provider: Capabilities, options: Options) -> None:
        self.provider = provider
        self.options = options

    @abstractmethod
    def settings(self, *, lists: bool) -> dict[str, Any]:
        """What anymail's backend is constructed with, besides what all are."""

    def backend(self, http: Http, *, lists: bool) -> Any:
        given = self.settings(lists=lists)
        if self.options.api_url:
            given.setdefault("api_url", self.options.api_url)
        return self.backend_class(
            http=http,
            lists=lists,
            ignore_recipient_status=True,  # we look at each one ourselves
            send_defaults=dict(self.defaults),
            **given,
        )

    def address(self, backend: Any) -> str:
        """The URL of the API, to see whether it can be reached."""
        return str(backend.api_url)

    # --- From a call to a message -----------------------------------------------------------

    def message(self, call: Call, key: str) -> Any:
        """Anymail's message for a call; `key` is empty where the provider knows no such thing."""
        call.check()
        letter = merged(call.source, self.provider)
        message = AnymailMessage(
            subject=letter.subject,
            body=letter.text,
            from_email=letter.sender,
            to=[each.address for each in call.messages],
            reply_to=[letter.reply_to] if letter.reply_to else None,
            headers={} if self.provider.repeat_headers else {**letter.headers, **self.orders},
        )
        if call.source.html:
            message.attach_alternative(letter.html, "text/html")
        self.personalise(message, call, letter)
        if call.mailing_id:  # a test stands in no ledger
            self.identify(message, call)
        self.finish(message, call, letter, key)
        return message

    def personalise(self, message: Any, call: Call, letter: Merged) -> None:
        """Each reader's values and headers, by her address."""
        repeated = {**letter.headers, **self.orders} if self.provider.repeat_headers else {}
        message.merge_data = {}
        if letter.own_headers:
            message.merge_headers = {}
        for each in call.messages:
            values = values_of(each)
            message.merge_data[each.address] = {
                **letter.signs,
                **{name: values[name] for name in letter.slots},
            }
            if letter.own_headers:
                message.merge_headers[each.address] = {
                    **repeated,
                    **{name: own.fill(values) for name, own in letter.own_headers.items()},
                }

    def identify(self, message: Any, call: Call) -> None:
        """Our ids travel along: what the provider reports later is about a row of the ledger.
        Nothing of the batch or attempt, so that a replay is the same byte for byte."""
        message.metadata = {"mailing": str(call.mailing_id)}
        message.merge_metadata = {
            each.address: {"subscriber": str(each.subscriber_id)} for each in call.messages
        }

    def finish(self, message: Any, call: Call, letter: Merged, key: str) -> None:
        """What only this provider wants."""
        return

    # --- From an answer to outcomes ---------------------------------------------------------

    def outcomes(self, message: Any, call: Call) -> list[Outcome]:
        """What became of each recipient. That nothing was raised says nothing."""
        found = message.anymail_status.recipients
        return [
            self._outcome(each.subscriber_id, found.get(each.address)) for each in call.messages
        ]

    def outcomes_of_own(self, message: Any) -> list[Outcome]:
        """The same for one of Django's mails, whose recipients are numbered in their order."""
        statuses = list(message.anymail_status.recipients.values())
        return [
            self._outcome(position, statuses[position] if position < len(statuses) else None)
            for position in range(len(message.recipients()))
        ]

    def _outcome(self, subscriber_id: int, status: Any) -> Outcome:
        if status is None:
            reply = sentence(
                "The answer of %(title)s does not mention this recipient.",
                title=self.provider.title,
            )
            return Outcome(subscriber_id, ServerAnswer.DOUBT, reply)
        answer = ANSWERS.get(status.status, ServerAnswer.DOUBT)
        if answer is ServerAnswer.ACCEPTED:
            if status.message_id:
                return Outcome(subscriber_id, answer)
            reply = sentence(
                "%(title)s gave no number for this message.", title=self.provider.title
            )
            return Outcome(subscriber_id, ServerAnswer.DOUBT, reply)
        return Outcome(
            subscriber_id,
            answer,
            sentence(
                "%(title)s says: %(status)s.", title=self.provider.title, status=status.status
            ),
        )

    def trouble(self, message: Any) -> TransportError | None:
        """What an answer that was success for the call says about those that would follow."""
        return None

    def kind(self, answer: Said) -> FailureKind:
        return self.kinds.get(answer.code) or kind_of(answer.status)

    def explain(self, error: Exception, http: Http) -> Exception:
        """What an error of anymail or the network means."""
        response = getattr(error, "response", None)
        answer = said(response)
        if answer is not None:
            return failure(self.kind(answer), answer, self.provider.title)
        if isinstance(error, requests.RequestException):
            return no_answer(error, self.provider.title, sent=http.sent)
        if http.sent:
            unreadable = Said(200, message=one_line(str(error)))
            return failure(FailureKind.AMBIGUOUS, unreadable, self.provider.title)
        reason = one_line(str(error))
        return CallFailed(ServerAnswer.RETRY, Misconfigured(f"{self.provider.title}: {reason}"))

    def check(self, message: Any) -> None:
        """Raises for an answer that anymail lets pass although it is none of success."""
        answer = said(message.anymail_status.esp_response)
        if answer is not None and answer.status >= 300:
            raise failure(self.kind(answer), answer, self.provider.title)


ERRORS = (requests.RequestException, AnymailError)
