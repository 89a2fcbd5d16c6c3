"""By keyboard, at 400%, with wider letters, in the system's own colours, by ear."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.sharing.queries import share_url
from tests.browser.shown import Shown
from tests.browser.test_accessibility import show
from tests.content.golden_post import make_golden_post
from tests.factories import make_newsletter

# WCAG 1.4.12: what a reader may set must hide nothing.
SPACING = """() => {
    const style = document.createElement('style');
    style.textContent = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`;
    document.head.append(style);
}"""
# What is wider than the screen, and words that their own box cuts off.
CUT_OFF = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.checkVisibility())
    .filter(e => !e.closest('.field-trap, .skip, .preheader, .unseen, textarea'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
        || (getComputedStyle(e).overflow !== 'visible' && e.scrollWidth > e.clientWidth + 1
            && !['INPUT', 'SELECT'].includes(e.tagName)))
    .map(e => e.outerHTML.slice(0, 150))"""
FOCUSED = """() => { const e = document.activeElement;
    return (e.textContent.trim() || e.id || e.tagName).slice(0, 60); }"""


@pytest.fixture
def golden(own_site: LiveServer) -> PostPage:
    return make_golden_post()


@pytest.fixture
def plain_page(browser: Browser, live_server: LiveServer, database: None) -> Iterator[Page]:
    """400% on a screen 1280 pixels wide: 320 are left."""
    context = browser.new_context(
        base_url=live_server.url,
        reduced_motion="reduce",
        viewport={"width": 320, "height": 256},
    )
    yield context.new_page()
    context.close()


def tab_to(page: Page, words: str) -> None:
    """Press Tab until these words have the focus, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"Tab never came to “{words}”.")


def test_a_post_is_read_and_passed_on_by_keyboard(
    context: BrowserContext, page: Page, golden: PostPage
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    tab_to(page, golden.title)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(golden.title)
    tab_to(page, "Short version")
    page.keyboard.press("Enter")
    expect(page.locator("#short-version")).to_be_visible()
    tab_to(page, "Pass this on")
    page.keyboard.press("Enter")
    expect(page.get_by_label("The link", exact=True)).to_be_visible()
    tab_to(page, "Copy the link")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == share_url(golden)


def test_what_is_wrong_with_a_form_is_said_with_its_field(page: Page, golden: PostPage) -> None:
    make_newsletter(name="Slower evenings")
    page.goto("/subscribe/")
    tab_to(page, "id_email")
    page.keyboard.type("marit")
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Your email address")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("has an @ in it"))
    assert "Not yet" in page.title()
    expect(page.get_by_role("group", name="What would you like to get?")).to_be_visible()


def test_each_page_has_one_first_heading_and_skips_no_level(shown: Shown) -> None:
    wrong = {}
    for name, answer in shown.pages.items():
        headings = BeautifulSoup(answer.content, "html.parser").find_all(re.compile("^h[1-6]$"))
        levels = [int(heading.name[1]) for heading in headings]
        skipped = any(below > above + 1 for above, below in pairwise(levels))
        if levels.count(1) != 1 or levels[0] != 1 or skipped:
            wrong[name] = levels
    assert wrong == {}


def test_at_400_percent_and_with_wide_letters_nothing_is_lost(
    plain_page: Page, shown: Shown
) -> None:
    show(plain_page, "<!doctype html><p style='width: 400px'>Too wide", {})
    assert plain_page.evaluate(CUT_OFF)  # it does find what is lost
    lost = {}
    for name, html in shown.html().items():
        show(plain_page, html, {})
        if found := plain_page.evaluate(CUT_OFF):
            lost[f"{name}, 400%"] = found
        plain_page.evaluate(SPACING)
        if found := plain_page.evaluate(CUT_OFF):
            lost[f"{name}, wide letters"] = found
    assert lost == {}


def test_in_the_systems_own_colours_buttons_and_focus_stay(
    browser: Browser, live_server: LiveServer, golden: PostPage
) -> None:
    context = browser.new_context(base_url=live_server.url, forced_colors="active")
    page = context.new_page()
    for address in (f"/{golden.slug}/", f"/{golden.slug}/share/", "/subscribe/"):
        page.goto(address)
        bare = page.evaluate(
            """() => [...document.querySelectorAll('.button, button, input:not([type=hidden])')]
                .filter(e => e.checkVisibility() && !e.closest('.field-trap'))
                .filter(e => { const s = getComputedStyle(e), g = getComputedStyle(document.body);
                    return s.borderTopStyle === 'none' || s.borderTopWidth === '0px'
                        || s.borderTopColor === g.backgroundColor; })
                .map(e => e.outerHTML)"""
        )
        assert bare == [], address
        page.keyboard.press("Tab")
        ring = page.evaluate(
            """() => { const s = getComputedStyle(document.activeElement);
                return [s.outlineStyle, s.outlineWidth,
                    s.outlineColor !== getComputedStyle(document.body).backgroundColor]; }"""
        )
        assert ring == ["solid", "3px", True]
    context.close()
