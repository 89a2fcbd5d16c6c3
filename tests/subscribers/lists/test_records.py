"""A file read by the piece has the records it has line by line."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from subscribers.lists import records as lists_records
from subscribers.lists.encodings import Written
from subscribers.lists.records import Header, bounded_line, records

TEXT = st.lists(
    st.sampled_from(
        ["ada@example.org", ",", "\n", "\r", "\r\n", '"', '\\"', "\u2028", "\0", "x" * 30, " ", "ö"]
    ),
    max_size=40,
).map("".join)
HEADER = Header(
    Path("list.csv"), "list.csv", Written("utf-8"), ",", ["email", "name"], None, line=0
)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few signs are a long line, a large record, or a piece."""
    monkeypatch.setattr(lists_records, "MOST_IN_A_LINE", 40)
    monkeypatch.setattr(lists_records, "MOST_COLUMNS", 4)
    monkeypatch.setattr(lists_records, "MOST_LINES_IN_A_RECORD", 3)
    monkeypatch.setattr(lists_records, "PIECE", 16)


class LineByLine(lists_records.RecordLines):
    def plain(self, header: Header) -> list[list[str]]:
        return []


def opened(text: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")


def lines(text: str) -> Iterator[str]:
    file = opened(text)
    while line := bounded_line(file):
        yield line


def pieces(text: str) -> Iterator[list[str]]:
    file = opened(text)
    while piece := lists_records.piece_of(file):
        yield piece


@pytest.mark.usefixtures("short")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT)
@example("ada@example.org,Ada\r\n" * 3)
@example("x" * 15 + "\r\nada@example.org,Ada")
@example("x" * 95 + "\n" + "y" * 41)
@example('a,"b\n' * 8 + "ada@example.org,Ada\n" * 4)
def test_by_the_piece_as_line_by_line(text: str) -> None:
    found = list(records(opened(text), HEADER))
    assert found == list(records(opened(text), HEADER, reading=LineByLine))
    # Where a line is cut between the two signs that end it, the second is taken for a blank line.
    taken = [line for piece in pieces(text) for line in piece if line != "\n"]
    assert taken == [line for line in lines(text) if line != "\n"]


def test_a_plain_file_is_read_by_the_piece() -> None:
    plain = lists_records.RecordLines(opened("ada@example.org,Ada\n\nben@example.org,Ben"))
    assert plain.plain(HEADER) == [["ada@example.org", "Ada"], [], ["ben@example.org", "Ben"]]
