"""One message that stands in no ledger: whether it may be handed over once more."""

import pytest

from posts.delivery.transports.base import Notes, Outcome, ServerAnswer, Transient, TransportError
from posts.delivery.transports.direct import NotAccepted, hand_over


def answered(answer: ServerAnswer, reply: str = "") -> None:
    def send(notes: Notes) -> None:
        notes.attempt(0)
        notes.answer(Outcome(0, answer, reply))

    hand_over(send)


def test_one_that_was_taken_is_done() -> None:
    answered(ServerAnswer.ACCEPTED)


@pytest.mark.parametrize("answer", [ServerAnswer.REFUSED, ServerAnswer.RETRY])
def test_one_that_was_not_says_so_in_the_servers_words(answer: ServerAnswer) -> None:
    with pytest.raises(NotAccepted, match="550 no") as error:
        answered(answer, "550 no")
    assert error.value.permanent is (answer is ServerAnswer.REFUSED)


def test_a_doubt_is_no_refusal_even_where_nothing_was_raised() -> None:
    with pytest.raises(TransportError, match="no number") as error:
        answered(ServerAnswer.DOUBT, "It gave no number for this message.")
    assert not isinstance(error.value, NotAccepted)


def test_one_that_was_attempted_without_an_answer_is_a_doubt() -> None:
    for trouble in (None, Transient("lost")):

        def send(notes: Notes, trouble: Transient | None = trouble) -> None:
            notes.attempt_call([0])
            if trouble is not None:
                raise trouble

        with pytest.raises(TransportError) as error:
            hand_over(send)
        assert not isinstance(error.value, NotAccepted)


def test_trouble_before_the_attempt_is_no_doubt() -> None:
    def send(notes: Notes) -> None:
        raise Transient("refused")

    with pytest.raises(NotAccepted, match="refused"):
        hand_over(send)


def test_what_is_tried_once_promises_no_other_attempt() -> None:
    def send(notes: Notes) -> None:
        raise Transient("Nobody there. We keep trying.", at_once="Nobody there.")

    with pytest.raises(NotAccepted, match=r"^Nobody there\.$"):
        hand_over(send)


def test_one_that_was_never_attempted_was_not_accepted() -> None:
    with pytest.raises(NotAccepted, match="no answer"):
        hand_over(lambda notes: None)
