"""An export is a set of files: what is dangerous in it is named, and the rest is read."""

import os
import stat
import struct
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from posts.content.importing import ImportRefused
from posts.moving_in import archive
from posts.moving_in.archive import opened
from tests.moving_in.exports import zipped


def test_a_zip_a_folder_and_a_file_alone_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "folder" / "texts").mkdir(parents=True)
    (tmp_path / "folder" / "texts" / "a.md").write_text("Words")
    for path in (tmp_path / "folder", zipped(tmp_path / "a.zip", {"texts/a.md": "Words"})):
        with opened(path) as found:
            assert found.names(".md") == ["texts/a.md"]
            assert found.text_of("texts/a.md") == "Words"
    with opened(tmp_path / "folder" / "texts" / "a.md") as found:
        assert found.names() == ["a.md"]


@pytest.mark.parametrize("name", ["../out.md", "a/../../out.md", "/etc/out.md", "C:/out.md"])
def test_a_name_that_leads_out_is_named_and_left_alone(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {name: "Words", "in.md": "Words"})
    with opened(path) as found:
        assert found.names(".md") == ["in.md"]
        assert found.left == [(name, "Its name leads out of the export.")]


def test_links_are_followed_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("Mine")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "b.md").symlink_to(secret)
    (folder / "below").symlink_to(tmp_path)
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as file:
        link = ZipInfo("b.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, str(secret))
    for place in (folder, path):
        with opened(place) as found:
            assert found.names() == []
            assert [name for name, _why in found.left] == ["b.md"]


def test_what_hides_is_not_looked_at(tmp_path: Path) -> None:
    hidden = {".git/a.md": "x", "a/.b.md": "x", "__MACOSX/a.md": "x", "in.md": "x"}
    with opened(zipped(tmp_path / "a.zip", hidden)) as found:
        assert found.names() == ["in.md"]


def test_a_text_larger_than_a_post_is_never_unpacked_to_its_end(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"a.md": b"0" * 50_000_000, "b.md": "Words"})
    assert path.stat().st_size < 100_000
    with opened(path) as found:
        with pytest.raises(ImportRefused, match="larger than 5 MB"):
            found.text_of("a.md")
        assert found.text_of("b.md") == "Words"


def test_more_than_an_export_unpacks_to_is_refused_before_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1_000_000)
    path = zipped(tmp_path / "bomb.zip", {f"{n}.md": b"0" * 600_000 for n in range(2)})
    with pytest.raises(ImportRefused, match="Nothing of it was unpacked"), opened(path):
        pass


def test_a_zip_that_lies_about_its_sizes_is_read_no_further_than_it_said(tmp_path: Path) -> None:
    path = tmp_path / "liar.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("a.md", b"0" * 1_000_000)
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<L", 1_000_000), struct.pack("<L", 10)))
    with opened(path) as found, pytest.raises(ImportRefused, match="damaged"):
        found.text_of("a.md")


def test_a_table_of_a_million_names_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MOST_OF_NAMES", 1_000)
    path = zipped(tmp_path / "a.zip", {f"a-file-with-a-long-name-{n}.md": "" for n in range(20)})
    with pytest.raises(ImportRefused, match="There are more than"), opened(path):
        pass


def test_more_files_than_an_export_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    files = {f"{n}.md": "x" for n in range(5)}
    (tmp_path / "folder").mkdir()
    for name, text in files.items():
        (tmp_path / "folder" / name).write_text(text)
    for path in (zipped(tmp_path / "a.zip", files), tmp_path / "folder"):
        with pytest.raises(ImportRefused, match="There are more than"), opened(path):
            pass


def test_a_damaged_zip_and_one_that_is_none_are_said_in_words(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.md": "Words" * 100})
    path.write_bytes(path.read_bytes().replace(b"a.md", b"b.md", 1))
    with opened(path) as found, pytest.raises(ImportRefused, match="damaged"):
        found.text_of("a.md")
    with pytest.raises(ImportRefused, match="There is no file"), opened(tmp_path / "none.zip"):
        pass


def test_a_locked_file_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.md": "Words"})
    content = bytearray(path.read_bytes())
    place = content.rfind(b"PK\x01\x02") + 8
    content[place] |= 1
    path.write_bytes(bytes(content))
    with opened(path) as found:
        assert found.left == [("a.md", "It is locked with a password.")]


def test_a_name_of_another_age_is_named_and_left_alone(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("Words")
    (tmp_path / "café 👩‍💻.md").write_text("Words")
    with opened(tmp_path) as found:
        assert found.names() == ["café 👩‍💻.md"]
        assert found.left == [("caf?.md", "Its name is not in Unicode. Rename it.")]
