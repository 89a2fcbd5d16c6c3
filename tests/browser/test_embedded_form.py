"""The sign-up form on a page of another origin, from what the desk gives to copy to a confirmed
reader: with scripts she stays there, without she presses once more on a page of ours."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.management.moving import static_site
from posts.management.moving.folder import FolderWriter
from subscribers import composing, embedding, tasks
from subscribers.limits.models import WaitingSignUp
from subscribers.models import Subscription, TransactionalMail
from tests.browser.conftest import LOOKS, desk_page, looked_at
from tests.factories import make_post

READER = "reader@example.org"


@pytest.fixture(autouse=True)
def owner(own_site: LiveServer) -> User:
    ensure_site()
    return User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Serves some HTML at an origin of its own; answers the address."""
    shown = {"html": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = f"<!doctype html><title>Ada</title><main>{shown['html']}</main>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(html: str) -> str:
        shown["html"] = html
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    server.shutdown()
    server.server_close()


def to_copy(owner: User) -> str:
    client = Client()
    client.force_login(owner)
    page: Any = BeautifulSoup(client.get("/admin/sign-up-form/").content, "html.parser")
    snippet: str = page.find("textarea", id="snippet").text
    return snippet


def confirm(page: Page) -> None:
    """A worker takes the wish up, and she presses the link in her mail."""
    tasks.take_up_sign_up(WaitingSignUp.objects.get().pk)
    row = TransactionalMail.objects.get(kind="confirm")
    letter = composing.compose(row)
    assert letter is not None
    link = next(word for word in letter.body.split() if "/confirm/" in word)
    page.goto(link)
    page.get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert Subscription.objects.get().status == "active"


def test_with_scripts_she_stays_where_she_is(
    page: Page, owner: User, elsewhere: Callable[[str], str]
) -> None:
    origin = elsewhere("")
    embedding.name_sites(origins=[origin], by="ada")
    elsewhere(to_copy(owner))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(origin)
    page.get_by_label("Your email address").fill("reader@example")  # good enough for browsers
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("status")).to_contain_text("the ending is missing")
    expect(page.get_by_label("Your email address")).to_be_focused()
    page.get_by_label("Your email address").fill(READER)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("status")).to_contain_text("Look in your mailbox")
    assert page.url.rstrip("/") == origin
    assert not page.context.cookies()
    assert WaitingSignUp.objects.get().source == origin
    hosts = {url.split("/")[2] for url in asked}
    assert len(hosts) == 2, "her page and ours, nobody else"
    confirm(page)


def test_without_scripts_she_presses_once_more(
    browser: Browser, own_site: LiveServer, owner: User, elsewhere: Callable[[str], str]
) -> None:
    origin = elsewhere(to_copy(owner))
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 812})
    page = context.new_page()
    page.goto(origin)
    page.get_by_label("Your email address").fill(READER)
    looked_at(page, "embedded-elsewhere-375")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="One more press")).to_be_visible()
    expect(page.get_by_label("Your email address")).to_have_value(READER)
    assert not WaitingSignUp.objects.exists()
    looked_at(page, "once-more-375")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
    confirm(page)
    context.close()


def test_on_a_site_that_nobody_named_the_script_gives_way_to_our_page(
    page: Page, owner: User, elsewhere: Callable[[str], str]
) -> None:
    embedding.name_sites(origins=["https://other.example"], by="ada")
    page.goto(elsewhere(to_copy(owner)))
    page.get_by_label("Your email address").fill(READER)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="One more press")).to_be_visible()
    assert not WaitingSignUp.objects.exists()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_screens_fit(browser: Browser, own_site: LiveServer, size: str, scheme: str) -> None:
    with desk_page(browser, own_site, size, scheme) as page:
        for address in ("sign-up-form", "take-along"):
            page.goto(f"/admin/{address}/")
            looked_at(page, f"{address}-{size}-{scheme}")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0


def test_the_copy_of_the_site_opens_from_a_disk(
    browser: Browser, own_site: LiveServer, tmp_path: Any
) -> None:
    make_post(title="Leave the kettle on", slug="kettle")
    writer = FolderWriter(tmp_path / "out")
    static_site.copy(writer)
    context = browser.new_context(offline=True)
    page = context.new_page()
    trouble: list[str] = []
    page.on("requestfailed", lambda request: trouble.append(request.url))
    page.goto((writer.draft / "site" / "index.html").as_uri())
    page.get_by_role("link", name="Leave the kettle on").first.click()
    expect(page.get_by_role("heading", name="Leave the kettle on")).to_be_visible()
    assert page.url.endswith("/kettle/index.html")
    assert page.evaluate("document.styleSheets.length") > 0
    looked_at(page, "copy-from-disk")
    assert trouble == []
    context.close()
