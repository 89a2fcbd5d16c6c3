"""A text comes in through the desk: upload, look, correct, keep."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.images import get_image_model

from posts.content.models import PostPage
from subscribers.models import Newsletter

IMPORT = "/admin/posts/import/"
LETTER = (
    "Slow soup\n\nSome weeks are made of wool, and on those I cook slowly and write less.\n\n"
    "What goes in\n\n- an onion\n- a pot\n\nOnly patience, and a lid that fits, and some time.\n\n"
    "Warmly,\nKim\n"
)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path


def picture() -> bytes:
    out = BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


def uploaded(desk: Client, *files: tuple[str, bytes]) -> Any:
    return desk.post(IMPORT, {"chosen": [SimpleUploadedFile(*file) for file in files]})


def _newsletter() -> int:
    return Newsletter.objects.values_list("pk", flat=True)[0]


def words_of(post: PostPage) -> list[tuple[str, Any]]:
    return [(block["type"], block["value"]) for block in post.body.raw_data]


def test_a_text_is_shown_before_anything_is_made(desk: Client) -> None:
    address = uploaded(desk, ("soup.txt", LETTER.encode())).url
    html = desk.get(address).content.decode()
    assert 'value="Slow soup"' in html
    assert "Heading, a guess" in html
    assert "No, that is a paragraph: Signature: Warmly, / Kim" in html
    assert not PostPage.objects.exists()


def test_what_is_no_heading_becomes_a_paragraph_and_the_upload_goes(
    desk: Client, tmp_path: Path
) -> None:
    address = uploaded(desk, ("soup.txt", LETTER.encode())).url
    said = {"title": "Soup", "language": "en", "newsletter": _newsletter()}
    form = {**said, "paragraph": ["1", "9", "x"]}
    response: Any = desk.post(address, form)
    post = PostPage.objects.get()
    assert response.url == f"/admin/pages/{post.pk}/edit/"
    assert (post.title, post.live) == ("Soup", False)
    text, sign_off = words_of(post)
    assert (text[0], sign_off[0]) == ("paragraph", "sign_off")
    assert "<p>What goes in</p><ul><li>an onion</li><li>a pot</li></ul><p>Only" in text[1]
    assert list((tmp_path / "texts").glob("*/*")) == []


def test_pictures_come_along_beside_it_or_in_an_archive(desk: Client) -> None:
    text = b"# Soup\n\nHot.\n\n![A pot](img/pot.png)\n\n![](lid.png)\n\nSoon."
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("soup/letter.md", text)
        packed.writestr("soup/img/pot.png", picture())
        packed.writestr("__MACOSX/soup/._letter.md", b"x")
    for files in (
        [("letter.md", text.replace(b"img/", b"")), ("pot.png", picture())],
        [("soup.zip", archive.getvalue())],
    ):
        address = uploaded(desk, *files).url
        assert "did not come with the text, and became their descriptions: lid.png" in (
            desk.get(address).content.decode()
        )
        desk.post(address, {"title": "Soup", "language": "en", "newsletter": _newsletter()})
    first, second = PostPage.objects.order_by("pk")
    for post in (first, second):
        (shown,) = [value["image"] for kind, value in words_of(post) if kind == "image"]
        assert shown["alt_text"] == "A pot"
        assert get_image_model().objects.get(pk=shown["image"]).width == 40


def test_a_picture_that_is_none_is_named_and_its_words_stay(desk: Client) -> None:
    address = uploaded(desk, ("a.md", b"# Soup\n\n![A pot](p.png)"), ("p.png", b"no picture")).url
    form = {"title": "Soup", "language": "en", "newsletter": _newsletter()}
    html = desk.post(address, form, follow=True).content.decode()
    assert "The picture p.png was not kept" in html
    assert words_of(PostPage.objects.get()) == [("paragraph", "<p>A pot</p>")]
    assert not get_image_model().objects.exists()


def test_what_cannot_be_read_says_so_where_the_writer_looks(desk: Client) -> None:
    address = uploaded(desk, ("soup.txt", b"Soup")).url
    html = desk.get(address, follow=True).content.decode()
    assert "soup.txt has a title (“Soup”) and no text below it" in html
    for files in ([], [("a.txt", b"A\nb"), ("b.txt", b"A\nb")], [("a.png", picture())]):
        assert uploaded(desk, *files).status_code == 422


def test_nobody_else_sees_the_upload_and_who_may_write_may_import(
    desk: Client, editor: Client
) -> None:
    address = uploaded(desk, ("soup.txt", LETTER.encode())).url
    assert editor.get(IMPORT).status_code == 200
    assert editor.get(address).status_code == 404
    reader = Client()
    reader.force_login(User.objects.create_user("cleo"))
    assert reader.get(IMPORT)["Location"] in ("/admin/", f"/admin/login/?next={IMPORT}")
    desk.post(f"{address}drop/")
    assert desk.get(address).status_code == 404


def test_the_list_of_posts_leads_there(desk: Client, owner: User) -> None:
    assert IMPORT in desk.get("/admin/posts/").content.decode()
    assert IMPORT in desk.get("/admin/").content.decode()
