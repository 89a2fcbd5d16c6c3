from hypothesis import given
from hypothesis import strategies as st

from posts.management.backup.copying import _READ, WRITERS


@given(st.text())
def test_any_text_is_one_field_of_one_line_and_comes_back(text: str) -> None:
    written = WRITERS["text"](text)
    assert not {"\t", "\n", "\r", "\0"} & set(written)
    assert written != "\\N"
    assert _READ["text"](written) == text.replace("\0", "")  # which no database takes


@given(st.binary())
def test_any_bytes_come_back(content: bytes) -> None:
    assert _READ["bytes"](WRITERS["bytes"](content)) == content


def test_what_postgresql_writes_of_a_moment_is_what_sqlite_keeps_of_it() -> None:
    assert _READ["datetime"]("2026-10-25 01:30:00.12+00") == "2026-10-25 01:30:00.120000"
    assert _READ["datetime"]("2026-10-25 01:30:00+00") == "2026-10-25 01:30:00"
