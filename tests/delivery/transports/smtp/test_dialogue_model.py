"""The dialogue against a server that answers as it likes, and replies in any pieces."""

import asyncio
import itertools
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import ServerAnswer, TransportError
from posts.delivery.transports.smtp.dialogue import Dialogue
from posts.delivery.transports.smtp.line import SmtpLine
from tests.delivery.transports.smtp.talking import Talk, Told, message

USUAL = {
    b"MAIL": ["250 ok"] * 6 + ["451 slow down", "550 not you", "421 bye"],
    b"RCPT": ["250 ok"] * 6 + ["252 perhaps", "450 later", "550 no such mailbox", "421 bye"],
    b"DATA": ["354 go on"] * 6 + ["452 full", "554 no", "421 bye"],
    b"RSET": ["250 reset"] * 6 + ["421 bye"],
    b"body": ["250 taken"] * 6 + ["452 full", "554 spam", "421 bye"],
}
NONSENSE = ["354 go on", "250 ok", "199 hm", "999 hm", "0 hm", "503 out of order"]
ANSWERED = {2: ServerAnswer.ACCEPTED, 4: ServerAnswer.RETRY, 5: ServerAnswer.REFUSED}


class Conversation(RuleBasedStateMachine):
    """Commands lie in `wire` until the server reads them, its replies in `replies` until we do."""

    @initialize(pipelining=st.booleans(), messages=st.integers(1, 6), most=st.integers(1, 6))
    def connect(self, pipelining: bool, messages: int, most: int) -> None:
        self.pipelining = pipelining
        self.before: list[Told] = []  # of connections that are gone
        self.answered_body: dict[int, str] = {}
        people = [
            message(at, letter=CompiledLetter.whole(b"Subject: hi\r\n\r\nFor %d.\r\n" % at))
            for at in range(1, messages + 1)
        ]
        self._connect(people, most)

    def _connect(self, people: list[Outgoing], most: int) -> None:
        self.talk = Talk(people, pipelining=self.pipelining, most=most)
        self.wire = b""
        self.replies: deque[str] = deque()
        self.recipient = 0  # whom the server took in this transaction
        self.in_body = False
        self.unheard_go_on = False
        self.lost = False
        self.talk.dialogue.begin()
        self._written()

    def _written(self) -> None:
        said = self.talk.said
        if self.unheard_go_on:
            assert said == b"", "something was said between DATA and the server's answer to it"
        self.wire += said

    # --- The server ---

    @precondition(lambda self: not self.lost and self._complete() is not None)
    @rule(data=st.data())
    def server_reads(self, data: st.DataObject) -> None:
        read = self._complete()
        assert read is not None
        self.wire = self.wire[len(read) :]
        kind = b"body" if self.in_body else read[:4]
        odd = data.draw(st.integers(0, 15)) == 0
        reply = data.draw(st.sampled_from(NONSENSE if odd else USUAL[kind]))
        self.replies.append(self._react(kind, read, reply))

    @precondition(lambda self: not self.lost and self._complete() is not None)
    @rule()
    def server_reads_all_and_is_content(self) -> None:
        while (read := self._complete()) is not None:
            self.wire = self.wire[len(read) :]
            kind = b"body" if self.in_body else read[:4]
            self.replies.append(self._react(kind, read, USUAL[kind][0]))

    def _complete(self) -> bytes | None:
        end = b".\r\n" if self.in_body else b"\r\n"
        if self.in_body and not self.wire.startswith(b".\r\n"):
            end = b"\r\n.\r\n"
        head, found, _ = self.wire.partition(end)
        return head + found if found else None

    def _react(self, kind: bytes, read: bytes, reply: str) -> str:
        if kind in {b"MAIL", b"RSET"}:
            self.recipient = 0
        elif kind == b"RCPT" and reply.startswith("25"):
            self.recipient = int(read.partition(b"reader")[2].partition(b"@")[0])
        elif kind == b"DATA":
            self.in_body = reply.startswith("354")
            self.unheard_go_on = self.in_body
        elif kind == b"body":
            self._take(read, reply)
        return reply

    def _take(self, read: bytes, reply: str) -> None:
        self.in_body = False
        if read == b".\r\n":
            assert not self.recipient, "an empty letter to somebody who was taken"
        else:
            assert read == b"Subject: hi\r\n\r\nFor %d.\r\n.\r\n" % self.recipient
            assert self.recipient not in self.answered_body, "mailed twice"
            self.answered_body[self.recipient] = reply
        self.recipient = 0

    # --- Our side ---

    @precondition(lambda self: not self.lost and self.replies)
    @rule()
    def client_hears(self) -> None:
        self._hear()

    @precondition(lambda self: not self.lost and self.replies)
    @rule()
    def client_hears_all_that_came(self) -> None:
        while self.replies and not self.lost:
            if not self._hear_usual():
                self._hear()

    def _hear_usual(self) -> bool:
        came = [reply[:3] for reply in itertools.islice(self.replies, 4)]
        if came != ["250", "250", "250", "354"] or not self.talk.dialogue.hear_usual():
            return False
        for _ in came:
            self.replies.popleft()
        self.unheard_go_on = self.unheard_go_on and bool(self.replies)
        self._written()
        return True

    def _hear(self) -> None:
        reply = self.replies.popleft()
        if reply.startswith("354") and not self.replies:
            self.unheard_go_on = False
        code, _, text = reply.partition(" ")
        try:
            self.talk.dialogue.hear(int(code), text.encode())
        except TransportError as error:
            self._hang_up(str(error))
        else:
            self._written()

    @precondition(lambda self: not self.lost and self.talk.dialogue.idle)
    @rule(more=st.integers(0, 2))
    def more_comes(self, more: int) -> None:
        there = len(self._everybody()) + len(self.talk.waiting)
        for at in range(there + 1, there + 1 + more):
            letter = CompiledLetter.whole(b"Subject: hi\r\n\r\nFor %d.\r\n" % at)
            self.talk.waiting.append(message(at, letter=letter))
        begins = not self.talk.dialogue.worn and bool(self.talk.waiting)
        assert self.talk.dialogue.begin() is begins
        self._written()

    @precondition(lambda self: not self.lost)
    @rule(unlikely=st.integers(0, 9))
    def connection_breaks(self, unlikely: int) -> None:
        if not unlikely:
            self._hang_up("broken")

    def _hang_up(self, why: str) -> None:
        self.talk.dialogue.lost(why)
        self.lost = True
        assert all(item.settled for item in self.talk.items), "somebody was lost"

    @precondition(lambda self: self.lost)
    @rule(most=st.integers(1, 6))
    def another_connection(self, most: int) -> None:
        """For whoever was put back, and the rest."""
        back = [item.message for item in self.talk.items if item.back]
        self.before += [item for item in self.talk.items if not item.back]
        self._connect([*back, *self.talk.waiting], most)

    def _everybody(self) -> list[Told]:
        return [*self.before, *self.talk.items]

    # --- What always holds ---

    @invariant()
    def one_at_most_is_on_the_wire(self) -> None:
        if hasattr(self, "talk"):
            open_items = [item for item in self.talk.items if not item.settled]
            assert len([item for item in open_items if item.attempted]) <= 1
            assert len([item for item in open_items if not item.attempted]) <= 1

    @invariant()
    def whoever_the_server_took_is_accepted_or_in_doubt_or_still_awaited(self) -> None:
        if not hasattr(self, "talk"):
            return
        by_number = {item.message.subscriber_id: item for item in self._everybody()}
        for subscriber_id, reply in self.answered_body.items():
            item = by_number[subscriber_id]
            assert item.attempted, "a body left that was not noted"
            if item.outcome is not None and item.outcome.answer is not ServerAnswer.DOUBT:
                assert item.outcome.answer is ANSWERED[int(reply.partition(" ")[0]) // 100]
        for item in self._everybody():
            if item.outcome is not None and item.outcome.answer is ServerAnswer.ACCEPTED:
                assert item.message.subscriber_id in self.answered_body


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)


# --- Replies in any pieces ---


class Heard:
    """In place of a dialogue: what it was told."""

    idle = True
    waits_for_body = False

    def __init__(self) -> None:
        self.replies: list[tuple[int, bytes]] = []

        self.usual = 0
        self.expects_the_usual = False

    def hear(self, code: int, text: bytes) -> None:
        self.replies.append((code, text))

    def hear_usual(self) -> bool:
        self.usual += self.expects_the_usual
        return self.expects_the_usual

    def lost(self, reason: str) -> None:
        raise AssertionError(reason)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
REPLIES = st.lists(
    st.tuples(st.integers(200, 599), st.lists(WORDS, min_size=1, max_size=3)), max_size=5
)


@given(replies=REPLIES, cuts=st.lists(st.integers(0, 200)), end=st.sampled_from(["\r\n", "\n"]))
def test_replies_are_the_same_however_they_are_split_or_joined(
    replies: list[tuple[int, list[str]]], cuts: list[int], end: str
) -> None:
    raw = "".join(
        f"{code}{' ' if at == len(lines) - 1 else '-'}{line}{end}"
        for code, lines in replies
        for at, line in enumerate(lines)
    ).encode()
    heard = Heard()
    places = [0, *sorted(cut for cut in cuts if cut < len(raw)), len(raw)]
    receive(heard, [raw[start:stop] for start, stop in itertools.pairwise(places)])
    assert heard.replies == [(code, "\n".join(lines).encode()) for code, lines in replies]


def receive(heard: Heard, pieces: list[bytes]) -> None:
    async def run() -> None:
        line = SmtpLine(gone=lambda *_: None, heard=lambda _: None)
        line.dialogue = heard  # type: ignore[assignment]
        for piece in pieces:
            line.data_received(piece)

    asyncio.run(run())


TAKEN = [b"250 2.0.0 Ok: queued as 4F2\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"]


def test_four_usual_answers_in_one_piece_are_known_at_a_glance_where_they_are_waited_for() -> None:
    heard = Heard()
    heard.expects_the_usual = True
    receive(heard, [b"".join(TAKEN)])
    assert (heard.usual, heard.replies) == (1, [])
    heard.expects_the_usual = False
    receive(heard, [b"".join(TAKEN)])
    assert [code for code, _ in heard.replies] == [250, 250, 250, 354]


@pytest.mark.parametrize(
    "pieces",
    [
        TAKEN,
        [b"".join(TAKEN)[:30], b"".join(TAKEN)[30:]],
        [b"".join(TAKEN).replace(b"\r", b"")],
        [b"".join([*TAKEN, b"250 more\r\n"])],
        [b"".join(TAKEN[1:])],
        [b"".join(TAKEN[:3]) + b"452 full\r\n"],
        [b"".join(TAKEN[:1]) + b"550 gone\r\n" + b"".join(TAKEN[2:])],
        [b"250-first\r\n" + b"".join(TAKEN)],
        [b"250 " + b"long" * 200 + b"\r\n" + b"".join(TAKEN[1:])],
    ],
)
def test_anything_else_is_read_line_by_line(pieces: list[bytes]) -> None:
    heard = Heard()
    heard.expects_the_usual = True
    receive(heard, pieces)
    assert heard.usual == 0
    assert len(heard.replies) == b"".join(pieces).count(b"\n") - b"".join(pieces).count(b"250-")


def test_the_stand_in_has_what_the_line_uses() -> None:
    assert {"idle", "waits_for_body", "hear", "hear_usual", "lost"} <= set(dir(Dialogue))
