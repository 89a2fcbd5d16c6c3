"""The copy of the public site: every link in it leads to a file beside it, or to the site."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from posts.content.models import PostPage
from posts.management.moving import static_site
from posts.management.moving.folder import FolderWriter
from tests.content.golden_post import make_golden_post
from tests.factories import make_post

pytestmark = pytest.mark.django_db
HIDDEN = "Only those who subscribed read this."


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def copied(tmp_path: Path, *, whole: bool = False) -> Path:
    writer = FolderWriter(tmp_path / "out")
    static_site.copy(writer, whole=whole)
    return writer.draft / "site"


def make_hidden() -> None:
    first = "In this part everybody may read a little, and so it goes on for a good while. " * 3
    make_post(
        title="For subscribers",
        slug="for-subscribers",
        visibility="subscribers",
        body=[("paragraph", f"<p>{first}</p>"), ("paragraph", f"<p>{HIDDEN}</p>")],
    )


def loaded(page: BeautifulSoup) -> list[str]:
    """What a browser loads by itself."""
    found = [str(one["src"]) for one in page.find_all(src=True)]
    found += [
        one.split()[0]
        for element in page.find_all(srcset=True)
        for one in str(element["srcset"]).split(",")
    ]
    return found + [
        str(one["href"]) for one in page.find_all("link", rel=["stylesheet", "icon"], href=True)
    ]


def test_it_opens_from_a_disk_and_needs_nobody(tmp_path: Path) -> None:
    make_golden_post()
    make_hidden()
    for number in range(11):
        make_post(title=f"Letter {number}", slug=f"l-{number}-" + "ö" * 120)
    folder = copied(tmp_path)
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 14
    followed = 0
    for path in pages:
        page = BeautifulSoup(path.read_text(), "html.parser")
        assert not page.find_all("script"), path
        for target in loaded(page):
            assert (path.parent / unquote(target)).is_file(), (path, target)
        for link in page.find_all("a", href=True):
            target = str(link["href"]).partition("#")[0]
            if target and ":" not in target.split("/")[0]:
                assert (path.parent / unquote(target)).is_file(), (path, target)
                followed += 1
        for form in page.find_all("form", action=True):
            assert str(form["action"]).startswith(settings.SITE_URL)
    assert followed > 50
    assert (folder / "page-2" / "index.html").is_file()
    assert list(folder.rglob("*.pdf"))


def test_what_is_for_subscribers_is_in_it_only_when_asked(tmp_path: Path) -> None:
    make_hidden()
    folder = copied(tmp_path)
    teaser = (folder / "for-subscribers" / "index.html").read_text()
    assert HIDDEN not in teaser
    assert not [path for path in folder.rglob("*.html") if HIDDEN in path.read_text()]


def test_asked_for_all_of_it_the_whole_post_is_there(tmp_path: Path, client: Any) -> None:
    make_hidden()
    folder = copied(tmp_path, whole=True)
    assert HIDDEN in (folder / "for-subscribers" / "index.html").read_text()
    # Nobody else is shown more than before.
    assert HIDDEN not in client.get("/for-subscribers/").content.decode()
    assert PostPage.objects.get(slug="for-subscribers").visibility == "subscribers"
