"""Tags: parted where a column parts them throughout, and one tag however it is spelled."""

from pathlib import Path

import pytest

from subscribers.lists.csv_file import open_file
from subscribers.lists.importer import Import
from subscribers.models import Newsletter, Subscriber
from subscribers.segments.actions import create_tag
from subscribers.segments.models import Tag, Tagging

pytestmark = pytest.mark.django_db


def tagged(folder: Path, *cells: str, columns: str = "email,tags") -> list[list[str]]:
    """The tags of each person, when a list with these cells was imported."""
    newsletter = Newsletter.objects.create(name="Letters", slug="letters")
    path = folder / "list.csv"
    rows = [f'p{n}@example.org,"{cell}"\n' for n, cell in enumerate(cells)]
    path.write_text(columns + "\n" + "".join(rows))
    job = Import(newsletter=newsletter, confirmed=True, source="moved", by="test")
    job.run(open_file(path).rows(), reject=lambda row: pytest.fail(row.problem))
    return [
        sorted(Tagging.objects.filter(subscriber=her).values_list("tag__name", flat=True))
        for her in Subscriber.objects.order_by("address")
    ]


@pytest.mark.parametrize(
    ("cells", "tags"),
    [
        (["red, blue", "red"], [["blue", "red"], ["red"]]),
        (["red;blue", "red"], [["blue", "red"], ["red"]]),
        (["red|blue", "green"], [["blue", "red"], ["green"]]),
        (["red;blue", "red, green"], [["red;blue"], ["green", "red"]]),
        (["red;blue", "a|b"], [["red;blue"], ["a|b"]]),
        (['[""red"", ""blue""]', "{red,green}"], [["blue", "red"], ["green", "red"]]),
        (["* myContacts ::: Friends ::: Choir", "* starred"], [["Choir", "Friends"], []]),
    ],
)
def test_tags_are_parted_by_what_parts_the_whole_column(
    tmp_path: Path, cells: list[str], tags: list[list[str]]
) -> None:
    assert tagged(tmp_path, *cells) == tags


def test_one_spelling_of_a_tag_is_one_tag(tmp_path: Path) -> None:
    create_tag(name="Müde", by="test")
    found = tagged(tmp_path, "VIP, vip ,Vip", "vIP", "Mu\u0308de", "MÜDE, VIP")
    assert [len(tags) for tags in found] == [1, 1, 1, 2]
    assert Tag.objects.count() == 2
    assert found[2] == ["Müde"]


def test_the_desk_finds_a_tag_however_it_is_spelled() -> None:
    first = create_tag(name="Straße  eins", by="test")
    assert create_tag(name="STRASSE EINS", by="test") == first
    assert Tag.objects.get().name == "Straße eins"


def test_a_tag_that_says_no_is_asked_about_in_a_column_of_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email,tags\nada@example.org,red;unsubscribed\nben@example.org,red\n")
    [column] = open_file(path).questions.columns
    assert [value.shown for value in column.open] == ["unsubscribed"]
