"""Settings on one screen: each part is saved in its place, and what is typed in another stays."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Dialog, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.content.models import SiteSettings
from posts.delivery.rate.queries import sending_settings
from posts.desk.sessions import SessionStore
from posts.desk.staff import factors
from subscribers.models import Newsletter
from tests.browser.conftest import LOOKS, desk_page, looked_at, signed_in
from tests.browser.keys import Keys
from tests.browser.test_second_step import key
from tests.desk.staff.steps import PASSWORD
from tests.sink import Sink

__all__ = ["key"]

PAGE = "/admin/setup/"
PARTS = ["names", "look", "way-out", "pace", "sign-ups"]


@pytest.fixture
def ada(own_site: LiveServer, settings: Settings) -> User:
    settings.EMAIL_URL, settings.TIME_ZONE_IS_FIXED = "", False
    newsletter = ensure_site().newsletter
    Newsletter.objects.filter(pk=newsletter.pk).update(
        from_email="ada@fern.example", postal_address="12 Fern Lane"
    )
    return User.objects.create_superuser("ada", "ada@fern.example", PASSWORD, first_name="Ada")


@pytest.fixture
def desk(browser: Browser, own_site: LiveServer, ada: User) -> Iterator[Page]:
    with desk_page(browser, own_site, "desk", "light") as page:
        page.goto(PAGE)
        page.evaluate("window.stayed = true")
        yield page


def opened(page: Page, part: str) -> None:
    page.locator(f"#{part} > summary").click()


def asked_again_by_now(page: Page) -> None:
    """So long after she signed in that she is asked again who she is."""
    cookie = next(one for one in page.context.cookies() if one["name"] == "sessionid")
    store = SessionStore(cookie["value"])
    store["asked_again_at"] = 0
    store.save()


def way_out(page: Page, sink: Sink) -> None:
    opened(page, "way-out")
    page.get_by_label("Server", exact=True).fill("127.0.0.1")
    page.get_by_label("None (only for a server on this machine").check()
    page.get_by_label("Port", exact=True).fill(str(sink.port))
    page.get_by_label("User", exact=True).fill("ada")
    page.get_by_label("Password of that user").fill("between us")
    page.get_by_role("button", name="Try it and save").click()


def test_a_part_is_saved_in_its_place_and_what_is_typed_in_another_stays(desk: Page) -> None:
    opened(desk, "pace")
    desk.get_by_label("Seconds to change your mind").fill("9")
    opened(desk, "names")
    desk.get_by_label("Name of your letter").fill("Moss letters")
    desk.locator("#names").get_by_role("button", name="Save").click()
    expect(desk.locator("#names .desk-setting__said")).to_be_focused()
    expect(desk.locator("#names")).to_contain_text("Saved. Your next letter and every page say so.")
    expect(desk.get_by_label("Seconds to change your mind")).to_have_value("9")
    assert SiteSettings.objects.get().name == "Moss letters"
    assert sending_settings().undo_seconds != 9

    desk.get_by_label("Seconds to change your mind").fill("ages")
    desk.get_by_role("button", name="Save the pace").click()
    expect(desk.locator("#pace [role=alert]")).to_be_focused()
    expect(desk.get_by_label("Seconds to change your mind")).to_have_value("ages")
    desk.get_by_label("Seconds to change your mind").fill("90")
    desk.get_by_label("Seconds to change your mind").press("Enter")
    expect(desk.locator("#pace")).to_contain_text("Saved. Letters go by it")
    assert sending_settings().undo_seconds == 90
    assert desk.evaluate("window.stayed")


def test_the_look_is_previewed_also_after_it_was_saved(desk: Page) -> None:
    opened(desk, "look")
    for colour, named in (("Heather", "%236B3E75"), ("Moss", "%233B5D2A")):
        desk.get_by_label(colour).check()
        frame = desk.locator("#look iframe[data-theme=dark]")
        expect(frame).to_have_attribute("src", re.compile(f"accent={named}&"))
        inside = desk.frame_locator("#look iframe[data-theme=dark]")
        expect(inside.locator("html[data-theme=dark]")).to_be_attached()
        desk.get_by_role("button", name="Save the look").click()
        expect(desk.locator("#look")).to_contain_text("Saved. Your pages look like that")
    assert desk.evaluate("window.stayed")


def test_who_she_is_is_asked_in_a_window_and_no_page_tells_the_server_s_password(
    desk: Page,
) -> None:
    asked_again_by_now(desk)
    told: list[str] = []
    desk.on("response", lambda answer: told.append(answer.url) if "way-out" in answer.url else None)
    opened(desk, "names")
    desk.get_by_label("Your name, as sender").fill("A. Fern")
    with Sink(user="ada", password="between us") as sink:
        way_out(desk, sink)
        window = desk.get_by_role("dialog", name="Is it you?")
        for guess in ("a guess", PASSWORD):
            expect(window.get_by_label("Your password")).to_be_focused()
            assert "between us" not in desk.content()
            window.get_by_label("Your password").fill(guess)
            window.get_by_role("button", name="Go on").click()
        expect(desk.locator("#way-out")).to_contain_text("took a test letter for ada@fern.example")
        assert sink.addresses == ["ada@fern.example"]
    assert told
    expect(desk.get_by_label("Your name, as sender")).to_have_value("A. Fern")
    assert desk.evaluate("window.stayed")


def test_the_window_can_be_left_and_everything_is_as_it_was(desk: Page) -> None:
    asked_again_by_now(desk)
    with Sink(user="ada", password="between us") as sink:
        way_out(desk, sink)
        desk.get_by_role("dialog", name="Is it you?").wait_for()
        desk.keyboard.press("Escape")
        expect(desk.get_by_role("dialog")).to_have_count(0)
        expect(desk.get_by_role("button", name="Try it and save")).to_be_focused()
        expect(desk.get_by_label("Server", exact=True)).to_have_value("127.0.0.1")
        assert sink.addresses == []


def test_a_passkey_answers_in_the_window(key: Page, ada: User) -> None:
    key.goto("/admin/login/")
    key.locator("[name=username]").fill("ada")
    key.locator("[name=password]").fill(PASSWORD)
    key.get_by_role("button", name="Sign in").click()
    key.wait_for_url("**/admin/")
    key.goto("/admin/second-step/new-passkey/")
    key.get_by_role("button", name="Make a passkey").click()
    key.wait_for_url("**/second-step/codes/")
    assert factors.has_passkey(ada)
    key.goto(PAGE)
    asked_again_by_now(key)
    with Sink(user="ada", password="between us") as sink:
        way_out(key, sink)
        key.get_by_role("button", name="Use your passkey").click()
        expect(key.locator("#way-out")).to_contain_text("took a test letter for")


@pytest.mark.parametrize("trouble", ["away", "signed out"])
def test_nothing_typed_is_lost_when_the_site_does_not_answer(desk: Page, trouble: str) -> None:
    opened(desk, "names")
    desk.get_by_label("Name of your letter").fill("Moss letters")
    if trouble == "away":
        desk.route("**/setup/names/", lambda route: route.abort())
    else:
        desk.context.clear_cookies()
    desk.locator("#names").get_by_role("button", name="Save").click()
    expect(desk.locator("#names")).to_contain_text("This was not saved")
    expect(desk.get_by_label("Name of your letter")).to_have_value("Moss letters")
    assert desk.evaluate("window.stayed")


def test_whoever_leaves_with_something_typed_is_asked_first(desk: Page) -> None:
    opened(desk, "look")
    desk.get_by_label("Line under the name").fill("On rest")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.on("dialog", stay)
    desk.get_by_role("link", name="Topics").click()
    expect(desk.get_by_label("Line under the name")).to_have_value("On rest")
    assert asked == ["beforeunload"]


def test_without_scripts_it_goes_back_to_the_part_with_its_message(
    browser: Browser, own_site: LiveServer, ada: User
) -> None:
    context = browser.new_context(base_url=own_site.url, java_script_enabled=False)
    page = signed_in(context, own_site)
    page.goto(PAGE)
    opened(page, "look")
    page.get_by_label("Line under the name").fill("On rest")
    page.get_by_role("button", name="Save the look").click()
    expect(page).to_have_url(f"{own_site.url}{PAGE}#look")
    expect(page.locator("#look")).to_contain_text("Saved. Your pages look like that")
    assert SiteSettings.objects.get().tagline == "On rest"
    context.close()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_no_fault_in_it_closed_open_or_asking(
    browser: Browser, own_site: LiveServer, ada: User, size: str, scheme: str
) -> None:
    with desk_page(browser, own_site, size, scheme) as page:
        page.goto(PAGE)
        looked_at(page, f"settings-closed-{size}-{scheme}")
        assert not faults(page)
        for part in PARTS:
            opened(page, part)
        looked_at(page, f"settings-open-{size}-{scheme}")
        assert not faults(page)
        asked_again_by_now(page)
        page.get_by_label("Not at all").check()
        page.get_by_role("button", name="Try it and save").click()
        page.get_by_role("dialog").wait_for()
        looked_at(page, f"settings-asking-{size}-{scheme}")
        assert not faults(page)


def faults(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


def test_by_keyboard_every_stop_is_in_sight(desk: Page) -> None:
    keys = Keys(desk)
    keys.skip()
    keys.choose(desk.locator("#sign-ups > summary"))
    keys.to(desk.get_by_label("Everybody can sign up"))
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_label("Nobody can sign up for now")).to_be_checked()
    keys.choose(desk.get_by_role("button", name="Save who can sign up"))
    expect(desk.locator("#sign-ups .desk-setting__said")).to_be_focused()
    keys.to(desk.get_by_role("button", name="Save who can sign up"))
    assert keys.faults == []
