"""The conversation on one connection after the login, without any input or output.

Where the server offers PIPELINING (RFC 2920) the body of one message and the envelope of the
next leave in one write, so that a message costs one round trip; never more than that one
envelope is ahead. Elsewhere each command waits for its answer.

The attempt is noted after the server said 354 and before the body leaves: until then a lost
connection is no doubt, since without the final dot the server has nothing to deliver. So at most
one message a connection is ever in doubt.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import Outcome, ServerAnswer, Transient, TransportError
from posts.delivery.transports.smtp.replies import (
    CLOSING,
    about_us,
    nonsense,
    said,
    slow_down,
)
from subscribers.saying import sentence

GO_ON = 354
ACCEPTED = ServerAnswer.ACCEPTED
USUAL = 4  # answers: to a body, and to the envelope that was said with it
# So many recipients in a row that heard 421 were not the reason for it.
MOST_STRIKES = 3
UNWRITABLE = sentence("This address cannot be written in SMTP.")
ANSWERS = {2: ServerAnswer.ACCEPTED, 4: ServerAnswer.RETRY, 5: ServerAnswer.REFUSED}
# What may stand between the brackets of an envelope; normalised addresses always do.
_ENVELOPE = re.compile(r"[!-;=?-~]{3,254}")


class Withdrawn(Transient):
    """The message may not be handed over any more: its batch is no longer ours."""


class Tired(Transient):
    """The server ended a connection on which nothing was open."""


class Item(Protocol):
    """One message on its way through a connection, and whom to tell about it."""

    message: Outgoing

    def attempt(self) -> None:
        """Note it. Raises Transient where that cannot be done, Withdrawn where it may not leave
        any more: then nothing must leave."""

    def answer(self, outcome: Outcome) -> None:
        """Note the answer; the message is done with."""

    def put_back(self) -> None:
        """It was not attempted; somebody else may take it."""

    def fault(self, error: Exception) -> None:
        """It cannot even be written, by a fault of ours; it was not attempted."""


@dataclass(slots=True)
class Strikes:
    """Recipients in a row, over all connections to a server, that heard 421."""

    count: int = 0


Hearing = Callable[[int, bytes], None]  # what to do with a reply
Command = tuple[Hearing, bytes]


@dataclass(slots=True)
class _Envelope:
    item: Item
    content: bytes
    refused: bool = False


class Dialogue:
    """`write` sends bytes, `pull` answers the next message or None. Whoever feeds in the replies
    with `hear` must close the connection when it raises a TransportError, and call `lost`."""

    def __init__(
        self,
        *,
        write: Callable[[bytes], None],
        pull: Callable[[], Item | None],
        pipelining: bool,
        size: bool,
        most: int,
        sender: Callable[[Outgoing], str],
        strikes: Strikes | None = None,
    ) -> None:
        self._write = write
        self._pull = pull
        self.pipelining = self._groups = pipelining
        self._strikes = strikes or Strikes()
        self._size = size
        self._left = most
        self._sender = sender
        self._of_envelope: tuple[Hearing, ...] = (self._mail, self._rcpt, self._data)
        self._expected: deque[Hearing] = deque()  # what the next replies are answers to
        self._unsaid: deque[Command] = deque()  # commands that wait for an answer
        self._ahead: _Envelope | None = None
        self._on_wire: Item | None = None
        self.leaving = False  # it said 421 to a recipient, and may hang up
        self.accepted = 0

    # --- What the engine asks ---

    @property
    def idle(self) -> bool:
        """Nothing said that wants an answer."""
        return not self._expected

    @property
    def worn(self) -> bool:
        """As many messages as one connection should carry."""
        return self._left <= 0

    @property
    def waits_for_body(self) -> bool:
        """The next answer is for a body, for which servers may take their time."""
        return self._on_wire is not None

    def retire(self) -> None:
        """Begin no more messages: the connection is old."""
        self._left = 0

    def one_by_one(self) -> None:
        """From now on each command waits for its answer, also where pipelining was begun with."""
        self._groups = False

    def begin(self) -> bool:
        """Say the next envelope, if there is a message. False: there is none now."""
        self._say_next()
        return not self.idle

    def lost(self, reason: str) -> None:
        """The connection is gone: what was on the wire is in doubt, what was ahead is not."""
        if self._on_wire is not None:
            item, self._on_wire = self._on_wire, None
            item.answer(Outcome(item.message.subscriber_id, ServerAnswer.DOUBT, reason))
        if self._ahead is not None:
            envelope, self._ahead = self._ahead, None
            if not envelope.refused:
                envelope.item.put_back()

    # --- Hearing ---

    def hear(self, code: int, text: bytes) -> None:
        """One complete reply. Raises TransportError when the connection is of no more use."""
        if not self._expected:
            if code == CLOSING:  # to nobody's question: servers hang up so on idle connections
                raise Tired(
                    sentence(
                        "The mail server closed the connection: %(answer)s", answer=said(code, text)
                    )
                )
            raise nonsense(code, text)
        self._expected.popleft()(code, text)
        if self._unsaid and not self._expected:
            self._say_one()

    def hear_usual(self) -> bool:
        """What is nearly always heard, at once: that the message on the wire was taken (250), and
        that the body of the next may leave (250, 250, 354). False where that is not what is waited
        for, and nothing was heard. Raises as `hear`."""
        item, envelope = self._on_wire, self._ahead
        if item is None or envelope is None or len(self._expected) != USUAL:
            return False
        self._expected.clear()
        self._accept(item, "")
        self.leaving = False
        self._hand_over(envelope)
        return True

    def _accept(self, item: Item, reply: str) -> None:
        self._on_wire = None
        item.answer(Outcome(item.message.subscriber_id, ACCEPTED, reply))
        self.accepted += 1
        self._strikes.count = 0

    def _mail(self, code: int, text: bytes) -> None:
        """What is said to MAIL is about us, not about the recipient."""
        kind = code // 100
        if kind == 2:
            self.leaving = False
            return
        if kind not in (4, 5):
            raise nonsense(code, text)
        if code == CLOSING:
            raise self._closing(code, text)
        envelope = self._envelope()
        sender = self._sender(envelope.item.message)
        raise about_us(code, text, sender=sender, size=len(envelope.content))

    def _rcpt(self, code: int, text: bytes) -> None:
        kind = code // 100
        if kind == 2:
            return
        if kind not in (4, 5):
            raise nonsense(code, text)
        self._refuse(self._envelope(), code, text)
        if self._unsaid:  # one by one: DATA was not said yet, and need not be
            self._unsaid.clear()
            self._ahead = None
            self._say_next((self._rset,), b"RSET\r\n")

    def _data(self, code: int, text: bytes) -> None:
        envelope = self._envelope()
        if code == GO_ON and not envelope.refused:
            self._hand_over(envelope)
            return
        if code == GO_ON:  # it wants a body for nobody: an empty one
            self._ahead = None
            self._say_next((self._nothing,), b".\r\n")
            return
        if code // 100 not in (4, 5):
            # Not even an acceptance means anything here: the body has not left.
            raise nonsense(code, text)
        if not envelope.refused:
            self._refuse(envelope, code, text)
        elif code == CLOSING:
            raise self._closing(code, text)
        self._ahead = None
        self._say_next((self._rset,), b"RSET\r\n")

    def _hand_over(self, envelope: _Envelope) -> None:
        envelope.item.attempt()
        self._left -= 1
        self._ahead, self._on_wire = None, envelope.item
        self._write(envelope.content)
        # Once the body is under way, what follows it may be said at once (RFC 2920 3.1).
        say = self._say_next if self._groups else self._say
        say((self._final,), b".\r\n")

    def _final(self, code: int, text: bytes) -> None:
        item, self._on_wire = self._on_wire, None
        if item is None:
            raise nonsense(code, text)
        # An answer that no RFC knows says nothing: the message may have been taken.
        answer = ANSWERS.get(code // 100, ServerAnswer.DOUBT)
        if answer is ACCEPTED:
            self._accept(item, "" if code == 250 else said(code, text))
        else:
            item.answer(Outcome(item.message.subscriber_id, answer, said(code, text)))
            if answer is ServerAnswer.DOUBT:
                raise nonsense(code, text)
            if code == CLOSING:
                self._strike(code, text)
        if self._ahead is None and not self._expected:
            self._say_next()

    def _nothing(self, code: int, text: bytes) -> None:
        """Whatever it says to a message for nobody, nobody was mailed."""
        if code == CLOSING:
            raise self._closing(code, text)
        if code // 100 not in ANSWERS:
            raise nonsense(code, text)
        if self._ahead is None and not self._expected:
            self._say_next()

    def _rset(self, code: int, text: bytes) -> None:
        if code == CLOSING:
            raise self._closing(code, text)
        if code // 100 != 2:
            raise nonsense(code, text)
        if self._ahead is None and not self._expected:
            self._say_next()

    def _envelope(self) -> _Envelope:
        """The one that was said last. There is one whenever its replies are expected."""
        if self._ahead is None:
            raise RuntimeError("a reply about an envelope that was not said")
        return self._ahead

    def _refuse(self, envelope: _Envelope, code: int, text: bytes) -> None:
        envelope.refused = True
        message = envelope.item.message
        answer = ANSWERS[code // 100]
        envelope.item.answer(Outcome(message.subscriber_id, answer, said(code, text)))
        if code == CLOSING:
            self._strike(code, text)

    def _strike(self, code: int, text: bytes) -> None:
        """421 about a recipient is hers alone (a relay passes on what her server said), unless
        the next ones hear it too. The connection may be over, or not."""
        self._strikes.count += 1
        if self._strikes.count >= MOST_STRIKES:
            raise slow_down(code, text)
        self.leaving = True

    def _closing(self, code: int, text: bytes) -> TransportError:
        """421 to what is about nobody."""
        if self.leaving:
            return Tired(
                sentence(
                    "The mail server closed the connection: %(answer)s", answer=said(code, text)
                )
            )
        return slow_down(code, text)

    # --- Saying ---

    def _next(self) -> bytes:
        """The envelope of the next message, three lines; nothing when there is none, or this
        connection is worn."""
        while self._left > 0 and (item := self._pull()) is not None:
            message = item.message
            try:
                sender, address = self._sender(message), message.address
                writable = _ENVELOPE.fullmatch(sender) and _ENVELOPE.fullmatch(address)
                content = message.content() if writable else b""
            except Exception as error:  # noqa: BLE001 - whoever waits for this batch is told
                item.fault(error)
                continue
            if not writable:
                item.answer(Outcome(message.subscriber_id, ServerAnswer.REFUSED, UNWRITABLE))
                continue
            if not content.endswith(b"\r\n"):
                content += b"\r\n"  # else the final dot would be the end of its last line
            self._ahead = _Envelope(item, content)
            size = f" SIZE={len(content)}" if self._size else ""
            lines = f"MAIL FROM:<{sender}>{size}\r\nRCPT TO:<{address}>\r\nDATA\r\n"
            return lines.encode("ascii")
        return b""

    def _say_next(self, hearings: tuple[Hearing, ...] = (), lines: bytes = b"") -> None:
        """These commands, and the envelope of the next message after them."""
        if envelope := self._next():
            self._say((*hearings, *self._of_envelope), lines + envelope)
        elif hearings:
            self._say(hearings, lines)

    def _say(self, hearings: tuple[Hearing, ...], lines: bytes) -> None:
        """Commands, a line each, and what hears the answer to each."""
        if self._groups:
            self._expected.extend(hearings)
            self._write(lines)
            return
        self._unsaid.extend(zip(hearings, lines.splitlines(keepends=True), strict=True))
        if not self._expected:
            self._say_one()

    def _say_one(self) -> None:
        heard, command = self._unsaid.popleft()
        self._expected.append(heard)
        self._write(command)
