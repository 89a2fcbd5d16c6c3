from hypothesis import given
from hypothesis import strategies as st

from posts.delivery.journal import Journal, Name, orphans, read
from posts.delivery.transports.base import Answer, Outcome

NAME = Name(batch_id=7, epoch=1)


def filled() -> Journal:
    journal = Journal(NAME)
    journal.attempt(1)
    journal.answer(Outcome(1, Answer.ACCEPTED))
    journal.attempt(2)
    journal.answer(Outcome(2, Answer.REFUSED, "550 no such mailbox – désolé", 0))
    journal.attempt(3)
    return journal


def test_an_attempt_without_an_answer_is_a_doubt() -> None:
    journal = filled()
    found = {outcome.subscriber_id: outcome.answer for outcome in read(journal.path.read_bytes())}
    journal.delete()
    assert found == {1: Answer.ACCEPTED, 2: Answer.REFUSED, 3: Answer.DOUBT}


def test_what_is_on_disk_is_what_the_owner_remembers() -> None:
    journal = filled()
    assert read(journal.path.read_bytes()) == journal.outcomes()
    assert [outcome.subscriber_id for outcome in journal.answered()] == [1, 2]
    journal.delete()


@given(cut=st.integers(min_value=0, max_value=200))
def test_a_torn_end_never_turns_an_attempt_into_nothing_or_worse(cut: int) -> None:
    journal = filled()
    data = journal.path.read_bytes()
    journal.delete()
    for outcome in read(data[:cut]):
        assert outcome.answer in (Answer.ACCEPTED, Answer.REFUSED, Answer.DOUBT)
        if outcome.subscriber_id == 2 and outcome.answer is Answer.REFUSED:
            assert outcome.words == "550 no such mailbox – désolé"


def test_a_journal_with_an_owner_is_no_orphan() -> None:
    journal = filled()
    assert list(orphans()) == []
    journal.delete()


def test_a_journal_whose_owner_let_go_is_found_once_and_deleted() -> None:
    filled().abandon()
    found = list(orphans())
    assert [orphan.name for orphan in found] == [NAME]
    found[0].delete()
    assert list(orphans()) == []


def test_refusals_in_a_row_end_with_the_first_accepted() -> None:
    journal = Journal(NAME)
    for number in range(3):
        journal.answer(Outcome(number, Answer.REFUSED, "550 no"))
    assert journal.refused_in_a_row == 3
    journal.answer(Outcome(9, Answer.ACCEPTED))
    assert journal.refused_in_a_row == 0
    journal.delete()
