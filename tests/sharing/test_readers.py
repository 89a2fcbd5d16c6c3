"""What a request says of who sent it."""

from posts.sharing import readers
from tests.sharing.reading import PHONE


def test_a_name_without_end_is_no_browsers_and_is_not_remembered() -> None:
    known = readers._is_machine.cache_info().currsize
    assert readers.is_person({"HTTP_USER_AGENT": PHONE})
    assert not readers.is_person({"HTTP_USER_AGENT": PHONE + "x" * 60_000})
    assert readers._is_machine.cache_info().currsize <= known + 1
