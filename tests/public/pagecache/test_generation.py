import threading

import pytest

from posts.public.pagecache import generation
from tests.waiting import PATIENCE


def test_a_database_that_never_answers_holds_up_one_reader_and_not_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = generation._Known()
    asked, answered = threading.Event(), threading.Event()

    def read() -> None:
        asked.set()
        assert answered.wait(3 * PATIENCE)

    monkeypatch.setattr(known, "_read", read)
    monkeypatch.setattr(known, "_token", "as it last was")
    monkeypatch.setattr(generation, "PATIENCE", 0.05)
    stuck = threading.Thread(target=known.token)
    heard: list[str] = []
    other = threading.Thread(target=lambda: heard.append(known.token()))
    stuck.start()
    try:
        assert asked.wait(PATIENCE)
        other.start()
        other.join(PATIENCE)
        assert heard == ["as it last was"]
    finally:
        answered.set()
        stuck.join()
        other.join()
