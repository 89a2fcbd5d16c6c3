"""What chats and other sites show of a page before anybody opens it."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.cache import cache
from django.test import Client
from PIL import Image

from posts.content.actions import Foundation
from posts.content.models import PlainPage, PostPage, SiteSettings
from posts.sharing.actions import ensure_link
from posts.sharing.cards import previews
from tests.content.test_pictures import upload
from tests.factories import make_post
from tests.sharing.cards.fonts import LATIN, make_font

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fonts(settings: LazySettings, tmp_path: Path) -> None:
    cache.clear()  # of renditions of another test
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.FONT_FOLDERS = [tmp_path / "fonts"]
    make_font(tmp_path / "fonts" / "NotoSerif-Bold.ttf", LATIN)


def told(text: str) -> dict[str, str]:
    found = re.findall(
        r'<meta (?:property|name)="((?:og|twitter|article):[^"]+)" content="([^"]*)"', text
    )
    names = [name for name, _ in found]
    assert len(names) == len(set(names)), names
    return {name: unescape(value) for name, value in found}


def assert_picture_is_there(client: Client, data: dict[str, str]) -> None:
    """The picture has the size that is told of it, and lies on this site."""
    assert data["og:image"].startswith(f"{settings.SITE_URL}/")
    answer = client.get(data["og:image"].removeprefix(settings.SITE_URL))
    assert answer.status_code == 200
    picture = Image.open(BytesIO(answer.getvalue()))
    assert picture.format in ("PNG", "JPEG")
    assert [str(side) for side in picture.size] == [
        data["og:image:width"],
        data["og:image:height"],
    ]


def test_a_post_tells_all_that_a_card_needs(client: Client) -> None:
    post = make_post(title="Saying “no” & resting", excerpt="In a few words.", language="de")
    data = told(client.get(f"/{post.slug}/").text)
    assert data["og:type"] == "article"
    assert data["og:title"] == "Saying “no” & resting"
    assert data["og:description"] == "In a few words."
    assert data["og:url"] == post.public_url
    assert data["og:locale"] == "de_DE"
    assert data["og:site_name"] == SiteSettings.load().name
    assert data["og:image:alt"] == post.title
    assert data["article:published_time"] == post.first_published_at.isoformat()
    assert data["article:modified_time"] == post.last_published_at.isoformat()
    assert data["twitter:card"] == "summary_large_image"
    assert_picture_is_there(client, data)


def test_a_cover_stands_in_for_the_card(client: Client) -> None:
    cover = upload("JPEG", comment=b"Fern House, 51.0536 N 3.7250 E")
    cover.description = "A hill at dusk"
    cover.save()
    data = told(client.get(f"/{make_post(cover=cover).slug}/").text)
    assert "/media/images/hill" in data["og:image"]
    assert data["og:image:alt"] == "A hill at dusk"
    assert_picture_is_there(client, data)


def test_a_shared_page_speaks_of_its_own_address(client: Client) -> None:
    post = make_post(visibility=PostPage.Visibility.SUBSCRIBERS, excerpt="The first words.")
    address = f"/s/{ensure_link(post=post).code}"
    data = told(client.get(address).text)
    assert data["og:url"] == f"{settings.SITE_URL}{address}"
    assert data["og:image"].startswith(f"{settings.SITE_URL}{address}/card.png")
    assert_picture_is_there(client, data)


def test_the_public_page_of_a_post_for_subscribers_gives_no_code_away(client: Client) -> None:
    post = make_post(visibility=PostPage.Visibility.SUBSCRIBERS, excerpt="The first words.")
    link = ensure_link(post=post)
    text = client.get(f"/{post.slug}/").text
    assert link.code not in text
    assert link.discreet_code not in text
    assert_picture_is_there(client, told(text))


def test_a_discreet_preview_names_neither_post_nor_site(client: Client) -> None:
    site: SiteSettings = SiteSettings.load()
    site.name = "The lupus letters"
    post = make_post(title="Living with lupus", slug="lupus", excerpt="On lupus.", language="fr")
    link = ensure_link(post=post)
    preview = previews.of_stranger(post, site, code=link.discreet_code)
    assert "lupus" not in repr(preview).lower()
    assert link.code not in repr(preview)
    assert preview.address == f"{settings.SITE_URL}/s/{link.discreet_code}"
    assert client.get(preview.picture.address.removeprefix(settings.SITE_URL)).status_code == 200


def test_home_and_plain_pages_show_the_sites_card(client: Client) -> None:
    home = make_post().get_parent()
    about = home.add_child(instance=PlainPage(title="About", slug="about"))
    for address in ("/", "/about/", "/archive/"):
        data = told(client.get(address).text)
        assert data["og:type"] == "website"
        assert data["og:url"] == f"{settings.SITE_URL}{address}"
        assert_picture_is_there(client, data)
    assert told(client.get("/about/").text)["og:title"] == about.title


def test_a_turned_page_of_home_is_its_own_page(client: Client) -> None:
    for _ in range(13):
        make_post()
    text = client.get("/?page=2").text
    address = f"{settings.SITE_URL}/?page=2"
    assert f'<link rel="canonical" href="{address}">' in text
    assert told(text)["og:url"] == address
    # A page that there is not shows the last, and so says.
    assert f'<link rel="canonical" href="{address}">' in client.get("/?page=99").text
    assert f'<link rel="canonical" href="{settings.SITE_URL}/">' in client.get("/?page=no").text


@pytest.mark.parametrize("address", ["/privacy/", "/imprint/"])
def test_a_notice_names_its_one_address(client: Client, site: object, address: str) -> None:
    text = client.get(f"{address}?from=mail").text
    assert f'<link rel="canonical" href="{settings.SITE_URL}{address}">' in text


@pytest.mark.parametrize(
    ("language", "told_as"),
    [("en", "en_US"), ("de", "de_DE"), ("pt-br", "pt_BR"), ("ar", "ar_AR"), ("zh-hans", "zh_Hans")],
)
def test_a_language_is_told_with_its_territory(language: str, told_as: str) -> None:
    assert previews.locale(language) == told_as


def test_no_title_breaks_out_of_its_place(client: Client) -> None:
    title = '"><script>alert(1)</script>'
    text = client.get(f"/{make_post(title=title, slug='t').slug}/").text
    assert told(text)["og:title"] == title
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    "address", ["/", "/archive/", "/topics/", "/privacy/", "/imprint/", "/subscribe/", "/about/"]
)
def test_every_page_that_one_may_list_says_what_it_is(
    client: Client, site: Foundation, address: str
) -> None:
    about = [("paragraph", "<p>I write from a small house.</p>")]
    site.home.add_child(instance=PlainPage(title="About", slug="about", body=about))
    page = client.get(address).text
    found = re.search(r'<meta name="description" content="([^"]+)">', page)
    assert found
    data = told(page)
    assert data["og:description"] == unescape(found[1])
    assert data["og:title"]
    assert data["og:url"] == f"{settings.SITE_URL}{address}"
    spoken = client.get(f"{address}?language=de").text
    assert told(spoken)["og:locale"] == "de_DE"
