"""Letters of another system become posts: whole or not at all, each once, and mailed to nobody."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from posts.content import arrivals
from posts.content.actions import Foundation
from posts.content.arrivals import Arrival, OldAddress
from posts.content.importing import ImportRefused
from posts.content.models import PlainPage, PostPage, Topic
from posts.moving_in.shape import MoveOptions
from posts.moving_in.sources.registry import SYSTEMS
from tests.factories import ensure_collection, make_post
from tests.moving_in import exports
from tests.moving_in.brought import bringing, brought, post, told
from tests.moving_in.exports import ghost_json, ghost_post


@pytest.fixture(autouse=True)
def _site(site: Foundation, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    ensure_collection()


def ghost(folder: Path, *posts: dict[str, Any]) -> Path:
    path = folder / "export.json"
    path.write_text(json.dumps(ghost_json([*posts])))
    return path


def files_in(folder: Path) -> list[Path]:
    return [path for path in (folder / "media").rglob("*") if path.is_file()]


def test_a_letter_is_what_it_was(tmp_path: Path) -> None:
    brought("ghost", exports.ghost(tmp_path))
    came = post("The long way")
    assert came.slug == "the-long-way"
    assert f"{came.first_published_at:%Y-%m-%d %H:%M}" == "2023-02-03 04:05"
    assert came.excerpt == "Why the long way is often shorter."
    assert [topic.name for topic in came.topics.all()] == ["Rest"]
    assert came.cover is not None
    assert came.cover.title == "A path"
    assert came.live
    assert came.visibility == PostPage.Visibility.PUBLIC
    assert [block.block_type for block in came.body] == ["paragraph", "image"]
    assert came.body[1].value["caption"] == "At noon"
    assert post("Letter 5").visibility == PostPage.Visibility.SUBSCRIBERS
    assert not post("Letter 4").live
    assert post("Letter 4").first_published_at is None


def test_who_wrote_stands_above_only_where_several_did(tmp_path: Path) -> None:
    brought("wordpress", exports.wordpress(tmp_path))
    assert "<p><i>Ben Moss</i></p>" in str(post("Entry 2").body.raw_data[0]["value"])
    brought("ghost", exports.ghost(tmp_path))
    assert "Ada Fern" not in json.dumps(list(post("The long way").body.raw_data))


def test_what_an_invitation_or_a_signature_only_looks_like_stays_words(tmp_path: Path) -> None:
    html = "<p>Words of a letter, a few of them.</p><p>With love,<br>Ada</p>"
    brought("ghost", ghost(tmp_path, ghost_post(1, html=html)))
    assert {block.block_type for block in post("Letter 1").body} == {"paragraph"}


def test_two_of_one_slug_both_come_and_the_old_address_leads_to_the_first(tmp_path: Path) -> None:
    twice = [ghost_post(n, slug="same", title=f"Same {n}") for n in (1, 2)]
    run = brought("ghost", ghost(tmp_path, *twice))
    assert (post("Same 1").slug, post("Same 2").slug) == ("same", "same-2")
    assert run.counts.published == 2
    assert "The old address /same/ does not lead here" in told(run)


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/p/slow-mornings", True),
        ("/p/slow-mornings/", True),
        ("/P/Slow-Mornings", True),
        ("/p/half-a-plan/", False),  # a draft
        ("/p/unknown/", False),
    ],
)
def test_an_old_address_leads_to_its_letter(
    tmp_path: Path, client: Any, path: str, leads: bool
) -> None:
    brought("substack", exports.substack(tmp_path))
    answer = client.get(path)
    if leads:
        assert (answer.status_code, answer["Location"]) == (301, "/slow-mornings/")
        assert answer["Cache-Control"] == "max-age=300"
    else:
        assert answer.status_code == 404


def test_a_letter_under_another_slug_is_found_under_its_old_one(
    tmp_path: Path, client: Any
) -> None:
    run = brought("ghost", ghost(tmp_path, ghost_post(1, slug="search"), ghost_post(2, slug="S")))
    assert post("Letter 1").slug == "search-2"
    assert OldAddress.objects.get(path="search").page_id == post("Letter 1").pk
    assert "The old address /S/ does not lead here" in told(run)


def test_what_only_stands_in_the_export_of_another_is_not_taken_over(tmp_path: Path) -> None:
    mine = make_post(slug="letter-1")
    brought("ghost", ghost(tmp_path, ghost_post(1)))
    mine.refresh_from_db()
    assert mine.slug == "letter-1"
    assert post("Letter 1").slug == "letter-1-2"


def test_what_is_bad_is_named_and_what_is_good_comes(tmp_path: Path) -> None:
    bad = [
        ghost_post(1, html="", lexical=None),
        ghost_post(2, html=None, lexical="{ no json"),
        ghost_post(3, html="<p>x</p>" * 700_000),
        ghost_post(4, html="<div>" * 5_000 + "deep" + "</div>" * 5_000),
        ghost_post(5, html='<script>alert(1)</script><p onclick="x()">Kept <b>well'),
        ghost_post(6, published_at="the day after"),
        ghost_post(7, published_at="0001-01-01T00:00:00Z"),
        ghost_post(8, published_at="2999-01-01T00:00:00Z"),
        ghost_post(9, title="T" * 3_000, slug="s" * 300),
        ghost_post(10, title="nul\0l", html="<p>a\0b and some more words</p>"),
        ghost_post(11, html='<p>Words <img src="/gone.png" alt="Gone"> and more</p>'),
    ]
    run = brought("ghost", ghost(tmp_path, *bad, ghost_post(12)))
    assert run.counts.refused == 4, told(run)
    assert run.counts.published == 8, told(run)
    assert "post 1 (“Letter 1”): Not brought: it has no text." in told(run)
    assert "post 2 (“Letter 2”): Its text cannot be read." in told(run)
    assert "post 3 (“Letter 3”): It is larger than a post can be (5 MB)." in told(run)
    assert "post 4 (“Letter 4”): Not brought." in told(run)
    body = json.dumps(list(post("Letter 5").body.raw_data))
    assert "Kept <b>well</b>" in body
    assert "alert" not in body
    assert "post 6 (“Letter 6”): Not understood: date: the day after" in told(run)
    assert "Not understood: date: 0001-01-01T00:00:00Z" in told(run)
    today = timezone.now().date()
    assert {post(f"Letter {n}").first_published_at.date() for n in (6, 7, 8)} == {today}
    assert "post 11 (“Letter 11”): Pictures that are not in the export" in told(run)
    assert len(PostPage.objects.get(title__startswith="TTT").title) <= 255


def test_a_second_run_adds_nothing(tmp_path: Path) -> None:
    path = exports.ghost(tmp_path)
    brought("ghost", path)
    kept = len(files_in(tmp_path))
    again = brought("ghost", path)
    assert again.counts.there_already == again.counts.read == 7
    assert PlainPage.objects.count() == 1
    assert PostPage.objects.count() == 6
    assert len(files_in(tmp_path)) == kept


def test_a_run_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    path = ghost(tmp_path, *(ghost_post(n) for n in range(5)))
    with bringing("ghost", path) as (archive, run):
        posts = run.run(archive, SYSTEMS["ghost"].read(archive, MoveOptions()))
        for _post, _ in zip(posts, range(2), strict=False):
            pass  # and here it is killed
    assert PostPage.objects.count() == 3
    again = brought("ghost", path)
    assert (again.counts.there_already, again.counts.published) == (3, 2)
    assert PostPage.objects.count() == Arrival.objects.count() == 5


def test_one_that_another_run_brings_at_the_same_moment_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ghost(tmp_path, ghost_post(1))
    first = make_post()

    def meanwhile(*args: Any, **options: Any) -> None:
        Arrival.objects.create(page=first, system="ghost", key="0000-1")
        raise DatabaseError

    monkeypatch.setattr("posts.moving_in.bringing.keep_text", meanwhile)
    assert brought("ghost", path).counts.there_already == 1


def test_of_a_letter_that_cannot_be_kept_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(arrivals, "remember", full)
    run = brought("ghost", exports.ghost(tmp_path))
    assert run.counts.refused == 7
    assert "it cannot be kept (disk full)" in told(run)
    assert not PostPage.objects.exists()
    assert not Arrival.objects.exists()
    assert files_in(tmp_path) == []


def test_one_that_is_deleted_here_may_be_brought_again(tmp_path: Path, client: Any) -> None:
    path = exports.substack(tmp_path)
    brought("substack", path)
    post("Slow mornings").delete()
    assert client.get("/p/slow-mornings/").status_code == 404
    assert brought("substack", path).counts.published == 1
    assert client.get("/p/slow-mornings").status_code == 301
    assert post("Slow mornings").slug == "slow-mornings"
    assert client.get("/slow-mornings/").status_code == 200


def test_a_look_keeps_nothing_and_asks_nobody(tmp_path: Path) -> None:
    def fetch(address: str) -> bytes:
        raise AssertionError(address)

    run = brought("substack", exports.substack(tmp_path), dry_run=True, fetch=fetch)
    assert (run.counts.published, run.counts.drafts, run.counts.pages) == (3, 1, 1)
    assert not PostPage.objects.exists()
    assert not Topic.objects.exists()


def test_pictures_elsewhere_are_fetched_only_for_whoever_asks(tmp_path: Path) -> None:
    path = exports.substack(tmp_path)
    run = brought("substack", path)
    assert "Pictures that are elsewhere on the web, and became links: https://cdn" in told(run)
    PostPage.objects.all().delete()
    asked: list[str] = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return exports.picture()

    brought("substack", path, fetch=fetch)
    assert asked == ["https://cdn.example.org/tea.png"]
    assert [b.block_type for b in post("Slow mornings").body].count("image") == 1


def test_a_picture_of_the_archive_counts_as_the_one_on_the_web(tmp_path: Path) -> None:
    brought("wordpress", exports.wordpress(tmp_path))
    assert [b.block_type for b in post("Entry 1").body if b.block_type == "image"] == ["image"]


def test_fields_that_no_letter_has_are_named_once(tmp_path: Path) -> None:
    run = brought("markdown", exports.markdown(tmp_path))
    assert "Said of posts there, and nothing here: eleventynav (1)." in told(run)


def test_an_export_of_another_system_is_refused_with_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="nothing that Medium exports"):
        brought("medium", ghost(tmp_path, ghost_post(1)))


def test_a_canonical_address_is_kept_unless_it_is_our_own(tmp_path: Path) -> None:
    posts = [
        ghost_post(1, canonical_url="https://elsewhere.example/first/"),
        ghost_post(2, canonical_url="__GHOST_URL__/letter-2/"),
        ghost_post(3, canonical_url="http://[broken"),
    ]
    brought("ghost", ghost(tmp_path, *posts))
    kept = [post(f"Letter {n}").canonical_address for n in (1, 2, 3)]
    assert kept == ["https://elsewhere.example/first/", "", ""]
