"""Pictures as cameras and strangers make them."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from PIL import ImageFile
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection

from posts.content import pictures, tasks, warming
from posts.content.uploads import LONGEST
from tests.content.test_pictures import TRACE, exif, plain
from tests.factories import add_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_renditions_of_another_test() -> None:
    cache.clear()


def drawn(form: str, size: tuple[int, int], mode: str = "RGB", **written: Any) -> bytes:
    out = BytesIO()
    Pillow.new(mode, size, "#7A9E9B" if mode == "RGB" else None).save(out, form, **written)
    return out.getvalue()


def sent(name: str, content: bytes) -> Any:
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    fields = {"title": "Hill", "collection": root.pk, "tags": "", "description": ""}
    form = get_image_form(get_image_model())
    return form(data=fields, files={"file": SimpleUploadedFile(name, content)})


def kept(name: str, content: bytes) -> Any:
    form = sent(name, content)
    assert form.is_valid(), form.errors
    return form.save()


def bomb(side: int) -> bytes:
    """A PNG of one colour: a few kilobytes, however many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_100, 11_000])
def test_a_picture_of_too_many_pixels_is_refused_before_one_is_decoded(
    monkeypatch: pytest.MonkeyPatch, side: int
) -> None:
    content = bomb(side)
    assert len(content) < 30_000

    def decode(self: Any) -> None:
        pytest.fail("was decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    assert "too many pixels" in str(sent("bomb.png", content).errors["file"])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_large_one_is_kept_smaller_in_its_own_form(form: str) -> None:
    picture = kept(f"hill.{form.lower()}", drawn(form, (3_600, 2_400)))
    assert (picture.width, picture.height) == (LONGEST, 2_000)
    with picture.file.open() as file:
        assert Pillow.open(file).format == form
    assert picture.file_size == picture.file.size


def test_turned_upright_and_without_where_it_was_taken() -> None:
    picture = kept("hill.jpg", drawn("JPEG", (3_600, 2_400), exif=exif(orientation=6)))
    assert (picture.width, picture.height) == (2_000, LONGEST)
    with picture.file.open() as file:
        content = file.read()
    assert TRACE not in content
    assert not Pillow.open(BytesIO(content)).getexif()


def test_what_is_clear_stays_clear() -> None:
    picture = kept("leaf.png", drawn("PNG", (3_600, 100), "RGBA"))
    with picture.file.open() as file:
        assert Pillow.open(file).convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


def test_a_small_one_is_kept_as_it_is() -> None:
    content = drawn("JPEG", (900, 600), exif=exif())
    picture = kept("hill.jpg", content)
    with picture.file.open() as file:
        assert file.read() == content


@pytest.mark.parametrize(("size", "ending"), [((900, 600), "heic"), ((3_600, 2_400), "jpg")])
def test_a_photograph_as_phones_make_it_is_taken(size: tuple[int, int], ending: str) -> None:
    picture = kept("IMG_0001.HEIC", drawn("HEIF", size))
    assert picture.file.name.lower().endswith(ending)
    assert picture.get_rendition("width-720").file.name.endswith(".jpg")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_one_as_large_as_phones_make_is_taken() -> None:
    assert kept("large.png", bomb(7_000)).width == LONGEST


def test_one_that_was_uploaded_before_there_was_a_limit_breaks_no_page() -> None:
    old = add_picture("Old", BytesIO(bomb(2_000)), name="old.png")
    old.file.storage.delete(old.file.name)
    old.file.storage.save(old.file.name, ContentFile(bomb(8_000)))
    assert warming.render(old.pk) == 0
    old.contextual_alt_text, old.decorative = "Old", False
    assert "not-found" in pictures.web_picture(old)
    assert "not-found" in pictures.mail_picture(old)


def test_a_broken_one_is_refused_in_words() -> None:
    content = drawn("JPEG", (3_600, 2_400), quality=100)
    assert "broken" in str(sent("hill.jpg", content[: len(content) // 2]).errors["file"])


def test_a_worker_makes_every_size_once_one_was_uploaded(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr("subscribers.ring.ring", lambda task, pk: rung.append((task, pk)))
    with django_capture_on_commit_callbacks(execute=True):
        picture = kept("hill.jpg", drawn("JPEG", (1_600, 900)))
    assert ("posts.content.tasks.render_picture", picture.pk) in rung
    tasks.render_picture(picture.pk)
    made = {rendition.filter_spec for rendition in picture.renditions.all()}
    assert {*pictures.EVERYWHERE, "max-165x165"} <= made
    tasks.render_picture(10_000_000)


def test_no_page_and_no_mail_makes_what_the_worker_made() -> None:
    picture = plain()
    tasks.render_picture(picture.pk)
    before = picture.renditions.count()
    pictures.prepare([picture])
    picture.contextual_alt_text, picture.decorative = "A hill", False
    assert pictures.web_picture(picture)
    assert pictures.mail_picture(picture)
    assert get_image_model().objects.get().renditions.count() == before
