"""Photographs tell where they were taken. What readers can load must not."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.images.forms import get_image_form

from posts.content import pictures, warming
from posts.content.blocks import BodyBlock
from tests.content.blocks import parts_of
from tests.factories import add_picture, make_post

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
    return add_picture("Hill", file, name=name)


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
    post = make_post(cover=picture, body=body)
    assert client.get(f"/{post.slug}/").text.count('src="/media/images/hill') == 2
    warming.warm(post.pk)
    assert picture.renditions.count() == len(pictures.EVERYWHERE)
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


def picture_block(picture: Any) -> str:
    shown_as = {"image": picture.pk, "alt_text": "A hill", "decorative": False}
    return json.dumps([{"type": "image", "value": {"image": shown_as}}])


def plain(form: str = "PNG", size: tuple[int, int] = (1600, 900), **written: Any) -> Any:
    file = BytesIO()
    Pillow.new("RGB", size, "#7A9E9B").save(file, form, **written)
    name = f"plain.{form.lower()}"
    return add_picture("Plain", file, name=name)


def test_a_page_offers_the_smallest_form_first_and_keeps_the_place(client: Client) -> None:
    post = make_post(cover=plain(), body=picture_block(plain("JPEG", (1500, 1000))))
    warming.warm(post.pk)
    text = client.get(f"/{post.slug}/").text
    pieces = re.findall(r"<picture>.*?</picture>", text)
    assert len(pieces) == 2
    for piece in pieces:
        assert re.findall(r'type="image/(\w+)"', piece) == ["avif", "webp"]
        for srcset in re.findall(r'<source [^>]*srcset="([^"]*)"', piece):
            assert re.findall(r" (\d+)w", srcset) == ["480", "960", "1440"]
        assert re.search(r'<img [^>]*width="1440" height="\d+"', piece)
        for address in re.findall(r"/media/[^ \"]+", piece):
            assert client.get(address).getvalue()
    assert 'fetchpriority="high"' in pieces[0]
    assert 'loading="lazy"' not in pieces[0]
    assert 'loading="lazy" decoding="async"' in pieces[1]


def test_before_a_worker_came_by_a_page_shows_each_picture_all_the_same(client: Client) -> None:
    picture = plain()
    post = make_post(body=picture_block(picture))
    text = client.get(f"/{post.slug}/").text
    assert "<source" not in text
    assert 'src="/media/images/plain' in text
    assert picture.renditions.count() == 1  # a reader does not wait for the others


def test_publishing_has_the_pictures_made_once_it_is_sure(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(
        "subscribers.ring.ring", lambda task, pk: rung.append(pk) if "warm" in task else None
    )
    with django_capture_on_commit_callbacks(execute=True):
        make_post()  # without a picture
        shown = make_post(body=picture_block(plain()))
        make_post(body=picture_block(plain()), live=False)
    assert rung == [shown.pk]


def test_whoever_keeps_pages_is_told_when_one_has_more_to_offer() -> None:
    told: list[int] = []

    def note(page: Any, **kwargs: Any) -> None:
        told.append(page.pk)

    warming.warmed.connect(note)
    try:
        post = make_post(body=picture_block(plain()))
        assert warming.warm(post.pk) == len(pictures.EVERYWHERE)
        assert warming.warm(post.pk) == 0
    finally:
        warming.warmed.disconnect(note)
    assert told == [post.pk]


def test_a_picture_whose_file_is_lost_stops_nothing(client: Client) -> None:
    lost = plain()
    lost.file.storage.delete(lost.file.name)
    post = make_post(body=picture_block(lost))
    assert warming.warm(post.pk) == 0
    assert client.get(f"/{post.slug}/").status_code == 200
    assert warming.warm(10_000_000) == 0


def test_twenty_pictures_cost_no_more_queries_than_one(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    blocks = [json.loads(picture_block(plain("GIF", (20, 10))))[0] for _ in range(20)]
    post = make_post(cover=plain("GIF", (20, 10)), body=json.dumps(blocks))
    client.get(f"/{post.slug}/")
    with django_assert_max_num_queries(13):
        text = client.get(f"/{post.slug}/").text
    assert text.count("<picture>") == 21


def test_what_moves_stands_still(client: Client) -> None:
    """A moving picture costs some readers a migraine, and nobody could stop it."""
    frames = [Pillow.new("RGB", (300, 200), colour) for colour in ("#7A9E9B", "#8A3B2E")]
    moving = plain("GIF", (300, 200), save_all=True, append_images=frames)
    post = make_post(body=picture_block(moving))
    warming.warm(post.pk)
    for rendition in moving.renditions.all():
        shown = Pillow.open(BytesIO(client.get(rendition.url).getvalue()))
        assert getattr(shown, "n_frames", 1) == 1


def test_a_photograph_in_a_new_form_is_a_jpeg_to_those_who_know_no_other() -> None:
    for form in ("AVIF", "WEBP"):
        rendition = plain(form).get_rendition("width-720")
        assert rendition.file.name.endswith(".jpg")


def test_a_drawing_that_could_hold_a_script_is_not_taken() -> None:
    form = get_image_form(get_image_model())
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    upload = SimpleUploadedFile("drawing.svg", svg, content_type="image/svg+xml")
    sent = form(data={"title": "Drawing"}, files={"file": upload})
    assert "Not a supported image format" in str(sent.errors["file"])


def test_pictures_stand_in_one_kind_of_block_where_they_are_looked_for() -> None:
    with_pictures = {
        name
        for name, block in BodyBlock().child_blocks.items()
        if any(isinstance(part, ImageBlock | ImageChooserBlock) for part in parts_of(block))
    }
    assert with_pictures == {"image"}, "teach `pictures.in_body` and `digest` where the others are"
