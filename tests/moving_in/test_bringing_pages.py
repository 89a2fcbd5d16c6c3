"""What is a page there, such as About, becomes a page here."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from posts.content.actions import Foundation
from posts.content.beginning import draft_about
from posts.content.models import PlainPage
from posts.delivery.webhooks.models import WebhookMessage
from tests.factories import ensure_collection
from tests.moving_in import exports
from tests.moving_in.brought import brought, told
from tests.moving_in.exports import ghost_json, ghost_post


@pytest.fixture(autouse=True)
def _site(site: Foundation, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    ensure_collection()


def ghost(folder: Path, **fields: Any) -> Path:
    path = folder / "export.json"
    page = ghost_post(1, type="page", title="About", slug="about", **fields)
    path.write_text(json.dumps(ghost_json([page])))
    return path


def about() -> PlainPage:
    found: PlainPage = PlainPage.objects.get(title="About")
    return found


def test_it_is_read_where_it_was_and_stands_in_no_menu(tmp_path: Path, client: Client) -> None:
    run = brought("ghost", ghost(tmp_path))
    assert (run.counts.published, run.counts.pages) == (1, 1)
    assert f"{about().first_published_at:%Y-%m-%d %H:%M}" == "2023-02-03 04:05"
    assert exports.WORDS in client.get("/about/").text
    assert "/about/" not in client.get("/").text
    assert "Pages come into no menu. Choose “Show in menus”" in told(run)
    assert not WebhookMessage.objects.exists()


def test_a_draft_there_is_a_draft_here(tmp_path: Path, client: Client) -> None:
    run = brought("ghost", ghost(tmp_path, status="draft", published_at=None))
    assert (run.counts.drafts, run.counts.pages) == (1, 1)
    assert client.get("/about/").status_code == 404
    assert about().first_published_at is None


@pytest.mark.parametrize("visibility", ["members", "paid", "tiers", "whoever"])
def test_what_only_members_could_read_is_shown_to_nobody(
    tmp_path: Path, client: Client, visibility: str
) -> None:
    run = brought("ghost", ghost(tmp_path, visibility=visibility))
    assert not about().live
    assert client.get("/about/").status_code == 404
    assert "Here everybody reads a page, so it is a draft." in told(run)
    assert "here all subscribers can" not in told(run)


def test_its_picture_and_subtitle_begin_it_and_what_it_has_no_place_for_is_named(
    tmp_path: Path,
) -> None:
    text = (
        "---\ntitle: About\nsubtitle: Who writes\nlayout: page\nimage: me.png\nimage_alt: Me\n"
        "tags: [a]\nsummary: In short\n---\nHello, whoever you are.\n"
    )
    files: dict[str, str | bytes] = {"about.md": text, "me.png": exports.picture()}
    run = brought("markdown", exports.zipped(tmp_path / "a.zip", files))
    assert [block.block_type for block in about().body] == ["paragraph", "image", "paragraph"]
    assert "Who writes" in str(about().body[0].value)
    assert "Its topics are not kept: a page has none here." in told(run)
    assert "Its short version is not kept: a page has none here." in told(run)


def test_the_draft_of_a_fresh_site_gives_way_to_it(site: Foundation, tmp_path: Path) -> None:
    draft_about(home=site.home)
    brought("ghost", ghost(tmp_path))
    assert about().slug == "about"
    assert PlainPage.objects.count() == 1


def test_a_page_of_ones_own_stays_and_the_one_that_comes_stands_beside_it(
    site: Foundation, tmp_path: Path, client: Client
) -> None:
    site.home.add_child(instance=PlainPage(title="Me", slug="about"))
    run = brought("ghost", ghost(tmp_path))
    assert about().slug == "about-2"
    assert client.get("/about/").status_code == 200
    assert "The old address /about/ does not lead here" in told(run)


def test_one_that_is_deleted_here_may_be_brought_again(tmp_path: Path) -> None:
    brought("ghost", ghost(tmp_path))
    about().delete()
    assert brought("ghost", ghost(tmp_path)).counts.published == 1
    assert about().slug == "about"
