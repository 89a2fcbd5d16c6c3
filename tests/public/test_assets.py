import re
from pathlib import Path

import brotli
import pytest
from django.conf import LazySettings
from django.contrib.staticfiles.finders import find
from django.templatetags.static import static
from django.test import Client

from posts.content.actions import Foundation
from posts.public.assets import AssetFinder, gathered, our_files, version
from tests.factories import make_post

SHEET = "theme/theme.css"


def test_our_files_have_an_address_that_names_their_content() -> None:
    assert static(SHEET) == f"/static/{version()}/{SHEET}"
    assert re.fullmatch(r"[0-9a-f]{12}", version())


def test_others_keep_theirs() -> None:
    assert static("wagtailadmin/css/core.css") == "/static/wagtailadmin/css/core.css"


def test_who_works_on_them_has_plain_addresses(settings: LazySettings) -> None:
    settings.DEBUG = True
    assert static(SHEET) == f"/static/{SHEET}"


def test_they_are_there_without_a_command_and_compressed(client: Client) -> None:
    content = our_files()[SHEET].read_bytes()
    plain = client.head(static(SHEET))
    assert plain["Content-Length"] == str(len(content))
    assert "immutable" in plain["Cache-Control"]
    packed = client.head(static(SHEET), headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "br"
    assert brotli.decompress((gathered() / f"{SHEET}.br").read_bytes()) == content


def test_they_are_gathered_once_and_found() -> None:
    before = (gathered() / SHEET).stat().st_mtime_ns
    assert (gathered() / SHEET).stat().st_mtime_ns == before
    assert find(f"{version()}/{SHEET}") == str(gathered() / SHEET)
    assert find(f"000000000000/{SHEET}") is None
    assert AssetFinder().find(f"{version()}/../../secret_key") == []
    assert [file.name for file in gathered().parent.glob(".draft-*")] == []


def test_scripts_name_each_other_by_relative_addresses() -> None:
    """All are in one folder: these lead to the same version."""
    named = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""")
    for name, file in our_files().items():
        for address in named.findall(file.read_text() if file.suffix == ".js" else ""):
            assert address.startswith("."), name
            target = Path(file.parent, address).resolve()
            assert target in our_files().values(), f"{name} names {address}"


@pytest.mark.django_db
def test_every_page_is_light(client: Client, site: Foundation) -> None:
    make_post(slug="kettle")
    for path in ("/", "/kettle/", "/kettle/share/", "/archive/", "/subscribe/", "/privacy/"):
        html = client.get(path).content
        assert len(html) < 30 * 1024, path
        names = set(re.findall(rb"/static/[0-9a-f]{12}/([^\"]+)", html))
        sizes = {name.decode(): our_files()[name.decode()].stat().st_size for name in names}
        assert sum(size for name, size in sizes.items() if name.endswith(".css")) < 20 * 1024, path
        assert sum(size for name, size in sizes.items() if name.endswith(".js")) < 10 * 1024, path
        assert b"@font-face" not in b"".join(our_files()[n.decode()].read_bytes() for n in names)
