"""`card.png`: what other apps show beside a link."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from posts.content.models import PostPage, SiteSettings
from posts.sharing.actions import ensure_link
from posts.sharing.cards import addresses, drawing, making
from posts.sharing.cards.drawing import CardText
from posts.sharing.cards.fonts import library
from tests.factories import make_post
from tests.waiting import PATIENCE

GROUND = (251, 248, 243)


def picture(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def inked(data: bytes) -> int:
    """How many points of it are as dark as a title."""
    return sum(picture(data).convert("L").histogram()[:60])


def drawn(title: str, name: str = "Slow light", accent: str = "#8A3B2E") -> bytes:
    return drawing.draw(CardText(title, name, accent), library())


@pytest.mark.usefixtures("folder")
class TestDrawing:
    def test_it_has_the_size_that_apps_ask_for(self) -> None:
        assert picture(drawn("Rest")).size == (1200, 630)

    def test_it_shows_title_name_and_colour_on_the_paper_of_the_site(self) -> None:
        card = picture(drawn("Rest"))
        assert card.getpixel((5, 5)) == GROUND
        assert card.getpixel((600, 625)) == (0x8A, 0x3B, 0x2E)
        name = card.crop((84, 84, 600, 130)).getcolors(10_000) or []
        assert (0x8A, 0x3B, 0x2E) in {colour for _, colour in name}
        assert inked(drawn("Rest")) > 1_000

    def test_a_title_without_letters_here_gets_the_sites_name(self) -> None:
        assert drawn("Покой") == drawn("")
        assert inked(drawn("Покой")) > 1_000

    def test_where_the_name_has_no_letters_either_only_the_colour_stays(self) -> None:
        card = picture(drawn("Покой", "Свет"))
        assert len(card.getcolors() or []) == 2

    @pytest.mark.parametrize(
        "title",
        [
            "x" * 10_000,
            "a " * 10_000,
            "\x00\x07\x1b[2J",
            "Z" + "\u0316" * 9_000,
            "\ud800",
            "🌿" * 999,
        ],
    )
    def test_a_hostile_title_makes_a_card_like_any_other(self, title: str) -> None:
        data = drawn(title)
        assert picture(data).size == (1200, 630)
        assert len(data) < 60_000
        # Nothing is written in the margins.
        margin = picture(data).crop((1124, 0, 1200, 600)).getcolors() or []
        assert [colour for _, colour in margin] == [GROUND]

    def test_a_direction_that_was_forced_on_a_title_is_ignored(self) -> None:
        assert drawn("\u202eRest\u202c well\u2066") == drawn("Rest well")


@pytest.mark.usefixtures("folder")
class TestKeeping:
    def test_of_many_who_ask_at_once_one_has_it_drawn(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draws: list[str] = []
        together = threading.Barrier(8)
        real = drawing.draw

        def counted(words: CardText, fonts: object) -> bytes:
            draws.append(words.title)
            return real(words, library())

        def ask(_: int) -> bytes:
            together.wait(PATIENCE)
            return making.card(CardText("Rest", "Slow light", "#1F5F5B"))

        monkeypatch.setattr(drawing, "draw", counted)
        with ThreadPoolExecutor(8) as crowd:
            cards = set(crowd.map(ask, range(8)))
        assert draws == ["Rest"]
        assert len(cards) == 1

    def test_a_card_that_looks_different_has_another_name(self) -> None:
        looks = [
            CardText("Rest", "Slow light", "#1F5F5B"),
            CardText("Rest well", "Slow light", "#1F5F5B"),
            CardText("Rest", "Slow lights", "#1F5F5B"),
            CardText("Rest", "Slow light", "#8A3B2E"),
            CardText("Rest", "Slow light", "#1F5F5B", to_left=True),
        ]
        assert len({making.key_of(words) for words in looks}) == len(looks)

    def test_new_fonts_make_new_cards(self, folder: Path) -> None:
        words = CardText("Rest", "Slow light", "#1F5F5B")
        before = making.key_of(words)
        settings.FONT_FOLDERS = [folder, folder.parent / "more"]
        (folder.parent / "more").mkdir()
        (folder.parent / "more" / "Georgia.ttf").write_bytes(b"")
        assert making.key_of(words) != before

    def test_what_a_killed_drawing_left_is_gone_with_the_next(self) -> None:
        left = Path(settings.DATA_DIR) / "cards" / "drawing.draft"
        left.parent.mkdir()
        left.write_bytes(b"half a pic")
        made = making.card(CardText("Rest", "Slow light", "#8A3B2E"))
        assert picture(made).size == (1200, 630)
        assert {one.suffix for one in left.parent.iterdir()} == {".png", ".lock"}

    def test_old_cards_make_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(making, "MOST_KEPT", 2)
        for title in ("one", "two", "three"):
            making.card(CardText(title, "", "#1F5F5B"))
        kept = list((Path(settings.DATA_DIR) / "cards").glob("*.png"))
        assert len(kept) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("folder")
class TestAddress:
    def test_shows_the_title_to_whoever_has_the_code(self, client: Client) -> None:
        post = make_post(title="Saying no gently")
        link = ensure_link(post=post)
        answer = client.get(f"/s/{link.code}/card.png")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        site: SiteSettings = SiteSettings.load()
        assert answer.content == making.card(making.text_of_post(post, site))
        assert answer["X-Robots-Tag"] == "noindex"

    def test_a_discreet_one_tells_two_posts_apart_by_nothing(self, client: Client) -> None:
        cards = set()
        for title in ("Living with lupus", "On naps"):
            link = ensure_link(post=make_post(title=title))
            cards.add(client.get(f"/s/{link.discreet_code}/card.png").content)
        [card] = cards
        site: SiteSettings = SiteSettings.load()
        site.name = "The lupus letters"
        site.save()
        assert client.get(f"/s/{link.discreet_code}/card.png").content == card

    def test_of_a_post_that_is_not_public_there_is_none(self, client: Client) -> None:
        post = make_post()
        link = ensure_link(post=post)
        post.unpublish()
        draft = make_post(live=False)
        drafts = ensure_link(post=draft)
        for path in (
            f"/s/{link.code}/card.png",
            f"/s/{link.discreet_code}/card.png",
            f"/s/{drafts.code}/card.png",
            f"/{post.slug}/card.png",
            f"/{draft.slug}/card.png",
            "/s/nobody-has-this/card.png",
            "/nothing-here/card.png",
        ):
            assert client.get(path).status_code == 404, path

    def test_of_a_link_that_is_switched_off_there_is_none(self, client: Client) -> None:
        link = ensure_link(post=make_post())
        link.is_on = False
        link.save()
        for code in (link.code, link.discreet_code):
            assert client.get(f"/s/{code}/card.png").status_code == 404

    def test_the_one_by_slug_and_the_sites_own_are_for_everybody(self, client: Client) -> None:
        post = make_post()
        for path in (f"/{post.slug}/card.png", "/card.png"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert not answer.cookies

    def test_under_its_own_name_it_may_be_kept_for_ever(self, client: Client) -> None:
        post = make_post()
        address = addresses.of_post(post, SiteSettings.load()).removeprefix(settings.SITE_URL)
        answer = client.get(address)
        assert "immutable" in answer["Cache-Control"]
        assert "max-age=31536000" in answer["Cache-Control"]
        nameless = client.get(f"/{post.slug}/card.png?v=another")
        assert nameless["Cache-Control"] == "public, max-age=3600"

    def test_who_has_it_is_told_so_until_it_looks_different(self, client: Client) -> None:
        post = make_post()
        path = f"/{post.slug}/card.png"
        tag = client.get(path)["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            answer = client.get(path, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer["ETag"] == tag
        post.title = "Another title"
        post.save_revision().publish()
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_it_answers_head_and_takes_no_post(self, client: Client) -> None:
        path = f"/{make_post().slug}/card.png"
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert client.post(path).status_code == 405

    def test_a_title_of_any_script_makes_a_card(self, client: Client) -> None:
        for title in ("Разрешение на отдых", "إذن بالراحة", "休むこと", "🌿", "\u202e"):
            post = make_post(title=title, slug=f"post-{abs(hash(title))}")
            assert client.get(f"/{post.slug}/card.png").status_code == 200

    def test_that_of_a_post_for_subscribers_does_not_name_its_link(self) -> None:
        post = make_post(visibility=PostPage.Visibility.SUBSCRIBERS)
        link = ensure_link(post=post)
        address = addresses.of_post(post, SiteSettings.load())
        assert link.code not in address
        assert link.discreet_code not in address
