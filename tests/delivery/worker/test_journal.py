import os
import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.delivery.transports.base import Outcome, ServerAnswer, Transient
from posts.delivery.worker.journal import (
    BOOT_SIZE,
    RECORD,
    Journal,
    Name,
    folder,
    orphans,
    read,
)
from tests.delivery.making import no_file_longer_than

NAME = Name(batch_id=7, epoch=1)


def filled() -> Journal:
    journal = Journal(NAME)
    journal.attempt(1)
    journal.answer(Outcome(1, ServerAnswer.ACCEPTED))
    journal.attempt(2)
    journal.answer(Outcome(2, ServerAnswer.REFUSED, "550 no such mailbox – désolé", 0))
    journal.attempt(3)
    return journal


def test_an_attempt_without_an_answer_is_a_doubt() -> None:
    journal = filled()
    outcomes, complete = read(journal.path.read_bytes())
    journal.delete()
    assert complete
    found = {outcome.subscriber_id: outcome.answer for outcome in outcomes}
    assert found == {1: ServerAnswer.ACCEPTED, 2: ServerAnswer.REFUSED, 3: ServerAnswer.DOUBT}


def test_what_is_on_disk_is_what_the_owner_remembers() -> None:
    journal = filled()
    assert read(journal.path.read_bytes()) == (journal.outcomes(), True)
    assert [outcome.subscriber_id for outcome in journal.answered()] == [1, 2]
    journal.delete()


@given(cut=st.integers(min_value=0, max_value=200))
def test_a_torn_end_never_turns_an_attempt_into_nothing_or_worse(cut: int) -> None:
    journal = filled()
    data = journal.path.read_bytes()
    journal.delete()
    for outcome in read(data[:cut])[0]:
        assert outcome.answer in (ServerAnswer.ACCEPTED, ServerAnswer.REFUSED, ServerAnswer.DOUBT)
        if outcome.subscriber_id == 2 and outcome.answer is ServerAnswer.REFUSED:
            assert outcome.reply == "550 no such mailbox – désolé"


def test_where_a_journal_makes_no_sense_the_rest_is_unknown() -> None:
    journal = filled()
    data = journal.path.read_bytes()
    outcomes = journal.outcomes()
    journal.delete()
    assert read(data + bytes(40)) == (outcomes, False)


def test_a_journal_of_an_older_boot_or_without_one_may_have_lost_lines() -> None:
    """After a power cut a file may be empty although much was written to it."""
    journal = filled()
    data = journal.path.read_bytes()
    outcomes = journal.outcomes()
    journal.delete()
    assert read(b"\1" * BOOT_SIZE + data[BOOT_SIZE:]) == (outcomes, False)
    assert read(b"") == ([], False)


def test_a_line_that_did_not_fit_on_the_disk_leaves_the_journal_readable() -> None:
    journal = Journal(NAME)
    journal.attempt(1)
    journal.answer(Outcome(1, ServerAnswer.ACCEPTED))
    with (
        pytest.raises(Transient, match=r"journal.*cannot be written"),
        no_file_longer_than(BOOT_SIZE + RECORD.size + 5),
    ):
        journal.flush()
    journal.answer(Outcome(2, ServerAnswer.ACCEPTED))
    journal.flush()
    outcomes, complete = read(journal.path.read_bytes())
    # On disk the first is in doubt; its owner lives and knows better.
    assert [outcome.answer for outcome in outcomes] == [ServerAnswer.DOUBT, ServerAnswer.ACCEPTED]
    assert complete
    assert [outcome.answer for outcome in journal.answered()] == [ServerAnswer.ACCEPTED] * 2
    journal.delete()


def test_an_answer_is_written_with_the_next_attempt_or_when_asked_for() -> None:
    journal = Journal(NAME)
    journal.attempt(1)
    journal.answer(Outcome(1, ServerAnswer.ACCEPTED))
    assert journal.answered() == [Outcome(1, ServerAnswer.ACCEPTED)]  # its owner knows already
    journal.attempt(2)
    on_disk, _ = read(journal.path.read_bytes())
    assert [one.answer for one in on_disk] == [ServerAnswer.ACCEPTED, ServerAnswer.DOUBT]
    journal.answer(Outcome(2, ServerAnswer.REFUSED, "550 Nobody"))
    size = journal.path.stat().st_size
    journal.flush()
    journal.flush()
    assert journal.path.stat().st_size == size + RECORD.size + len("550 Nobody")
    assert read(journal.path.read_bytes()) == (journal.outcomes(), True)
    journal.delete()


def test_what_is_abandoned_holds_every_answer() -> None:
    journal = Journal(NAME)
    journal.attempt(1)
    journal.answer(Outcome(1, ServerAnswer.ACCEPTED))
    journal.abandon()
    assert read(journal.path.read_bytes()) == ([Outcome(1, ServerAnswer.ACCEPTED)], True)


def test_an_attempt_that_cannot_be_noted_is_none() -> None:
    journal = Journal(NAME)
    with pytest.raises(Transient), no_file_longer_than(BOOT_SIZE + 3):
        journal.attempt(1)
    assert journal.outcomes() == []
    journal.delete()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file in its place")
    with pytest.raises(Transient, match=re.escape(str(tmp_path / "journal"))):
        Journal(NAME)


def test_a_draft_that_a_kill_left_is_no_obstacle_and_is_cleared_away(tmp_path: Path) -> None:
    # The same batch, process number and thread number come again in containers.
    draft = folder() / f"7-1.{os.getpid()}-{threading.get_ident()}"
    draft.touch()
    Journal(NAME).delete()
    draft.touch()
    assert list(orphans()) == []
    assert draft.exists()  # it may be in use this very moment
    os.utime(draft, (0, 0))
    assert list(orphans()) == []
    assert not draft.exists()


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
    for subscriber_id in range(3):
        journal.answer(Outcome(subscriber_id, ServerAnswer.REFUSED, "550 no"))
    assert journal.refused_in_a_row == 3
    journal.answer(Outcome(9, ServerAnswer.ACCEPTED))
    assert journal.refused_in_a_row == 0
    journal.delete()


def test_when_a_call_was_made_is_told_by_the_clock_that_was_given() -> None:
    journal = Journal(NAME, now=1_000.0)
    journal.attempt_call([1], key="k")
    [outcome] = journal.outcomes()
    assert 1_000 <= outcome.at < 1_060
    journal.delete()


# --- Calls ---


def with_calls() -> Journal:
    """Two calls of two; the second goes out again under another key, and one of it is accepted."""
    journal = Journal(NAME)
    journal.attempt_call([1, 2], "7-1-0")
    journal.answer_call(
        [Outcome(1, ServerAnswer.ACCEPTED), Outcome(2, ServerAnswer.DOUBT, "cut", 0, "7-1-0")]
    )
    journal.attempt_call([3, 4], "7-1-1")
    journal.answer(Outcome(4, ServerAnswer.DOUBT, "the key is taken"))
    journal.attempt_call([3], "7-1-2")
    journal.attempt_call([5])
    return journal


def test_calls_on_disk_are_what_the_owner_remembers() -> None:
    journal = with_calls()
    outcomes, complete = read(journal.path.read_bytes())
    assert (outcomes, complete) == (journal.outcomes(), True)
    found = {outcome.subscriber_id: (outcome.answer, outcome.key) for outcome in outcomes}
    assert found == {
        1: (ServerAnswer.ACCEPTED, ""),
        2: (ServerAnswer.DOUBT, "7-1-0"),
        3: (ServerAnswer.DOUBT, "7-1-2"),  # a later attempt replaces an earlier one
        4: (ServerAnswer.DOUBT, ""),  # said without a key: not to be repeated
        5: (ServerAnswer.DOUBT, ""),
    }
    # When a call was made is known also where it had no key.
    assert all(outcome.at for outcome in outcomes if outcome.answer is ServerAnswer.DOUBT)
    journal.delete()


def test_a_journal_of_calls_torn_at_any_byte_lends_nobody_the_key_of_another_call() -> None:
    journal = with_calls()
    data = journal.path.read_bytes()
    journal.delete()
    keys = {1: {"7-1-0", ""}, 2: {"7-1-0"}, 3: {"7-1-1", "7-1-2"}, 4: {"7-1-1", ""}, 5: {""}}
    for cut in range(len(data)):
        outcomes, complete = read(data[:cut])
        assert complete is (cut >= BOOT_SIZE)
        for outcome in outcomes:
            assert outcome.key in keys[outcome.subscriber_id]
            if outcome.answer is not ServerAnswer.DOUBT:
                assert outcome.subscriber_id == 1
