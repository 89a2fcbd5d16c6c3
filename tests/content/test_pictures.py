"""Photographs tell where they were taken. What readers can load must not."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin
from wagtail.images import get_image_model

from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rendition_of_another_test() -> None:
    """Wagtail remembers renditions by the number of their picture, which each test uses again."""
    cache.clear()


TRACE = b"Fern House, 51.0536 N 3.7250 E"


def exif(*, orientation: int = 1) -> Pillow.Exif:
    """What a phone writes: the camera, which way up, and where it stood."""
    data = Pillow.Exif()
    data[0x0112] = orientation
    data[0x010F] = TRACE.decode()  # the maker
    data.get_ifd(0x8825).update({1: "N", 2: (51.0, 3.0, 12.96), 3: "E", 4: (3.0, 43.0, 30.0)})
    return data


def upload(form: str, **written: Any) -> Any:
    """A wide picture of two colours in the library, with what its camera wrote into it."""
    picture = Pillow.new("RGB", (900, 600), "#7A9E9B")
    picture.paste("#8A3B2E", (0, 0, 450, 600))
    file = BytesIO()
    picture.save(file, form, **written)
    assert TRACE in file.getvalue()
    name = f"hill.{form.lower()}"
    return get_image_model().objects.create(title="Hill", file=ImageFile(file, name=name))


def png_words() -> PngImagePlugin.PngInfo:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", TRACE.decode())
    words.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{TRACE.decode()}</x:xmpmeta>", zip=False)
    return words


XMP = b"<x:xmpmeta>" + TRACE + b"</x:xmpmeta>"


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("JPEG", {"exif": exif(), "comment": TRACE, "xmp": XMP}),
        ("PNG", {"exif": exif(), "pnginfo": png_words()}),
        ("WEBP", {"exif": exif(), "xmp": XMP}),
        ("AVIF", {"exif": exif(), "xmp": XMP}),
        ("GIF", {"comment": TRACE}),
    ],
)
def test_what_readers_load_does_not_tell_where_it_was_taken(
    client: Client, form: str, written: dict[str, Any]
) -> None:
    picture = upload(form, **written)
    shown_as = {"image": picture.pk, "alt_text": "A hill", "decorative": False}
    body = json.dumps([{"type": "image", "value": {"image": shown_as}}])
    address = f"/{make_post(cover=picture, body=body).slug}/"
    assert client.get(address).text.count('src="/media/images/hill') == 2
    for rendition in picture.renditions.all():
        shown = client.get(rendition.url).getvalue()
        assert TRACE not in shown
        found = Pillow.open(BytesIO(shown))
        assert not found.getexif()
        assert not {"exif", "xmp", "comment"} & found.info.keys()


def test_a_picture_taken_sideways_still_stands_upright(client: Client) -> None:
    rendition = upload("JPEG", exif=exif(orientation=6)).get_rendition("width-720")
    shown = Pillow.open(BytesIO(client.get(rendition.url).getvalue()))
    assert shown.height > shown.width
    red = shown.getpixel((shown.width // 2, 5))
    assert isinstance(red, tuple)
    assert red[0] > red[2]  # its left half is on top now


def test_the_colours_of_a_picture_stay_what_they_were(client: Client) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    rendition = upload("JPEG", comment=TRACE, icc_profile=profile).get_rendition("width-720")
    shown = Pillow.open(BytesIO(client.get(rendition.url).getvalue()))
    assert shown.info["icc_profile"] == profile


def test_the_file_as_it_was_uploaded_is_the_writers_alone(client: Client) -> None:
    picture = upload("JPEG", exif=exif())
    assert picture.file.url.startswith(f"{settings.MEDIA_URL}original_images/")
    assert client.get(picture.file.url).status_code == 404
