"""The first hour by keyboard alone, on a phone and a desk, in light and dark: every stop of Tab has
a name and is in sight, and the way stays short."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.delivery.mailings.schedule import start_now
from posts.delivery.models import Mailing
from posts.delivery.status import worker_seen
from posts.delivery.worker.drain import drain_ledger
from posts.desk.welcome import issue_one_time_address
from tests.answering_site import ELSEWHERE, NAME, known_to_this_machine
from tests.browser.conftest import SIZES
from tests.browser.keys import Keys
from tests.sink import Sink

PASSWORD = "a fern in the shade"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def empty_site(
    own_site: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> LiveServer:
    """As `up` finds it in an empty folder: nothing is said in the environment."""
    settings.EMAIL_URL, settings.TIME_ZONE_IS_FIXED = "", False
    settings.SITE_URL_IS_FIXED = False
    known_to_this_machine(monkeypatch)
    ensure_site()
    return own_site


@pytest.fixture(params=[("phone", False), ("desk", True)])
def keys(request: pytest.FixtureRequest, page: Page, empty_site: LiveServer) -> Keys:
    size, dark = request.param
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    return Keys(page)


def test_from_nothing_to_the_first_letter_by_keyboard(keys: Keys, sink: Sink) -> None:
    page = keys.page
    _account(page, keys)
    _names(page, keys)
    _way_out(page, keys, sink.port)
    _address(page, keys)
    _people(page, keys)
    _look(page, keys)
    _letter(page, keys)
    assert keys.faults == []
    assert (keys.pressed, keys.fields) == (29, 12)
    assert keys.stops < 150

    worker_seen("host:1")
    start_now(mailing=Mailing.objects.get(), by="ada")
    drain_ledger()
    assert sorted(sink.addresses[1:]) == ["ben@fern.example", "rosa@fern.example"]


def _account(page: Page, keys: Keys) -> None:
    page.goto(issue_one_time_address())
    keys.fill(page.get_by_label("Your name"), "Ada Fern")
    keys.fill(page.get_by_label("Your email address"), "ada@fern-mail.org")
    keys.fill(page.get_by_label("A password"), PASSWORD)
    keys.press("Enter")
    expect(page.get_by_text("5 of 5 left")).to_be_visible()


def _step(page: Page, keys: Keys, name: str) -> None:
    keys.skip()
    keys.choose(page.get_by_role("link", name=name))


def _names(page: Page, keys: Keys) -> None:
    _step(page, keys, "Give it your names")
    keys.skip()
    keys.fill(page.get_by_label("Name of your letter"), "Fern letters")
    keys.fill(page.get_by_label("Postal address"), "12 Fern Lane, Sampleton")
    keys.choose(page.get_by_role("button", name="Save"))


def _way_out(page: Page, keys: Keys, port: int) -> None:
    _step(page, keys, "Say how mail leaves")
    keys.skip()
    keys.fill(page.get_by_label("Server", exact=True), ELSEWHERE)
    keys.to(page.get_by_role("radio", name=re.compile("^STARTTLS")))
    keys.press("ArrowUp")  # from the first to the last of the kinds of encryption
    keys.fill(page.get_by_label("Port", exact=True), str(port))
    keys.press("Enter")
    expect(page.get_by_text("took a test letter for ada@fern-mail.org")).to_be_visible()


def _address(page: Page, keys: Keys) -> None:
    _step(page, keys, "Say where readers find you")
    keys.skip()
    port = urlsplit(page.url).port
    keys.fill(page.get_by_label("Address of your site"), f"http://{NAME}:{port}")
    keys.press("Enter")
    expect(page.get_by_text(f"This site answered at http://{NAME}:{port}")).to_be_visible()


def _people(page: Page, keys: Keys) -> None:
    _step(page, keys, "Bring your readers")
    keys.skip()
    written = "Rosa <rosa@fern.example>, ben@fern.example"
    keys.fill(page.get_by_role("textbox", name="Their addresses"), written)
    keys.to(page.get_by_role("radio").first)
    keys.press("ArrowDown")
    expect(page.get_by_label("They told me, and I can say where")).to_be_checked()
    keys.fill(page.get_by_label("Where and when they said so"), "at the reading in May")
    keys.choose(page.get_by_role("button", name="Add them"))


def _look(page: Page, keys: Keys) -> None:
    _step(page, keys, "Choose how it looks")
    keys.skip()
    keys.to(page.get_by_role("radio").first)
    keys.press("ArrowDown")
    keys.choose(page.get_by_role("button", name="Save the look"))
    expect(page.get_by_text("1 of 5 left")).to_be_visible()


def _letter(page: Page, keys: Keys) -> None:
    _step(page, keys, "Write your first letter")
    text = page.locator(".letter [role=textbox]")
    expect(text).to_be_focused()
    keys.fill(text, "A small warmth")
    title = page.get_by_placeholder("Title", exact=True)
    keys.to(title, back=True)
    keys.fill(title, "Leave the kettle on")
    keys.choose(page.get_by_role("button", name="Publish and email…"))
    keys.skip()
    keys.choose(page.get_by_role("button", name="Publish and email 2 people"))
    expect(page.get_by_role("button", name="Undo: email nobody")).to_be_visible()
