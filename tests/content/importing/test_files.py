"""Which files are read, in which encodings, and what is said about those that are not."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from posts.content.importing import ImportRefused, read_post
from posts.content.importing.files import MOST_BYTES
from tests.content.importing.making import imported, paragraphs
from tests.growth import documents

TEXT = "Größe\nIl était une fois, «déjà».\n"


def _refusal(file: Path) -> str:
    with pytest.raises(ImportRefused) as refused:
        read_post(file)
    message = str(refused.value)
    assert str(file) in message
    return message


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "There is no file" in _refusal(tmp_path / "letter.txt")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in _refusal(tmp_path)


def test_a_device_is_refused_without_being_read() -> None:
    assert "not an ordinary file" in _refusal(Path("/dev/zero"))


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "letter.txt"
    file.write_text(TEXT)
    monkeypatch.setattr(Path, "open", denied)  # tests may run as root, who may read anything
    assert "cannot be read: Permission denied" in _refusal(file)


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n\xc2\xa0", b"\xef\xbb\xbf \n"])
def test_a_file_without_text_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(content)
    assert "Was it saved?" in _refusal(file)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Word file"),
        (b"{\\rtf1\\ansi Rest", "an RTF file"),
    ],
)
@pytest.mark.parametrize("suffix", ["txt", "docx"])
def test_a_document_is_named_and_can_be_saved_as_text(
    tmp_path: Path, content: bytes, kind: str, suffix: str
) -> None:
    file = tmp_path / f"letter.{suffix}"
    file.write_bytes(content)
    message = _refusal(file)
    assert f"is {kind}" in message
    assert "as plain text (.txt)" in message


@pytest.mark.parametrize(
    "content",
    [b"Rest\n\x00\x01\x02", b"\x89\x01\x8f\x02\x81\x03" * 50, b"\xff\x01\x02\x03Rest\x04" * 50],
)
def test_what_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(content)
    assert "is not text" in _refusal(file)


def test_an_unknown_kind_of_file_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    file = tmp_path / "letter.tex"
    file.write_text(TEXT)
    assert "(.txt), Markdown (.md) or HTML (.html)" in _refusal(file)


def test_html_that_calls_itself_plain_text_is_read_as_what_it_is(tmp_path: Path) -> None:
    post = imported(tmp_path, "\n<!DOCTYPE html><h1>Rest</h1><p>Soon.</p>")
    assert (post.title, paragraphs(post)) == ("Rest", ["Soon."])
    assert "read as the HTML that it is" in post.guesses[0]


def test_a_file_of_50_mb_is_refused_without_being_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letter.txt"
    with file.open("wb") as out:
        out.truncate(50_000_000)
    handed_out: list[int] = []

    class Counted:
        def __enter__(self) -> "Counted":
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def read(self, size: int) -> bytes:
            handed_out.append(size)
            return b"x" * size

    monkeypatch.setattr(Path, "open", lambda *args: Counted())
    assert "has 50 MB" in _refusal(file)
    assert handed_out == [MOST_BYTES + 1]


def test_a_title_without_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Rest\n")
    assert "no text below it" in _refusal(file)
    assert paragraphs(read_post(file, title="A week")) == ["Rest"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_in_its_encodings(tmp_path: Path, encoding: str) -> None:
    post = imported(tmp_path, TEXT.encode(encoding))
    assert (post.title, paragraphs(post)) == ("Größe", ["Il était une fois, «déjà»."])
    assert post.notes == ()


def test_anything_else_is_read_as_windows_1252_and_says_so(tmp_path: Path) -> None:
    post = imported(tmp_path, "Größe\r\n“Soon,” she said – and paid €5.\r\n".encode("cp1252"))
    assert (post.title, paragraphs(post)) == ("Größe", ["“Soon,” she said – and paid €5."])
    assert "Windows-1252" in post.notes[0]


def test_damaged_utf_16_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(TEXT.encode("utf-16")[:-1])
    assert "is damaged" in _refusal(file)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n", "\x0c\n", "\u2028"])
def test_line_endings_of_all_systems_are_known(tmp_path: Path, ending: str) -> None:
    post = imported(tmp_path, f"Rest{ending}One.{ending}Two.{ending}")
    assert (post.title, paragraphs(post)) == ("Rest", ["One.", "Two."])


_TYPES = '<?xml version="1.0"?><Types/>'
_P = "<w:p><w:r><w:t>Rest is not a reward.</w:t></w:r></w:p>"
_MANY = "<w:p/>" * 400_001


@pytest.mark.parametrize(
    ("name", "xml"),
    [
        ("word/document.xml", documents.word(_MANY)),
        ("word/document.xml", documents.word(_MANY).encode("utf-16")),
        ("word/_rels/document.xml.rels", f"<a>{_MANY}</a>"),
        ("word/media/picture.png", "\n" * 70_000 + f"<a>{_MANY}</a>"),
        ("word/styles.xml", f"<a>{' ' * 41_000_000}</a>"),
        ("word/styles.xml", f"<a>{' ' * 65_529}</a><!DOCTYPE a [<!ENTITY b 'c'>]>"),
    ],
)
def test_a_document_that_would_take_hours_is_refused(
    tmp_path: Path, name: str, xml: str | bytes
) -> None:
    file = tmp_path / "letter.docx"
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        if name != "word/document.xml":
            archive.writestr("word/document.xml", documents.word(_P))
        archive.writestr(name, xml)
    assert "unpacks to more than a post can be" in _refusal(file)


def test_pictures_in_a_document_may_hold_anything(tmp_path: Path) -> None:
    file = tmp_path / "letter.docx"
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("word/document.xml", documents.word(_P))
        archive.writestr("word/media/picture.png", b"\x89PNG" + b"<!DOCTYPE <" * 500_000)
    assert paragraphs(read_post(file)) == ["Rest is not a reward."]
