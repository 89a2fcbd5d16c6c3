"""What a browser is told that it may do with our pages."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from django.conf import LazySettings as Settings
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from tests.factories import make_post

pytestmark = pytest.mark.django_db
SIX_MONTHS = 183 * 24 * 60 * 60


def policy(client: Client, address: str) -> dict[str, str]:
    """The directives of the answer's Content-Security-Policy."""
    header = client.get(address)["Content-Security-Policy"]
    return dict(directive.strip().split(" ", 1) for directive in header.split(";"))


def test_a_page_may_use_our_own_files_and_nothing_else(client: Client) -> None:
    make_post(slug="kettle")
    assert policy(client, "/kettle/") == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "manifest-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }


@pytest.mark.parametrize(
    "address", ["/", "/kettle/share/", "/nothing/", "/gone/", "/subscribe/", "/unsubscribe/x/"]
)
def test_every_page_has_one_and_says_nothing_of_where_a_reader_came_from(
    client: Client, site: Foundation, address: str
) -> None:
    make_post(slug="kettle")
    make_post(slug="gone").unpublish()
    answer = client.get(address)
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "geolocation=()" in answer["Permissions-Policy"]


def test_the_accent_is_the_one_style_written_into_a_page(client: Client, site: Foundation) -> None:
    settings: SiteSettings = SiteSettings.load()
    settings.accent = "#7A2E5D"
    settings.save()
    written = re.search("<style>(.*?)</style>", client.get("/").text)
    assert written is not None
    digest = b64encode(sha256(written[1].encode()).digest()).decode()
    assert policy(client, "/")["style-src"] == f"'self' 'sha256-{digest}'"


# https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring: what it tests, and gives
# full marks for. (It counts no cookie that a page does not set, and no resource of others.)
@pytest.mark.parametrize(
    "address",
    ["/", "/kettle/", "/kettle/share/", "/subscribe/", "/nothing/", "/feed.xml", "/admin/login/"],
)
@pytest.mark.parametrize("secure", [True, False])
def test_the_headers_are_those_that_an_observatory_looks_for(
    client: Client, settings: Settings, address: str, secure: bool
) -> None:
    settings.SECURE_HSTS_SECONDS = SIX_MONTHS
    make_post(slug="kettle")
    answer = client.get(address, secure=secure)
    csp = answer["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]*)", csp)
    assert scripts is not None
    assert "unsafe" not in scripts[1]
    assert csp.startswith("default-src ")
    for closed in ("base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"):
        assert closed in csp
    assert answer["Strict-Transport-Security"] == f"max-age={SIX_MONTHS}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer
    for cookie in answer.cookies.values():
        assert address.startswith("/admin/")
        assert cookie["samesite"] == "Lax"


def test_a_site_without_https_promises_none(client: Client, site: Foundation) -> None:
    assert "Strict-Transport-Security" not in client.get("/")
