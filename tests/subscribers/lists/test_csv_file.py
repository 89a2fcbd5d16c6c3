"""Reading lists as people have them: no line lost, whatever stands in it."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from subscribers.lists.cells import neutralised, restored
from subscribers.lists.csv_file import ListRow, SubscriberFile, open_file
from subscribers.lists.records import ListRefused
from subscribers.lists.rejects import RejectsFile


def written(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder: Path, content: str | bytes) -> tuple[SubscriberFile, list[ListRow]]:
    file = open_file(written(folder, content))
    return file, list(file.rows())


def people(rows: list[ListRow]) -> list[tuple[str, str]]:
    return [(row.address, row.name) for row in rows if not row.problem]


LIST = "Email,Name\nada@example.org,Zoë\nben@example.org,Ben Ö\n"
ZOE = [("ada@example.org", "Zoë"), ("ben@example.org", "Ben Ö")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LIST.encode(), "utf-8-sig"),
        (LIST.encode("utf-8-sig"), "utf-8-sig"),
        (LIST.encode("cp1252"), "cp1252"),
        (LIST.encode("utf-16"), "utf-16"),
        (LIST.replace("\n", "\r\n").encode(), "utf-8-sig"),
        (LIST.replace("\n", "\r").encode(), "utf-8-sig"),
        (LIST.replace(",", ";").encode("cp1252"), "cp1252"),
        (LIST.replace(",", "\t").encode("utf-16"), "utf-16"),
        (b"sep=;\r\n" + LIST.replace(",", ";").encode(), "utf-8-sig"),
        (b"\xef\xbb\xbfsep=|\n" + LIST.replace(",", "|").encode(), "utf-8-sig"),
        (LIST.replace("Email", ' "E-Mail" ').encode(), "utf-8-sig"),
        ("note,NAME,EMAIL\nx,Zoë,ada@example.org\ny,Ben Ö,ben@example.org".encode(), "utf-8-sig"),
    ],
)
def test_encoding_delimiter_and_columns_are_found_out(
    tmp_path: Path, content: bytes, encoding: str
) -> None:
    file, rows = read(tmp_path, content)
    assert people(rows) == ZOE
    assert file.encoding == encoding


def test_a_list_of_addresses_alone_needs_no_names(tmp_path: Path) -> None:
    _, rows = read(tmp_path, "email\nada@example.org\n\n\nben@example.org")
    assert people(rows) == [("ada@example.org", ""), ("ben@example.org", "")]
    assert [row.line for row in rows] == [2, 5]


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"name,phone\nAda,123\n", "no column named email, and none that holds addresses"),
        (b"name,phone\nAda,123\n", "Its first line names: name, phone."),
        (b"email," + b"x" * 600_000, "more than 500,000 characters"),
        (b"email" + b"," * 1_000 + b"\nx\n", "more than 1,000 columns"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture"),
        (b"email,name\n", "holds the names of the columns and no row"),
        (b'[{"email": "ada@example.org"}]', "is JSON"),
        (b"<!DOCTYPE html><p>", "is a web page"),
        (b"PK\x03\x04 [Content_Types].xml xl/", "an Excel workbook"),
        (b"PK\x03\x04rest of a spreadsheet", "save it as CSV"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "is a PDF"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, hint: str
) -> None:
    with pytest.raises(ListRefused) as refused:
        open_file(written(tmp_path, content))
    assert hint in refused.value.message


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ListRefused, match="There is no file"):
        open_file(tmp_path / "missing.csv")
    with pytest.raises(ListRefused, match="is a folder"):
        open_file(tmp_path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("not an address,Ada", "has an @"),
        (",Ada", "no address in this row"),
        ("ada\0@example.org,Ada", "control character"),
        ("ädä@example.org,Ada", "outside a–z"),
        ('"ada@example.org",Ada"', ""),
        ('"ada@example.org"x,Ada', "quotation marks"),
        ('"never closed@example.org,Ada', "quotation marks"),
        ('=cmd|"/c calc"!A1,Ada', "has an @"),
        ("x" * 200_000 + ",Ada", "too long"),
    ],
)
def test_a_bad_line_costs_only_itself(tmp_path: Path, line: str, problem: str) -> None:
    body = "".join(f"reader{n}@example.org,Reader {n}\n" for n in range(300))
    _, rows = read(tmp_path, f"email,name\nfirst@example.org,First\n{line}\n{body}")
    assert len(rows) == 302
    bad = [row for row in rows if row.problem]
    assert len(bad) == (1 if problem else 0)
    assert all(problem in row.problem and row.line == 3 for row in bad)


def test_an_open_quote_in_the_last_line_is_told(tmp_path: Path) -> None:
    _, rows = read(tmp_path, 'email,name\nada@example.org,"Ada\nben@example.org,Ben')
    assert [row.line for row in rows] == [2, 3]
    assert "quotation marks" in rows[0].problem
    assert people(rows) == [("ben@example.org", "Ben")]


def test_quoted_notes_may_run_over_lines(tmp_path: Path) -> None:
    _, rows = read(
        tmp_path, 'note,email\n"dear, ""old""\nfriend",ada@example.org\nx,ben@example.org'
    )
    assert people(rows) == [("ada@example.org", ""), ("ben@example.org", "")]
    assert [row.line for row in rows] == [2, 4]


def test_names_are_cleaned_and_cut(tmp_path: Path) -> None:
    _, rows = read(tmp_path, f"email,name\nada@example.org,  Ada\t\0 {'n' * 200}\n")
    [(_, name)] = people(rows)
    assert name == ("Ada " + "n" * 200)[:120]


CELLS = st.one_of(
    st.emails(), st.text(max_size=20), st.sampled_from(['"', '"a', "\n", "=1+1", "a@b.org", "\0"])
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=8), st.booleans())
def test_no_text_is_ever_lost(tmp_path: Path, table: list[list[str]], well_formed: bool) -> None:
    """Every character that is not CSV's own comes out in a row, taken or rejected."""
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as out:
        out.write("email,name\nada@example.org,Ada\n")
        if well_formed:
            csv.writer(out).writerows(table)
        else:
            out.writelines(",".join(row) + "\n" for row in table)
    body = path.read_text(encoding="utf-8").partition("\n")[2]
    file = open_file(path)
    assume(not file.questions)  # a cell that may say no is asked about before anything is read
    rows = list(file.rows())

    def kept(text: str) -> str:
        return "".join(char for char in text if not char.isspace() and char not in '",;')

    assert kept("".join("".join(row.cells) for row in rows)) == kept(body)


def test_rejects_hold_the_row_its_line_and_the_reason(tmp_path: Path) -> None:
    content = 'email,name\nada@example.org,Ada\nnope,=HYPERLINK("x"),extra\nnope2\n"open,\n'
    file = open_file(written(tmp_path, content))
    with RejectsFile(file) as rejects:
        for row in file.rows():
            if row.problem:
                rejects.add(row)
    with rejects.path.open(encoding="utf-8-sig", newline="") as opened:
        table = list(csv.reader(opened))
    assert table[0] == ["reason", "line", "email", "name"]
    assert [row[1:] for row in table[1:]] == [
        ["3", "nope", '\'=HYPERLINK("x") | extra'],
        ["4", "nope2", ""],
        ["5", '"open,', ""],
    ]
    assert all(row[0] for row in table[1:])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "list.csv.rejects.csv"]
    corrected = rejects.path.read_text(encoding="utf-8-sig").replace("nope2", "ben@example.org")
    assert people(read(tmp_path, corrected)[1]) == [("ben@example.org", "")]


def test_two_imports_of_one_file_take_turns_and_lose_no_reject(tmp_path: Path) -> None:
    path = written(tmp_path, "email\nnobody\n")
    first, second = (open_file(path) for _ in range(2))
    [row] = first.rows()
    with RejectsFile(first) as rejects:
        rejects.add(row)
        with pytest.raises(ListRefused, match="is being imported at this moment"):
            RejectsFile(second).__enter__()
    with RejectsFile(second) as rejects:
        rejects.add(row)
    assert rejects.path.read_text(encoding="utf-8-sig").count("nobody") == 1
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".part"] == []


def test_whoever_has_the_lease_writes_the_rejects_and_whoever_lost_it_none(tmp_path: Path) -> None:
    path = written(tmp_path, "email\nnobody\n")
    [row] = open_file(path).rows()
    with RejectsFile(open_file(path), leased=True) as frozen:
        frozen.add(row)
        with RejectsFile(open_file(path), leased=True) as rejects:
            rejects.add(row)
            rejects.add(row)
    assert rejects.path.read_text(encoding="utf-8-sig").count("nobody") == 2


def test_without_rejects_there_is_no_file_of_them(tmp_path: Path) -> None:
    file = open_file(written(tmp_path, LIST))
    stale = tmp_path / "list.csv.rejects.csv"
    stale.write_text("of an earlier run")
    with RejectsFile(file):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


@given(st.text())
def test_no_cell_of_the_rejects_is_a_formula(cell: str) -> None:
    safe = neutralised(cell)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert restored(safe) == cell.replace("\0", "\ufffd")


def test_an_address_in_a_long_note_is_nobody_who_agreed(tmp_path: Path) -> None:
    note = (
        "\n".join(f"so she wrote, {n}" for n in range(150)) + "\nfriend@example.org\n" + "x\n" * 90
    )
    _, rows = read(tmp_path, f'email,note,name\nada@example.org,"{note}",Ada\nben@example.org,,Ben')
    assert people(rows) == [("ada@example.org", "Ada"), ("ben@example.org", "Ben")]
    assert [row.line for row in rows] == [2, 2 + note.count("\n") + 1]


@pytest.mark.parametrize("end", ["", '"x'])
def test_in_a_note_that_never_ends_only_whole_rows_are_taken(tmp_path: Path, end: str) -> None:
    note = "what she wrote\n" * 20 + "friend@example.org\n" + "and so on, and so on\n" * 9_000
    text = f'email,note,name\nada@example.org,"{note}ben@example.org,{end},Ben\n'
    _, rows = read(tmp_path, text)
    assert "friend@example.org" not in [row.address for row in rows]
    problems = {row.problem for row in rows if row.cells == ["friend@example.org"]}
    assert problems == {"This line may belong to a note whose quotation mark is never closed."}
    assert end or people(rows) == [("ben@example.org", "Ben")]
