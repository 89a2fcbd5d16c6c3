from pathlib import Path

import pytest

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import Messages, ServerAnswer, Transient
from posts.delivery.transports.outbox import Outbox
from tests.delivery.making import no_file_longer_than
from tests.delivery.transports.test_smtp import Notes

CONTENT = b"Subject: hi\r\n\r\n" + b"x" * 9_000
LETTER = Outgoing(7, 3, "ada@letters.example", "r@example.org", CompiledLetter.whole(CONTENT))


def test_a_letter_that_was_cut_short_is_not_accepted(tmp_path: Path) -> None:
    session = Outbox(tmp_path / "outbox").open()
    notes = Notes()
    with pytest.raises(Transient, match="cannot be written"), no_file_longer_than(5_000):
        session.deliver(Messages([LETTER]), notes)
    assert notes.answers == {}
    assert list((tmp_path / "outbox" / "new").iterdir()) == []
    session.deliver(Messages([LETTER]), notes)
    assert notes.answers == {3: ServerAnswer.ACCEPTED}
    assert (tmp_path / "outbox" / "new" / "m7.r3.eml").read_bytes() == CONTENT


def test_an_outbox_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in its place")
    with pytest.raises(Transient, match="cannot be made"):
        Outbox(tmp_path / "outbox").open()
