"""Kit: a list of people, and no texts."""

from pathlib import Path

from tests.moving_in import exports
from tests.moving_in.brought import left_in, lists_in


def test_its_list_is_taken_as_it_is(tmp_path: Path) -> None:
    path = exports.kit(tmp_path)
    assert lists_in("kit", path) == {path.name: ""}


def test_a_table_without_addresses_is_no_list_of_people(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("tag,count\nearly,3\n")
    assert left_in("kit", path) == {"tags.csv": "It is no list of people: no column has addresses."}
