"""Lists in the encodings of the world: told by a few names, said, and chosen by a person."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from subscribers.lists.csv_file import open_file
from subscribers.lists.encodings import ENCODINGS, LABELS, look
from subscribers.lists.mapping import ColumnMapping
from subscribers.models import Newsletter, Subscriber

NAMES = {
    "cp1252": [
        "Jörg Bäcker",
        "Héloïse Rançon",
        "Nuño Peñalver",
        "Åke Sjögren",
        "Conceição Brandão",
    ],
    "mac_roman": ["Jörg Bäcker", "Héloïse Rançon", "Nuño Peñalver", "Åke Sjögren", "Søren Bjørk"],
    "cp1250": ["Władysława Śliwa", "Bořivoj Žďárský", "Ľubomír Kováč", "Bölcső Ágnes Győző"],
    "iso8859_2": ["Wiesława Śliwa", "Bořivoj Žďárský", "Győző Fűrész"],
    "cp1251": ["Людмила Соколова", "Пётр", "Ярослав Гончаренко"],
    "koi8_r": ["Людмила Соколова", "Пётр Жуков"],
    "mac_cyrillic": ["Людмила Соколова"],
    "cp866": ["Людмила Соколова"],
    "cp1253": ["Δημήτρης Καλογερόπουλος", "Σοφία"],
    "cp1254": ["Ayşegül Kılıç", "Oğuz Şimşek"],
    "cp1255": ["רחל מזרחי"],
    "cp932": ["渡辺美咲", "加藤さくら", "ｽｽﾞｷ ｱｲ"],
    "euc_jp": ["渡辺美咲", "加藤さくら"],
    "gb18030": ["赵敏", "陈小红"],
    "big5": ["許志豪", "蔡淑芬"],
    "cp949": ["최수진", "정민호"],
}


def written(folder: Path, text: str, encoding: str) -> Path:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", NAMES)
def test_one_name_is_enough_to_tell_the_encoding(tmp_path: Path, encoding: str) -> None:
    for name in NAMES[encoding]:
        path = written(tmp_path, f"email;name\nada@example.org;{name}\n", encoding)
        [row] = open_file(path).rows()
        assert row.name == name


def test_a_list_of_many_countries_is_told_too(tmp_path: Path) -> None:
    for encoding in ("cp1252", "mac_roman", "cp1250", "cp1251"):
        people = [f"r{n}@example.org;{name}\n" for n, name in enumerate(NAMES[encoding])]
        path = written(tmp_path, "email;name\n" + "".join(people), encoding)
        assert [row.name for row in open_file(path).rows()] == NAMES[encoding]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_utf_16_needs_no_mark(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "email,name\nada@example.org,Zoë\n", encoding)
    file = open_file(path)
    assert [row.name for row in file.rows()] == ["Zoë"]
    assert LABELS[file.encoding] in ("UTF-16", "UTF-32")


def test_one_bad_byte_costs_only_its_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(
        "email,name,note\nada@example.org,Zoë,\n".encode()
        + b"ben@example.org,Ren\xe9,\ncy@example.org,Cy,caf\xe9\n"
        + "dora@example.org,Dörte,\n".encode()
    )
    file = open_file(path)
    rows = list(file.rows())
    assert file.encoding == "utf-8-sig"
    assert [(row.name, bool(row.problem)) for row in rows] == [
        ("Zoë", False), ("", True), ("Cy", False), ("Dörte", False)
    ]  # fmt: skip
    assert "“Ren\ufffd” in name has a letter that is not UTF-8" in rows[1].problem
    assert "choose another encoding" in rows[1].problem


def test_an_answer_stands_against_what_was_found_out(tmp_path: Path) -> None:
    path = written(tmp_path, "email,name\nada@example.org,Wanda Śliwa\n", "iso8859_2")
    [row] = open_file(path, mapping=ColumnMapping(encoding="cp1251")).rows()
    assert row.name != "Wanda Śliwa"


@pytest.mark.django_db
def test_the_command_takes_an_encoding_by_any_of_its_names(tmp_path: Path) -> None:
    Newsletter.objects.create(name="Letters", slug="letters")
    path = written(tmp_path, "email,name\nada@example.org,Zoé\n", "mac_roman")
    out = StringIO()
    call_command("import_subscribers", str(path), "--encoding=macintosh", "--json", stdout=out)
    assert "Mac Roman" in out.getvalue()
    assert json.loads(out.getvalue().splitlines()[-1])["added"] == 1
    assert Subscriber.objects.get().name == "Zoé"
    with pytest.raises(
        CommandError, match=r"no such encoding is known\. There are utf-8"
    ) as refused:
        call_command("import_subscribers", str(path), "--encoding=klingon")
    assert refused.value.returncode == 2


def test_lines_without_an_end_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"email,name\n" * 30_000)
    assert not look(path).long_lines
    path.write_bytes(b"email\n" + b"x" * 200_000 + b"\nada@example.org\n")
    assert look(path).long_lines


def test_each_encoding_has_a_name_of_its_own() -> None:
    assert len({one.label for one in ENCODINGS}) == len(ENCODINGS)
