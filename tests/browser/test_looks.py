"""How pages look is the reader's choice: made with the keyboard too, kept on her device, told to
nobody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import SiteSettings
from tests.factories import make_post

GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(251, 248, 243)", "rgb(27, 25, 23)"
LETTERS = "parseFloat(getComputedStyle(document.querySelector('.prose p')).fontSize)"


@pytest.fixture
def post(page: Page) -> Page:
    """A post on the screen, the panel open."""
    make_post(slug="kettle")
    page.goto("/kettle/")
    page.get_by_text("Text size, dark mode").click()
    return page


def test_dark_is_chosen_and_stays_on_the_next_page(post: Page) -> None:
    post.get_by_label("Dark", exact=True).check()
    assert post.evaluate(GROUND) == DARK
    post.goto("/")
    assert post.evaluate(GROUND) == DARK
    post.get_by_text("Text size, dark mode").click()
    expect(post.get_by_label("Dark", exact=True)).to_be_checked()
    post.get_by_label("As the device").check()
    assert post.evaluate(GROUND) == LIGHT
    assert post.evaluate("localStorage.length") == 0


def test_light_stays_light_on_a_dark_device(post: Page) -> None:
    post.emulate_media(color_scheme="dark")
    assert post.evaluate(GROUND) == DARK
    post.get_by_label("Light", exact=True).check()
    assert post.evaluate(GROUND) == LIGHT
    assert post.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_the_writers_accent_follows_the_switch(page: Page) -> None:
    make_post(slug="kettle")
    site = SiteSettings.load()
    site.accent = "#7A2E5D"
    site.save()
    page.goto("/kettle/")
    colour = "getComputedStyle(document.querySelector('.pass-on a')).backgroundColor"
    by_day = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    by_night = page.evaluate(colour)
    assert by_day != by_night
    page.get_by_text("Text size, dark mode").click()
    page.get_by_label("Light", exact=True).check()
    expect(page.locator(".pass-on .button")).to_have_css("background-color", by_day)
    page.emulate_media(color_scheme="light")
    page.get_by_label("Dark", exact=True).check()
    expect(page.locator(".pass-on .button")).to_have_css("background-color", by_night)


def test_text_grows_and_the_page_stays_as_wide_as_the_screen(post: Page) -> None:
    sizes = [post.evaluate(LETTERS)]
    for name in ("Larger", "Largest"):
        post.get_by_label(name, exact=True).check()
        sizes.append(post.evaluate(LETTERS))
        assert post.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert sizes == sorted(set(sizes))
    assert sizes[-1] >= 1.5 * sizes[0]


def test_the_simpler_view_leaves_the_text_and_the_way_to_pass_it_on(post: Page) -> None:
    post.get_by_label("Simpler").check()
    expect(post.locator(".prose")).to_be_visible()
    expect(post.get_by_role("link", name="Pass this on").last).to_be_visible()
    expect(post.locator(".subscribe")).to_be_hidden()
    expect(post.get_by_role("link", name="Privacy")).to_be_visible()  # the law wants that one


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    make_post(slug="kettle")
    page.goto("/kettle/")
    for _ in range(4):  # skip link, name of the site, archive, panel
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("As the device")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(GROUND) == DARK


def test_nothing_about_it_leaves_the_device(post: Page) -> None:
    asked: list[str] = []
    post.on("request", lambda request: asked.append(request.url))
    for name in ("Dark", "Largest"):
        post.get_by_label(name, exact=True).check()
    post.get_by_label("Simpler").check()
    post.wait_for_timeout(300)
    assert asked == []
    assert post.context.cookies() == []


def test_what_was_chosen_is_there_before_the_first_paint(post: Page) -> None:
    post.get_by_label("Dark", exact=True).check()
    post.get_by_label("Largest", exact=True).check()
    post.add_init_script(
        """new PerformanceObserver(list => {
            window.shifts = (window.shifts ?? 0) + list.getEntries().length;
        }).observe({type: 'layout-shift', buffered: true});
        document.addEventListener('readystatechange', () => {
            window.first ??= document.documentElement.dataset.theme;
        });"""
    )
    post.goto("/kettle/")
    post.wait_for_timeout(300)
    assert post.evaluate("window.first") == "dark"
    assert post.evaluate("window.shifts ?? 0") == 0


def test_a_browser_that_keeps_nothing_says_so(page: Page) -> None:
    make_post(slug="kettle")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }})"
    )
    page.goto("/kettle/")
    page.get_by_text("Text size, dark mode").click()
    page.get_by_label("Dark", exact=True).check()
    assert page.evaluate(GROUND) == DARK
    expect(page.locator(".look [role=status]")).to_contain_text("keeps nothing")


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer, database: None) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_scripts_nothing_is_offered_that_would_not_work(plain: Page) -> None:
    make_post(slug="kettle")
    plain.goto("/kettle/")
    expect(plain.get_by_text("Text size, dark mode")).to_be_hidden()
    expect(plain.locator(".prose")).to_be_visible()
