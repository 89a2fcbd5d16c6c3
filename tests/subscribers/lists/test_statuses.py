"""What a cell says of its person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.lists import statuses
from subscribers.lists.normalising import key
from subscribers.lists.statuses import StatusReading, says, speaks_of_leaving, understood

STATUS, AGREED = StatusReading("status"), StatusReading("agreed")
LEFT, BOUNCED = StatusReading("unsubscribed"), StatusReading("bounced")
REASON = StatusReading("bounced", text=True)
DOUBTFUL_LEFT, DOUBTFUL_YES = (
    StatusReading("unsubscribed", sure=False),
    StatusReading("agreed", sure=False),
)


@pytest.mark.parametrize(
    ("reading", "cell", "meaning"),
    [
        (STATUS, "Active", "active"),
        (STATUS, "inactive", "unsubscribed"),
        (STATUS, " UN-SUBSCRIBED ", "unsubscribed"),
        (STATUS, "Dado de baja", "unsubscribed"),
        (STATUS, "désabonné", "unsubscribed"),
        (STATUS, "отписан", "unsubscribed"),
        (STATUS, "退会", "unsubscribed"),
        (STATUS, "never subscribed", "unsubscribed"),
        (STATUS, "Hard-bounced", "bounced"),
        (STATUS, "Spam complaint", "complained"),
        (STATUS, "unconfirmed", "pending"),
        (STATUS, "yes", None),
        (STATUS, "1", None),
        (STATUS, "", None),
        (STATUS, "2021-02-03", None),
        (STATUS, "lovely", None),
        (StatusReading("status", dated=True), "2021-02-03", "nothing"),
        (StatusReading("status", of_leaving=True), "", "nothing"),
        (AGREED, "Ja", "active"),
        (AGREED, "TRUE", "active"),
        (AGREED, "✓", "active"),
        (AGREED, "1.0", "active"),
        (AGREED, "Yes, please", "active"),
        (AGREED, "4 May 2021", "active"),
        (AGREED, "no", "unsubscribed"),
        (AGREED, "FALSCH", "unsubscribed"),
        (AGREED, "0.0", "unsubscribed"),
        (AGREED, "n", "unsubscribed"),
        (AGREED, "No, thanks", "unsubscribed"),
        (AGREED, "withdrawn", "unsubscribed"),
        (AGREED, "", None),
        (AGREED, "0000-00-00", None),
        (AGREED, "-1", None),
        (AGREED, "2", None),
        (AGREED, "Yes, unsubscribe me", None),
        (StatusReading("agreed", closed=True), "", "unsubscribed"),
        (LEFT, "", "nothing"),
        (LEFT, "NULL", "nothing"),
        (LEFT, r"\N", "nothing"),
        (LEFT, "0000-00-00 00:00:00", "nothing"),
        (LEFT, "0001-01-01T00:00:00Z", "nothing"),
        (LEFT, "false", "nothing"),
        (LEFT, "x", "unsubscribed"),
        (LEFT, "да", "unsubscribed"),
        (LEFT, "3. Mai 2021", "unsubscribed"),
        (LEFT, "May 3rd, 2021 10:11", "unsubscribed"),
        (LEFT, "1620000000", "unsubscribed"),
        (LEFT, "bounced", "bounced"),
        (LEFT, "the autumn letter", None),
        (BOUNCED, "true", "bounced"),
        (REASON, "mailbox is gone", "bounced"),
        (REASON, "", "nothing"),
        (DOUBTFUL_LEFT, "no", "nothing"),
        (DOUBTFUL_LEFT, "yes", None),
        (DOUBTFUL_LEFT, "unsubscribed", "unsubscribed"),
        (DOUBTFUL_YES, "yes", "active"),
        (DOUBTFUL_YES, "no", None),
        (DOUBTFUL_YES, "opted out", "unsubscribed"),
    ],
)
def test_a_cell_is_understood_or_has_to_be_asked_about(
    reading: StatusReading, cell: str, meaning: str | None
) -> None:
    assert understood(reading, cell) == meaning


@given(st.text(max_size=30))
def test_no_text_is_a_yes_and_a_no_to_the_same_question(cell: str) -> None:
    answer = says(cell)
    if answer is not None:
        assert understood(AGREED, cell) == ("active" if answer else "unsubscribed") or (
            statuses.is_empty(cell)
        )
    assert key(cell) == key(f" {cell}\u200b")[: len(key(cell))] or not cell.isprintable()


def test_no_word_means_two_things_and_none_is_also_empty() -> None:
    assert not statuses.YES & statuses.NO
    answers = statuses.YES | statuses.NO
    assert not [word for word in answers | set(statuses.WORDS) if statuses.is_empty(word)]


@pytest.mark.parametrize(
    "text",
    ["Please un-subscribe her", "asked twice to be removed from list", "OPTED OUT (May)",
     "möchte abgemeldet werden", "ne pas contacter", "просил не писать", "配信停止希望"],
)  # fmt: skip
def test_a_note_that_speaks_of_leaving_is_noticed(text: str) -> None:
    assert speaks_of_leaving(text)
    assert speaks_of_leaving(f"knits\n{text}\nsings")


@pytest.mark.parametrize("text", ["", "likes option 3", "met at the fair", "bound copy", "no idea"])
def test_other_notes_are_not(text: str) -> None:
    assert not speaks_of_leaving(text)
