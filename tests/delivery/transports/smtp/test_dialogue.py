import pytest

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import (
    Misconfigured,
    Throttled,
    Transient,
    TransportError,
)
from posts.delivery.transports.smtp.dialogue import MOST_STRIKES, Strikes, Tired, Withdrawn
from tests.delivery.transports.smtp.talking import BODY, Talk, message

ENVELOPE = b"MAIL FROM:<ada@letters.example>\r\nRCPT TO:<reader%d@example.org>\r\nDATA\r\n"
MAIL, _, _ = ENVELOPE.partition(b"RCPT")


def envelope(subscriber_id: int) -> bytes:
    return ENVELOPE % subscriber_id


def talk(count: int = 2, *, pipelining: bool = True, most: int = 1_000) -> Talk:
    """Begun, with the first words said and looked at."""
    begun = Talk(map(message, range(1, count + 1)), pipelining=pipelining, most=most)
    assert begun.dialogue.begin()
    assert begun.said == (envelope(1) if pipelining else MAIL)
    return begun


# --- Where everything goes well ---


def test_with_pipelining_a_body_leaves_together_with_the_next_envelope() -> None:
    begun = talk(3)
    begun.hear("250 ok", "250 ok")
    assert begun.said == b""  # the body waits for 354 and for nothing else
    begun.hear("354 go on")
    assert begun.said == BODY + b".\r\n" + envelope(2)
    begun.hear("250 taken", "250 ok", "250 ok", "354 go on")
    assert begun.said == BODY + b".\r\n" + envelope(3)
    begun.hear("250 taken", "250 ok", "250 ok", "354 go on", "250 taken")
    assert begun.said == BODY + b".\r\n"
    assert begun.dialogue.idle
    assert begun.log == [
        (what, subscriber_id) for subscriber_id in (1, 2, 3) for what in ("attempt", "ACCEPTED")
    ]


def test_what_is_usually_heard_is_the_same_heard_at_once() -> None:
    one_by_one, at_once = talk(4), talk(4)
    for begun in (one_by_one, at_once):
        assert not begun.dialogue.hear_usual()  # no body is under way
        begun.hear("250 ok", "250 ok", "354 go on")
        assert begun.said == BODY + b".\r\n" + envelope(2)
    for _ in range(3):
        one_by_one.hear("250 taken", "250 ok", "250 ok", "354 go on")
        assert at_once.dialogue.hear_usual()
        assert at_once.said == one_by_one.said
        assert at_once.log == one_by_one.log
    assert not at_once.dialogue.hear_usual()  # nothing was said with the last body
    at_once.hear("250 taken")
    assert at_once.dialogue.idle
    assert at_once.dialogue.accepted == 4


def test_what_is_usual_with_pipelining_is_not_heard_without() -> None:
    begun = talk(2, pipelining=False)
    begun.hear("250 ok", "250 ok", "354 go on")
    assert not begun.dialogue.hear_usual()
    begun.hear("250 taken")
    assert begun.log == [("attempt", 1), ("ACCEPTED", 1)]


def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    begun = talk(2, pipelining=False)
    for answer, then in [
        ("250 ok", b"RCPT TO:<reader1@example.org>\r\n"),
        ("250 ok", b"DATA\r\n"),
        ("354 go on", BODY + b".\r\n"),
        ("250 taken", MAIL),
        ("250 ok", b"RCPT TO:<reader2@example.org>\r\n"),
        ("250 ok", b"DATA\r\n"),
        ("354 go on", BODY + b".\r\n"),
        ("250 taken", b""),
    ]:
        begun.hear(answer)
        assert begun.said == then
    assert begun.dialogue.idle
    assert begun.dialogue.accepted == 2


def test_the_size_is_told_where_the_server_asks_for_it() -> None:
    begun = Talk([message(1)], pipelining=True, size=True)
    begun.dialogue.begin()
    assert b"MAIL FROM:<ada@letters.example> SIZE=%d\r\n" % len(BODY) in begun.said


def test_a_body_without_a_last_line_end_gets_one_before_the_dot() -> None:
    """Else the dot would stand at the end of its last line, and the message would never end."""
    letter = CompiledLetter.whole(b"Subject: hi\r\n\r\nno line end")
    begun = Talk([message(1, letter=letter)], pipelining=True, size=True)
    begun.dialogue.begin()
    assert b"SIZE=28\r\n" in begun.said
    begun.hear("250 ok", "250 ok", "354 go on")
    assert begun.said.endswith(b"no line end\r\n.\r\n")


def test_what_comes_while_it_is_idle_is_begun_by_the_engine() -> None:
    begun = talk(1)
    begun.hear("250 ok", "250 ok", "354 go on", "250 taken")
    begun.said  # noqa: B018
    assert not begun.dialogue.begin()
    begun.waiting.append(message(2))
    assert begun.dialogue.begin()
    assert begun.said == envelope(2)


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_worn_connection_begins_no_more(pipelining: bool) -> None:
    begun = talk(3, pipelining=pipelining, most=2)
    for _ in range(2):
        begun.hear("250 ok", "250 ok", "354 go on", "250 taken")
    assert (begun.dialogue.worn, begun.dialogue.idle) == (True, True)
    assert [item.message.subscriber_id for item in begun.items] == [1, 2]
    assert not begun.dialogue.begin()


def test_a_retired_connection_ends_what_it_has_begun_and_takes_no_more() -> None:
    begun = talk(3)
    begun.hear("250 ok", "250 ok", "354 go on")  # the second is said by now
    begun.dialogue.retire()
    begun.hear("250 taken", "250 ok", "250 ok", "354 go on", "250 taken")
    assert begun.dialogue.idle
    assert [subscriber_id for what, subscriber_id in begun.log if what == "ACCEPTED"] == [1, 2]
    assert len(begun.waiting) == 1


# --- Refusals ---


def test_a_recipient_refused_in_a_group_gets_an_empty_body_where_one_is_wanted() -> None:
    """RFC 2920 3.1: a lone dot. The real body must not leave: nobody is there to get it."""
    begun = talk()
    begun.hear("250 ok", "550 no such mailbox", "354 go on")
    assert begun.said == b".\r\n" + envelope(2)
    begun.hear("554 no valid recipients", "250 ok", "250 ok", "354 go on")
    assert begun.said == BODY + b".\r\n"
    begun.hear("250 taken")
    assert begun.log == [("REFUSED", 1), ("attempt", 2), ("ACCEPTED", 2)]


@pytest.mark.parametrize("code", ["503", "554"])
def test_a_recipient_refused_in_a_group_is_answered_once_and_reset(code: str) -> None:
    begun = talk()
    begun.hear("250 ok", "550 no such mailbox", f"{code} no valid recipients")
    assert begun.said == b"RSET\r\n" + envelope(2)
    begun.hear("250 reset", "250 ok", "250 ok", "354 go on", "250 taken")
    assert begun.log == [("REFUSED", 1), ("attempt", 2), ("ACCEPTED", 2)]


def test_one_by_one_a_refused_recipient_is_reset_at_once() -> None:
    begun = talk(pipelining=False)
    begun.hear("250 ok")
    assert begun.said == b"RCPT TO:<reader1@example.org>\r\n"
    begun.hear("451 later")
    assert begun.said == b"RSET\r\n"
    begun.hear("250 reset")
    assert begun.said == MAIL
    assert begun.log == [("RETRY", 1)]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(("code", "answer"), [("452", "RETRY"), ("554", "REFUSED")])
def test_a_refused_data_is_about_the_message_and_is_reset(
    code: str, answer: str, pipelining: bool
) -> None:
    begun = talk(pipelining=pipelining)
    begun.hear("250 ok", "250 ok", f"{code} not this one")
    assert b"RSET\r\n" in begun.said
    begun.hear("250 reset")
    assert begun.log == [(answer, 1)]
    assert not begun.dialogue.idle  # with the second


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("reply", "answer"), [("250 ok", "ACCEPTED"), ("452 full", "RETRY"), ("550 spam", "REFUSED")]
)
def test_the_answer_to_a_body_is_the_messages(reply: str, answer: str, pipelining: bool) -> None:
    begun = talk(pipelining=pipelining)
    begun.hear("250 ok", "250 ok", "354 go on", reply, "250 ok", "250 ok", "354 go on")
    assert begun.log == [("attempt", 1), (answer, 1), ("attempt", 2)]


def test_a_refused_recipient_at_the_end_leaves_the_connection_idle() -> None:
    begun = talk(1)
    begun.hear("250 ok", "550 no", "503 no recipients", "250 reset")
    assert begun.dialogue.idle
    begun.waiting.append(message(2))
    assert begun.dialogue.begin()


# --- The end of a connection, at any step ---

STEPS = ["MAIL", "RCPT", "DATA", "body"]
GOOD = ["250 ok", "250 ok", "354 go on", "250 taken"]


@pytest.mark.parametrize("pipelining", [True, False])
def test_421_to_the_sender_slows_down_and_is_held_against_nobody(pipelining: bool) -> None:
    begun = talk(pipelining=pipelining)
    with pytest.raises(Throttled, match="421 too much"):
        begun.hear("421 too much")
    begun.dialogue.lost("hung up")
    assert begun.log == [("back", 1)]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("step", range(1, 4), ids=STEPS[1:])
def test_a_recipients_own_421_is_hers_and_the_next_goes_on(step: int, pipelining: bool) -> None:
    begun = talk(pipelining=pipelining)
    begun.hear(*GOOD[:step], "421 her server is busy")
    if pipelining and step == 1:
        begun.hear("503 no recipients")
    if step < 3:
        begun.hear("250 reset")
    begun.hear(*GOOD)
    assert begun.log[-2:] == [("attempt", 2), ("ACCEPTED", 2)]
    assert ("RETRY", 1) in begun.log
    assert not begun.dialogue.leaving


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_server_that_hangs_up_after_her_421_is_only_tired(pipelining: bool) -> None:
    begun = talk(pipelining=pipelining)
    begun.hear("250 ok", "421 her server is busy")
    assert begun.dialogue.leaving
    with pytest.raises(Tired):
        begun.hear("421 goodbye")
    begun.dialogue.lost("hung up")
    assert begun.log[0] == ("RETRY", 1)
    assert begun.log[1:] in ([], [("back", 2)])


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("step", range(1, 4), ids=STEPS[1:])
def test_421_to_three_recipients_in_a_row_slows_down_and_mails_nobody_twice(
    step: int, pipelining: bool
) -> None:
    begun = talk(5, pipelining=pipelining)
    after = {1: ["503 none"] * pipelining + ["250 reset"], 2: ["250 reset"], 3: []}[step]
    each = [*GOOD[:step], "421 too much", *after]
    with pytest.raises(Throttled, match="421 too much"):
        begun.hear(*each * MOST_STRIKES)
    begun.dialogue.lost("hung up")
    assert [at for what, at in begun.log if what == "RETRY"] == [1, 2, 3]
    assert all(item.settled for item in begun.items)


def test_strikes_are_counted_over_all_connections_until_somebody_is_accepted() -> None:
    strikes = Strikes(MOST_STRIKES - 1)
    one, other = (Talk([message(at)], pipelining=True, strikes=strikes) for at in (1, 2))
    one.dialogue.begin()
    other.dialogue.begin()
    one.hear(*GOOD)
    assert strikes.count == 0
    other.hear("250 ok", "421 busy")
    assert strikes.count == 1


@pytest.mark.parametrize("after", ["354 go on", "503 no recipients"])
def test_421_to_the_leftovers_of_a_refused_recipient_slows_down_too(after: str) -> None:
    begun = talk()
    begun.hear("250 ok", "550 no such mailbox", after)
    with pytest.raises(Throttled):
        begun.hear("421 too much")
    begun.dialogue.lost("hung up")
    assert begun.log == [("REFUSED", 1), ("back", 2)]


def test_421_to_data_after_a_refused_recipient_begins_nothing_more() -> None:
    begun = talk()
    begun.hear("250 ok", "550 no such mailbox")
    with pytest.raises(Throttled):
        begun.hear("421 too much")
    assert begun.log == [("REFUSED", 1)]
    assert len(begun.items) == 1


def test_421_to_nobody_is_the_end_of_a_connection_that_was_idle_for_too_long() -> None:
    begun = talk(1)
    begun.hear(*GOOD)
    with pytest.raises(Transient, match="421 timeout"):
        begun.hear("421 timeout exceeded")


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("step", range(4), ids=STEPS)
@pytest.mark.parametrize("reply", ["150 well", "25", "354 go on", "999 what", "0 nothing"])
def test_nonsense_at_any_step_ends_the_connection(reply: str, step: int, pipelining: bool) -> None:
    if (step, reply) == (2, "354 go on"):
        reply = "250 taken"  # at DATA that is the nonsense: no body has left
    begun = talk(pipelining=pipelining)
    begun.hear(*GOOD[:step])
    with pytest.raises(Transient, match="makes no sense"):
        begun.hear(reply)
    begun.dialogue.lost("hung up")
    # Only what had left is in doubt.
    assert begun.log[:2] == ([("attempt", 1), ("DOUBT", 1)] if step == 3 else [("back", 1)])
    assert all(item.settled for item in begun.items)


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("step", range(4), ids=STEPS)
def test_a_lost_connection_puts_back_what_did_not_leave(step: int, pipelining: bool) -> None:
    begun = talk(pipelining=pipelining)
    begun.hear(*GOOD[:step])
    begun.dialogue.lost("hung up")
    expected = [("attempt", 1), ("DOUBT", 1)] if step == 3 else [("back", 1)]
    if step == 3 and pipelining:
        expected.append(("back", 2))
    assert begun.log == expected
    begun.dialogue.lost("again")
    assert begun.log == expected


def test_a_refused_sender_wants_a_person_and_is_held_against_nobody() -> None:
    begun = talk()
    with pytest.raises(Misconfigured, match="553 not yours"):
        begun.hear("553 not yours")
    begun.dialogue.lost("hung up")
    assert begun.log == [("back", 1)]


# --- What is said to MAIL, in words for whoever can mend it ---


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        ("552 5.3.4 message size exceeds fixed limit", Misconfigured, "no letter of this size"),
        ("530 5.7.0 Authentication required", Misconfigured, "only after a login"),
        ("550 5.7.1 Please log in first", Misconfigured, "only after a login"),
        ("530 5.7.0 Must issue a STARTTLS command first", Misconfigured, "only over TLS"),
        ("550 5.4.5 Daily user sending quota exceeded", Throttled, "no more from us for now"),
        ("452 4.5.3 too many messages this hour", Throttled, "no more from us for now"),
        ("451 4.3.0 try again later", Throttled, "asks us to slow down"),
        ("553 5.7.1 sender address rejected: not yours", Misconfigured, "refused the sender ada@"),
    ],
)
def test_what_is_said_to_mail_is_told_in_its_own_words(
    reply: str, kind: type[TransportError], words: str
) -> None:
    begun = talk()
    with pytest.raises(kind, match=words) as told:
        begun.hear(reply)
    assert reply in str(told.value)
    begun.dialogue.lost("hung up")
    assert begun.log == [("back", 1)]


# --- From one command at a time to the next ---


@pytest.mark.parametrize("heard", range(4))
def test_it_can_go_over_to_one_by_one_at_any_moment(heard: int) -> None:
    begun = talk(3)
    begun.hear(*GOOD[:heard])
    begun.dialogue.one_by_one()
    rest = [*GOOD[heard:], *GOOD[:3]] if heard == 3 else GOOD[heard:]  # the second is said by then
    begun.hear(*rest[:-1])
    begun.said  # noqa: B018
    begun.hear(rest[-1])
    assert begun.said == (BODY + b".\r\n" if heard == 3 else MAIL)


# --- Faults on our side ---


@pytest.mark.parametrize("error", [Transient("disk full"), Withdrawn("not ours any more")])
def test_what_cannot_be_noted_does_not_leave(error: TransportError) -> None:
    begun = talk()
    begun.items[0].refuses_attempt = error
    begun.hear("250 ok", "250 ok")
    with pytest.raises(type(error)):
        begun.hear("354 go on")
    assert begun.said == b""
    begun.dialogue.lost("hung up")
    assert begun.log == [("back", 1)]


def test_a_message_that_cannot_be_written_harms_no_other() -> None:
    def sender(message: Outgoing) -> str:
        if message.subscriber_id == 2:
            raise ZeroDivisionError("a fault")
        return message.sender

    begun = Talk(map(message, (1, 2, 3)), pipelining=True, sender=sender)
    begun.dialogue.begin()
    begun.hear("250 ok", "250 ok", "354 go on", "250 taken", "250 ok", "250 ok", "354 go on")
    assert begun.log == [("attempt", 1), ("fault", 2), ("ACCEPTED", 1), ("attempt", 3)]


@pytest.mark.parametrize(
    "address", ["a>\r\nRCPT TO:<b@x.org", "a b@x.org", "jörg@x.org", "<a@x.org>", "", "a" * 255]
)
def test_an_address_that_would_break_the_envelope_is_refused_unsaid(address: str) -> None:
    bad = Outgoing(1, 1, "ada@letters.example", address, message(1).letter)
    begun = Talk([bad, message(2)], pipelining=True)
    begun.dialogue.begin()
    assert begun.said == envelope(2)
    assert begun.log == [("REFUSED", 1)]


def test_long_addresses_on_both_sides_are_said() -> None:
    long = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.org"
    begun = Talk([message(1, address=long)], pipelining=True, sender=lambda _: long)
    assert begun.dialogue.begin()
    assert b"RCPT TO:<%b>" % long.encode() in begun.said
