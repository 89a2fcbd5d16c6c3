"""Worksheets and sounds that lie beside a text, or in its archive, come along where it links to
them."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from posts.content.actions import ensure_site
from posts.content.importing import ImportRefused, keep_text, read_post
from posts.content.models import PostPage
from tests import sounds
from tests.content.importing.making import imported, kinds, paragraphs, values
from tests.enclosed import office, pdf

TEXT = "# Soup\n\nTake the [onion sheet](sheets/onion%20sheet.pdf) along.\n\n[Listen](./boil.mp3)\n"


def _kept(text: Any) -> tuple[PostPage, tuple[str, ...]]:
    ensure_site()
    return keep_text(text, by="tests")


def _held(post: PostPage) -> list[tuple[str, str]]:
    shown = [(block.block_type, block.value) for block in post.body]
    return [(kind, value["title"]) for kind, value in shown if kind in ("file", "sound")]


def _archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", " ").replace("DOT", "."), content)
    return path


def test_each_stands_below_the_words_that_lead_to_it(tmp_path: Path) -> None:
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets" / "onion sheet.pdf").write_bytes(pdf())
    (tmp_path / "boil.mp3").write_bytes(sounds.mp3())
    post = imported(tmp_path, TEXT, name="soup.md")
    assert kinds(post) == ["paragraph", "file", "file"]
    assert paragraphs(post) == ["Take the onion sheet along."]
    assert not post.losses


@pytest.fixture
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.django_db
@pytest.mark.usefixtures("_media")
def test_from_an_archive_they_are_kept_as_what_they_are(tmp_path: Path) -> None:
    members = {
        "letter__soupDOTmd": TEXT.encode(),
        "letter__sheets__onion_sheetDOTpdf": pdf(),
        "letter__boilDOTmp3": sounds.mp3(),
        "letter__planDOTdocx": office("docx"),  # beside Markdown it is no second text
    }
    post, losses = _kept(read_post(_archive(tmp_path / "letter.zip", **members)))
    assert _held(post) == [("file", "onion sheet"), ("sound", "Listen")]
    assert losses == ()


@pytest.mark.django_db
@pytest.mark.usefixtures("_media")
def test_one_that_is_not_what_it_says_is_named_and_its_words_stay(tmp_path: Path) -> None:
    (tmp_path / "boil.mp3").write_bytes(b"<html><script>alert(1)</script>")
    post, losses = _kept(imported(tmp_path, "# Soup\n\n[Listen](boil.mp3)\n", name="soup.md"))
    assert "boil.mp3 was not kept" in losses[0]
    assert _held(post) == []
    assert "Listen" in str(post.body)


def test_whoever_says_that_it_is_none_keeps_the_words(tmp_path: Path) -> None:
    (tmp_path / "boil.mp3").write_bytes(sounds.mp3())
    post = imported(tmp_path, "# Soup\n\nHot.\n\n[Listen](boil.mp3)\n", name="soup.md")
    assert paragraphs(post.with_paragraphs([1])) == ["Hot.", "Listen"]


@pytest.mark.parametrize("address", ["../boil.mp3", "/etc/boil.mp3", "https://x.example/boil.mp3"])
def test_what_lies_elsewhere_stays_there(tmp_path: Path, address: str) -> None:
    (tmp_path / "boil.mp3").write_bytes(sounds.mp3())
    folder = tmp_path / "letters"
    folder.mkdir()
    post = imported(folder, f"# Soup\n\n[Listen]({address})\n", name="soup.md")
    assert kinds(post) == ["paragraph"]


def test_two_texts_in_an_archive_are_still_too_many(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="There are 2 texts"):
        read_post(_archive(tmp_path / "letter.zip", aDOTmd=b"# A\n\nb", bDOTmd=b"# A\n\nb"))


def test_two_pictures_of_one_name_are_two(tmp_path: Path) -> None:
    text = b"# Soup\n\n![A](one/pot.png)\n\n![B](two/pot.png)\n"
    members = {"soupDOTmd": text, "one__potDOTpng": b"1", "two__potDOTpng": b"2"}
    post = read_post(_archive(tmp_path / "letter.zip", **members))
    first, second = (value["image"] for value in values(post, "image"))
    assert first != second
    assert (first.read(), second.read()) == (b"1", b"2")
