"""Small answers for machines, pictures, and what is said when something is missing or broken."""

import json
import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from PIL import Image

from config.urls import urlpatterns as real_urlpatterns
from posts.content.actions import Foundation
from posts.sharing.actions import ensure_link
from subscribers.models import Newsletter
from tests.factories import make_post


def test_healthz_says_that_the_process_is_up_without_a_database(client: Client) -> None:
    # No database mark: a query would fail this test.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer["Cache-Control"] == "no-store"


def test_robots_may_read_all_but_the_desk(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Disallow: /admin/" in answer.text
    # A robot that may not read /s/ could not learn there that it must not list it.
    assert "/s/" not in answer.text


@pytest.mark.django_db
def test_who_finds_a_weakness_learns_whom_to_tell(client: Client, site: Foundation) -> None:
    Newsletter.objects.update(reply_to="ada+letters@fern.example")
    lines = client.get("/.well-known/security.txt").text.splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    assert told["Contact"] == "mailto:ada%2Bletters@fern.example"
    days = (datetime.fromisoformat(told["Expires"]) - timezone.now()).days
    assert 100 < days < 365  # RFC 9116: less than a year is recommended
    assert told["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"


@pytest.mark.parametrize("address", ["/healthz", "/robots.txt"])
def test_machines_may_only_read(client: Client, address: str) -> None:
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


class TestMedia:
    @pytest.fixture(autouse=True)
    def _pictures(self, settings: LazySettings, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path
        (tmp_path / "hill.jpg").write_bytes(b"a picture")
        # `Original_Images`: what a disk that ignores case would find for `original_images`.
        folders = ("images", "original_images", "Original_Images", "documents")
        for folder in folders:
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / "hill.jpg").write_bytes(b"a picture")

    def read(self, client: Client, address: str) -> tuple[int, bytes]:
        answer = client.get(address)
        content = answer.getvalue()
        return answer.status_code, content

    def test_a_picture_is_served_and_may_be_kept(self, client: Client) -> None:
        answer = client.get("/media/images/hill.jpg")
        assert answer.getvalue() == b"a picture"
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "public, max-age=2592000"

    def test_nothing_uploaded_can_run_as_a_page_of_ours(self, client: Client) -> None:
        answer = client.get("/media/images/hill.jpg")
        answer.getvalue()
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        "address",
        [
            "/media/original_images/hill.jpg",
            "/media/documents/hill.jpg",
            "/media/images/../original_images/hill.jpg",
            "/media//original_images/hill.jpg",
            "/media/./original_images/hill.jpg",
            "/media/%6Friginal_images/hill.jpg",
            "/media/images/%2E%2E/original_images/hill.jpg",
            "/media/images/..%2Foriginal_images%2Fhill.jpg",
            "/media/images/..%5Coriginal_images%5Chill.jpg",
            "/media/Original_Images/hill.jpg",
            "/media/hill.jpg",
            "/media/../secret_key",
            "/media/images/../../secret_key",
            "/media/images/",
            "/media/images/none.jpg",
            "/media/images/hill.jpg%00",
            f"/media/images/{'hill' * 100}.jpg",
        ],
    )
    def test_nothing_but_pictures_of_pages_is_served(self, client: Client, address: str) -> None:
        assert self.read(client, address)[0] == 404


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the database went away")


urlpatterns = [path("broken/", broken), *real_urlpatterns]


class TestWhenSomethingBreaks:
    @pytest.fixture(autouse=True)
    def _broken(self, settings: LazySettings) -> None:
        settings.ROOT_URLCONF = __name__

    def test_the_page_says_so_kindly_and_asks_no_database(self, client: Client) -> None:
        client.raise_request_exception = False
        answer = client.get("/broken/")
        assert answer.status_code == 500
        assert "It is not your doing." in answer.text
        assert "theme/theme.css" in answer.text
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.django_db
def test_the_site_has_an_icon_wherever_one_is_looked_for(client: Client) -> None:
    page = client.get("/archive/").text
    links = r'<link rel="(icon|apple-touch-icon)" href="(/[^"]+(?:ico|png))"'
    icons = dict(re.findall(links, page))
    assert set(icons) == {"icon", "apple-touch-icon"}
    told = json.loads(client.get("/manifest.webmanifest").text)
    files = [*icons.values(), *(icon["src"] for icon in told["icons"])]
    sizes = {}
    for file in files:
        is_static = file.startswith("/static/")
        found = finders.find(file.removeprefix("/static/")) if is_static else None
        content = Path(found).read_bytes() if found else client.get(file).getvalue()
        sizes[file] = Image.open(BytesIO(content)).size
    assert set(sizes.values()) == {(48, 48), (180, 180), (512, 512)}
    assert told["name"] in page


@pytest.mark.django_db
def test_a_discreet_page_has_no_manifest_which_would_name_the_site(client: Client) -> None:
    link = ensure_link(post=make_post())
    assert "manifest" in client.get(f"/s/{link.code}").text
    assert "manifest" not in client.get(f"/s/{link.discreet_code}").text
