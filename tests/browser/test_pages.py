"""The public pages as a reader's browser shows them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link
from tests.browser.conftest import SIZES
from tests.content.golden_post import make_golden_post
from tests.factories import make_post

# What WCAG calls a target of its own; a link within a sentence is as high as its line.
TARGETS = "button, summary, input:not([type=hidden]), .button, .site-name a, .site-links a, .turn a"


@pytest.fixture
def golden(database: None) -> PostPage:
    make_post(title="The one before")
    golden = make_golden_post()
    make_post(title="The one after")
    return golden


@pytest.fixture(params=SIZES)
def sized_page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, golden: PostPage
) -> Iterator[Page]:
    width, height = SIZES[request.param]
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}
    )
    yield context.new_page()
    context.close()


@pytest.fixture(params=["home", "post", "passed along", "share page", "missing"])
def address(request: pytest.FixtureRequest, golden: PostPage) -> str:
    return {
        "home": "/",
        "post": f"/{golden.slug}/",
        "passed along": f"/s/{ensure_link(post=golden).code}",
        "share page": f"/{golden.slug}/share/",
        "missing": "/nothing/",
    }[str(request.param)]


def test_nothing_is_wider_than_the_screen(sized_page: Page, address: str) -> None:
    sized_page.goto(address)
    assert sized_page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_at_320_pixels_as_with_large_zoom_nothing_is_cut_off(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_targets_are_large_enough_for_a_trembling_hand(sized_page: Page, address: str) -> None:
    sized_page.goto(address)
    small = sized_page.evaluate(
        """selector => [...document.querySelectorAll(selector)]
            .filter(e => e.checkVisibility() && !e.closest('.field-trap'))
            .filter(e => e.getBoundingClientRect().height < 44)
            .map(e => e.outerHTML)""",
        TARGETS,
    )
    assert small == []


def test_lines_hold_as_many_letters_as_the_eye_likes(page: Page, golden: PostPage) -> None:
    sentences = (  # of several lengths: the same again and again would break at the same places
        "The kettle takes its time, and so may you, whatever the clock has to say. ",
        "Sit down first. ",
        "Nothing on the list will run away while you breathe out. ",
    )
    text = "".join(sentences[number * number % 7 % 3] for number in range(60))
    make_post(slug="long", body=[("paragraph", f"<p>{text}</p>")])
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/long/")
    letters = page.evaluate(
        """() => {
            const p = document.querySelector('.prose > p');
            const lines = p.clientHeight / parseFloat(getComputedStyle(p).lineHeight);
            return p.textContent.length / lines;
        }"""
    )
    assert 50 <= letters <= 72


def test_no_other_site_is_asked_for_anything(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address, wait_until="networkidle")
    assert asked
    own = page.evaluate("location.origin")
    assert [url for url in asked if not url.startswith((own, "data:"))] == []


def test_no_cookie_is_set(page: Page, address: str) -> None:
    page.goto(address)
    assert page.context.cookies() == []


def test_the_first_tab_offers_to_skip_to_the_text(page: Page, golden: PostPage) -> None:
    page.goto(f"/{golden.slug}/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the text")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_focus_can_be_seen(page: Page, golden: PostPage) -> None:
    page.goto(f"/{golden.slug}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    ring = "(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.activeElement))"
    assert page.evaluate(ring) == ["solid", "3px"]


def test_the_short_version_opens_in_place_without_scripts(
    browser: Browser, live_server: LiveServer, golden: PostPage
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/{golden.slug}/")
    short = page.locator("#short-version")
    expect(short).to_be_hidden()
    page.get_by_text("Short version").click()
    expect(short).to_be_visible()
    context.close()


def test_dark_is_dark_and_never_black(
    browser: Browser, live_server: LiveServer, golden: PostPage
) -> None:
    context = browser.new_context(base_url=live_server.url, color_scheme="dark")
    page = context.new_page()
    page.goto(f"/{golden.slug}/")
    colours = "(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"
    assert page.evaluate(colours) == ["rgb(27, 25, 23)", "rgb(237, 231, 221)"]
    context.close()


def test_the_quiet_line_below_a_post_signs_up(page: Page, golden: PostPage) -> None:
    page.goto(f"/{golden.slug}/")
    page.get_by_label("Your email address").fill("reader@example.org")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
