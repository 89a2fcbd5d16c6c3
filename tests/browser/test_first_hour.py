"""A writer's first hour, from the link that `up` prints to the first letter on the wire, without a
word about a terminal: by mouse, and by keyboard alone."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.content.models import SiteSettings
from posts.delivery.mailings.schedule import start_now
from posts.delivery.models import Mailing
from posts.delivery.status import worker_seen
from posts.delivery.worker.drain import drain_ledger
from posts.desk.welcome import issue_one_time_address
from posts.management.demo import ensure_demo
from tests.answering_site import ELSEWHERE, NAME, known_to_this_machine
from tests.browser.conftest import LOOKS, SIZES, looked_at
from tests.sink import Sink

PASSWORD = "a fern in the shade"
SCREENS = {
    "home": "/admin/",
    "settings": "/admin/setup/",
    "more": "/admin/more/",
    "names": "/admin/setup/names/",
    "look": "/admin/setup/look/",
    "way out": "/admin/way-out/",
    "address": "/admin/setup/address/",
    "bring": "/admin/subscribers/bring/",
}


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


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


def faults(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


def test_from_nothing_to_the_first_letter_by_mouse(
    page: Page, empty_site: LiveServer, sink: Sink
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(issue_one_time_address())
    page.get_by_label("Your name").fill("Ada Fern")
    page.get_by_label("Your email address").fill("ada@fern-mail.org")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()

    expect(page.get_by_text("5 of 5 left")).to_be_visible()
    page.get_by_role("link", name="Give it your names").click()
    page.get_by_label("Name of your letter").fill("Fern letters")
    page.get_by_label("Postal address").fill("12 Fern Lane, Sampleton")
    page.get_by_role("button", name="Save").click()

    page.get_by_role("link", name="Say how mail leaves").click()
    page.get_by_label("Server", exact=True).fill(ELSEWHERE)
    page.get_by_label("None (only for a server on this machine").check()
    page.get_by_label("Port", exact=True).fill(str(sink.port))
    page.get_by_role("button", name="Try it and save").click()
    expect(page.get_by_text("took a test letter for ada@fern-mail.org")).to_be_visible()
    page.get_by_role("link", name="Say where readers find you").click()
    there = f"http://{NAME}:{urlsplit(empty_site.url).port}"
    page.get_by_label("Address of your site").fill(there)
    page.get_by_role("button", name="Try it and save").click()
    expect(page.get_by_text(f"This site answered at {there}")).to_be_visible()

    page.get_by_role("link", name="Bring your readers").click()
    addresses = page.get_by_role("textbox", name="Their addresses")
    addresses.fill("Rosa <rosa@fern.example>, ben@fern.example")
    page.get_by_label("They told me, and I can say where").check()
    page.get_by_label("Where and when they said so").fill("at the reading in May")
    page.get_by_role("button", name="Add them").click()

    page.get_by_role("link", name="Choose how it looks").click()
    preview = page.frame_locator("iframe[data-theme=dark]")
    expect(preview.get_by_role("heading", name="A slow morning")).to_be_visible()
    page.get_by_label("Heather").check()
    shown = re.compile("accent=%236B3E75")
    expect(page.locator("iframe[data-theme=light]")).to_have_attribute("src", shown)
    page.get_by_role("button", name="Save the look").click()

    expect(page.get_by_text("1 of 5 left")).to_be_visible()
    page.get_by_role("link", name="Write your first letter").click()
    expect(page.locator(".letter [role=textbox]")).to_be_focused()
    page.keyboard.type("A small warmth")
    page.get_by_placeholder("Title", exact=True).fill("Leave the kettle on")
    page.get_by_role("button", name="Publish and email…").click()
    page.get_by_role("button", name="Publish and email 2 people").click()
    expect(page.get_by_role("button", name="Undo: email nobody")).to_be_visible()

    worker_seen("host:1")
    start_now(mailing=Mailing.objects.get(), by="ada")
    drain_ledger()
    assert sorted(sink.addresses[1:]) == ["ben@fern.example", "rosa@fern.example"]
    letter = sink.parsed()[1]
    assert letter["From"] == "Ada Fern <ada@fern-mail.org>"
    assert f"{there}/leave-the-kettle-on/" in letter.as_string().replace("=\n", "")


@pytest.fixture
def desk(page: Page, empty_site: LiveServer) -> Page:
    owner = User.objects.create_superuser("ada", "ada@fern.example", PASSWORD, first_name="Ada")
    page.goto(issue_one_time_address(user=owner))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("First steps")).to_be_visible()
    return page


def test_how_mail_leaves_is_chosen_by_keyboard_after_a_mistake(desk: Page, sink: Sink) -> None:
    desk.goto("/admin/way-out/")
    desk.get_by_label("Server", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("Write the name of the mail server")
    desk.get_by_role("alert").get_by_role("link").first.focus()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("#id_host$"))
    desk.get_by_label("Server", exact=True).focus()
    desk.keyboard.type("127.0.0.1")
    desk.keyboard.press("Tab")
    desk.keyboard.press("ArrowUp")  # from the first to the last of the kinds of encryption
    desk.keyboard.press("Tab")
    desk.keyboard.type(str(sink.port))
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("took a test letter for ada@fern.example")).to_be_visible()
    assert sink.addresses == ["ada@fern.example"]


def test_only_the_fields_of_what_is_chosen_are_there(desk: Page) -> None:
    desk.goto("/admin/way-out/")
    expect(desk.get_by_label("Server", exact=True)).to_be_visible()
    desk.get_by_label("Mailgun").check()
    expect(desk.get_by_label("Server", exact=True)).to_be_hidden()
    expect(desk.get_by_label("Key", exact=True)).to_be_visible()
    expect(desk.get_by_label("Domain or region")).to_be_visible()
    desk.get_by_label("Brevo").check()
    expect(desk.get_by_label("Domain or region")).to_be_hidden()
    desk.get_by_label("Not at all").check()
    expect(desk.get_by_label("Key", exact=True)).to_be_hidden()


def test_the_sample_becomes_ones_own(page: Page, empty_site: LiveServer) -> None:
    page.goto(issue_one_time_address(user=ensure_demo().owner))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Make this my own").click()
    expect(page.get_by_label("Your name")).to_be_visible()
    assert not faults(page)
    page.get_by_label("Your name").fill("Ada Fern")
    page.get_by_label("Your email address").fill("ada@fern.example")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Make this my own").click()
    expect(page.get_by_text("5 of 5 left")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_no_fault_and_nothing_is_too_wide(desk: Page, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    desk.set_viewport_size({"width": width, "height": height})
    desk.emulate_media(color_scheme=scheme)
    SiteSettings.objects.update(accent="#6B3E75")
    for name, address in SCREENS.items():
        desk.goto(address)
        assert not faults(desk), name
        looked_at(desk, f"{name}-{size}-{scheme}")
