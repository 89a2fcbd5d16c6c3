"""How many recipients a call to a provider has."""

import pytest

from posts.delivery.letters.compile import CompiledLetter
from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import Messages
from posts.delivery.transports.esp import calls


@pytest.mark.parametrize(("takes", "sizes"), [(1, [1, 1, 1]), (2, [2, 1]), (1_000, [2, 1])])
def test_a_lost_answer_puts_no_more_in_doubt_however_many_the_provider_takes(
    monkeypatch: pytest.MonkeyPatch, takes: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(calls, "MOST_IN_DOUBT", 2)
    letter = CompiledLetter.whole(b"Rest.\r\n")
    feed = Messages(
        [Outgoing(1, n, "ada@letters.example", f"r{n}@example.org", letter) for n in range(3)]
    )
    assert [len(call) for call in calls.Calls(feed).of_at_most(takes)] == sizes
