"""listmonk: a list of people, and no texts."""

from pathlib import Path

from tests.moving_in import exports
from tests.moving_in.brought import found_in, lists_in


def test_its_list_is_taken_as_it_is(tmp_path: Path) -> None:
    path = exports.listmonk(tmp_path)
    assert lists_in("listmonk", path) == {path.name: ""}
    assert len(found_in("listmonk", path)) == 1
