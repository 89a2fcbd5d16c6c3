"""A real browser on a running site. Where Chromium is missing these tests fail, by design.

Run them with: uv run --group browser pytest tests/browser
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.shown import Shown, everything_shown

# Playwright's synchronous interface runs an event loop in this thread, which Django takes for
# an asynchronous program that must not use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Machines that run tests are busy; a page that is right is not made to wait by this.
expect.set_options(timeout=15_000)

SIZES = {"phone": (375, 812), "desk": (1280, 900)}
# Each size and each scheme; where time is short, each of them once.
LOOKS = [
    pytest.param("desk", "light"),
    pytest.param("phone", "dark"),
    pytest.param("desk", "dark", marks=pytest.mark.slow),
    pytest.param("phone", "light", marks=pytest.mark.slow),
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("No Chromium found. Install it (apt-get install chromium) or set CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite in a file: in memory all of the server's threads would share one connection, and a
    page that looks again by itself would look into the middle of another's transaction."""
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture
def database(transactional_db: None, django_db_serialized_rollback: None) -> None:
    """A database that the server's thread sees too, with what Wagtail's migrations put into it."""


@pytest.fixture
def context(browser: Browser, live_server: LiveServer, database: None) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 375, "height": 812})
    yield context
    context.close()
    # What a page asked for last may still be on its way, and emptying the tables meets it there.
    for _ in range(200):
        if not _others_at_work():
            break
        time.sleep(0.05)


def _others_at_work() -> bool:
    """Whether the server still reads or writes for somebody."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle' LIMIT 1"
        )
        return cursor.fetchone() is not None


@pytest.fixture
def own_site(
    live_server: LiveServer, database: None, settings: Settings, tmp_path: Path
) -> LiveServer:
    """The server, with addresses in pages and mails that lead to it, and an empty outbox."""
    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"  # not pytest's
    return live_server


@pytest.fixture(scope="session")
def collected() -> list[Shown]:
    return []


@pytest.fixture
def shown(browser: Browser, database: None, collected: list[Shown]) -> Shown:
    """Every page and mail, collected once for all that looks at them.

    After `browser`: with Playwright's event loop Django has other connection objects, and the
    one that the test database was made with must be one of those.
    """
    if not collected:
        collected.append(everything_shown())
    return collected[0]


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on a phone. Trouble in its own scripts, or with its own policy, fails the test."""
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "console",
        lambda said: trouble.append(said.text) if "Security Policy" in said.text else None,
    )
    yield page
    # The editor has an axe of its own, which may meet ours.
    assert not [said for said in trouble if "Axe is already running" not in said]


@pytest.fixture
def asked(page: Page) -> list[str]:
    """The addresses that the page asks for, as it goes on."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


@contextmanager
def desk_page(browser: Browser, own_site: LiveServer, size: str, scheme: str) -> Iterator[Page]:
    """A page of the desk's owner, on one of SIZES, in `light` or `dark`."""
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=own_site.url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    yield signed_in(context, own_site)
    context.close()


def signed_in(context: BrowserContext, own_site: LiveServer, *, name: str = "ada") -> Page:
    """A page of the desk's owner, as if she had typed her password."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": own_site.url}])
    return context.new_page()


def looked_at(page: Page, name: str) -> None:
    """Nothing is wider than the screen. With SCREENSHOTS naming a folder, it is kept there."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    size = page.viewport_size
    assert size
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size["width"], f"{name} is {wide} wide"
