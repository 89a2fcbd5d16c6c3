"""WordPress: WXR, read in pieces, whatever its plug-ins wrote into it."""

import tracemalloc
from pathlib import Path

import pytest

from posts.moving_in.archive import opened
from posts.moving_in.sources.wxr import WxrItem, items_in
from tests.moving_in import exports
from tests.moving_in.brought import left_in, posts_in
from tests.moving_in.exports import WXR_END, WXR_HEAD, wxr_item


def written(folder: Path, *items: str, head: str = WXR_HEAD, end: str = WXR_END) -> Path:
    path = folder / "site.xml"
    path.write_text(head + "".join(items) + end)
    return path


def test_what_an_item_and_those_beside_it_say(tmp_path: Path) -> None:
    post = posts_in("wordpress", exports.wordpress(tmp_path))["Entry 1"]
    assert post.said.topics == ("Rest", "Tea & bread")
    assert post.said.picture.endswith("/2021/05/cover.png")
    assert post.said.alt == "A path"
    assert post.authors == ("Ada Fern",)
    assert f"{post.said.date:%Y-%m-%d %H:%M %Z}" == "2021-05-06 08:00 UTC"
    assert post.old_paths == ("https://quiet.example/2021/05/entry-1/", "/?p=1")


def test_older_texts_have_paragraphs_where_lines_are_blank(tmp_path: Path) -> None:
    post = posts_in("wordpress", exports.wordpress(tmp_path))["Entry 2"]
    assert f"<p>{exports.WORDS}<br>A second line.</p>" in post.text
    assert "<p>A second paragraph [sic].</p>" in post.text
    assert "<figcaption>At noon</figcaption></figure>" in post.text
    assert "[gallery" not in post.text
    assert "[gallery" in post.unkept[0]


@pytest.mark.parametrize(
    ("said", "is_draft"),
    [
        ({"wp__status": "draft"}, True),
        ({"wp__status": "private"}, True),
        ({"wp__status": "pending"}, True),
        ({"wp__status": "future"}, True),
        ({"wp__post_password": "please"}, True),
        ({}, False),
    ],
)
def test_what_was_not_public_there_is_a_draft(
    tmp_path: Path, said: dict[str, str], is_draft: bool
) -> None:
    post = posts_in("wordpress", written(tmp_path, wxr_item(1, "<p>x</p>", **said)))["Entry 1"]
    assert post.said.is_draft == is_draft
    assert bool(post.old_paths) != is_draft


def test_a_document_type_is_refused_and_its_entities_with_it(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    head = WXR_HEAD.replace("?>", f"?>{bomb}", 1)
    path = written(tmp_path, wxr_item(1, "<p>x</p>", title="&b;"), head=head)
    assert posts_in("wordpress", path) == {}
    assert left_in("wordpress", path) == {
        "site.xml": "It begins with a document type, as no export of WordPress."
    }


def test_what_stands_before_a_fault_comes_and_the_fault_is_named_by_its_line(
    tmp_path: Path,
) -> None:
    bad = "<item><title>Tea & bread</title></item>"
    path = written(tmp_path, wxr_item(1, "<p>x</p>"), bad, wxr_item(2, "<p>y</p>"))
    assert list(posts_in("wordpress", path)) == ["Entry 1"]
    assert list(left_in("wordpress", path)) == ["site.xml, line 25"]


def test_signs_that_xml_does_not_know_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, wxr_item(1, "<p>a\x0bb\x01c</p>"))
    assert posts_in("wordpress", path)["Entry 1"].text == "<p>abc</p>"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8"])
def test_it_is_read_in_the_encoding_that_it_says(tmp_path: Path, encoding: str) -> None:
    head = WXR_HEAD.replace("UTF-8", encoding, 1)
    path = tmp_path / "site.xml"
    path.write_bytes((head + wxr_item(1, "<p>Grüße</p>") + WXR_END).encode(encoding))
    assert posts_in("wordpress", path)["Entry 1"].text == "<p>Grüße</p>"


def test_bytes_of_another_encoding_within_utf8_become_letters(tmp_path: Path) -> None:
    path = tmp_path / "site.xml"
    item = wxr_item(1, "<p>Gr__e</p>").encode().replace(b"__", b"\xfc\xdf")
    path.write_bytes(WXR_HEAD.encode() + item + WXR_END.encode())
    assert posts_in("wordpress", path)["Entry 1"].text == "<p>Grüße</p>"


def test_an_encoding_that_nobody_knows_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, head=WXR_HEAD.replace("UTF-8", "klingon", 1))
    assert left_in("wordpress", path) == {"site.xml": "Nobody knows its encoding, klingon."}


def test_an_item_larger_than_a_post_is_named_and_the_next_one_comes(tmp_path: Path) -> None:
    path = written(tmp_path, wxr_item(1, "x" * 5_000_001), wxr_item(2, "<p>y</p>"))
    assert list(posts_in("wordpress", path)) == ["Entry 2"]
    assert (
        "larger than a post can be" in left_in("wordpress", path)["site.xml, line 12 (“Entry 1”)"]
    )


def test_a_page_is_a_page(tmp_path: Path) -> None:
    said = {"wp__post_type": "page", "link": "https://quiet.example/?page_id=7"}
    page = posts_in("wordpress", written(tmp_path, wxr_item(7, "<p>x</p>", **said)))["Entry 7"]
    assert page.is_page
    assert page.old_paths == ("/?p=7",)


def test_what_belongs_to_the_machine_is_no_loss_and_other_kinds_are_named(tmp_path: Path) -> None:
    items = [
        wxr_item(1, "x", wp__post_type="nav_menu_item"),
        wxr_item(2, "x", wp__post_type="recipe"),
    ]
    assert left_in("wordpress", written(tmp_path, *items)) == {
        "site.xml, line 25 (“Entry 2”)": "It is a recipe, and no letter."
    }


def test_of_names_beside_a_text_no_more_is_kept_than_a_name_has(tmp_path: Path) -> None:
    long = "x" * 100_000
    beside = "".join(f"<wp:a{number}>{long}</wp:a{number}>" for number in range(20))
    meta = f"<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>{beside}</wp:postmeta>"
    category = f'<category domain="category" nicename="{long}">{long}</category>'
    path = written(
        tmp_path, wxr_item(1, "<p>x</p>").replace("</item>", f"{meta}{category * 20}</item>")
    )
    with opened(path) as archive:
        tracemalloc.start()
        (item,) = (one for one in items_in(archive, path.name) if isinstance(one, WxrItem))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(item.categories) > 10
    assert peak < 4_000_000
