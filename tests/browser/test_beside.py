"""What stands beside a letter while it is written: beginnings, help, and previews."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.content.models import HomePage, PostPage
from posts.delivery.transports.records import Lookup
from tests.browser.conftest import LOOKS, desk_page, looked_at
from tests.browser.test_accessibility import AXE
from tests.factories import make_newsletter, make_post, make_subscriber

HARD = (
    "Interdisciplinary rehabilitation necessitates continuous individualised re-evaluation of "
    "psychophysiological capacity alongside organisational responsibilities and expectations."
)
EASY = "Some days the kettle is the whole plan. You sit. You wait. The water sings. " * 4
OURS = "[data-beginnings], .desk-help, .letter"


@pytest.fixture(params=[pytest.param(look.values, marks=look.marks) for look in LOOKS])
def screen_of(
    request: pytest.FixtureRequest, browser: Browser, own_site: LiveServer
) -> Iterator[tuple[Page, str]]:
    size, scheme = request.param
    ensure_site()
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    with desk_page(browser, own_site, size, scheme) as page:
        trouble: list[str] = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        yield page, f"{size}-{scheme}"
        page.goto("about:blank")
        assert not trouble


def write(page: Page, ending: str = "") -> None:
    page.goto(f"/admin/pages/add/posts/postpage/{HomePage.objects.get().pk}/{ending}")
    expect(page.locator(".letter [role=textbox]").first).to_be_visible()


def axe(page: Page, where: str) -> None:
    page.evaluate(AXE_SCRIPT)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    assert page.evaluate(AXE.replace("axe.run(document", f"axe.run('{where}'"), rules) == []


def test_an_empty_letter_offers_to_begin_and_help_reads_along(
    screen_of: tuple[Page, str],
) -> None:
    page, name = screen_of
    write(page)
    looked_at(page, f"begin-{name}")
    axe(page, "[data-beginnings]")
    expect(page.locator(".letter [role=textbox]").first).to_be_focused()
    for _ in range(10):  # backwards from the text, past what stands beside its line
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.value") == "practice":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".letter")).to_contain_text("This is a small practice for")
    expect(page.locator("[data-beginnings]")).to_be_hidden()
    page.keyboard.type("a slow day")  # the first gap is where the cursor stands
    expect(page.locator(".letter")).to_contain_text("small practice for a slow day. It takes")
    page.wait_for_function("() => /pages.[0-9]+.edit/.test(location.pathname)")
    looked_at(page, f"begun-{name}")

    page.get_by_role("button", name="Toggle help while writing").press("Enter")
    said = page.locator("[data-writing-said]")
    expect(said).to_contain_text("Still to be filled in")
    page.wait_for_timeout(700)  # the panel slides in
    looked_at(page, f"help-{name}")
    axe(page, ".desk-help")
    said.get_by_role("button", name="the first step, in one sentence").press("Enter")
    page.wait_for_timeout(700)
    page.keyboard.type("Sit down.")
    steps = page.locator(".letter [role=textbox] li")
    expect(steps.first).to_have_text("Sit down.")
    expect(page.locator(".letter-status")).to_have_text("Saved")
    kept = PostPage.objects.get().get_latest_revision_as_object()
    assert "Sit down." in str(kept.body)


def test_the_hardest_sentence_is_found_again(screen_of: tuple[Page, str]) -> None:
    page, name = screen_of
    write(page)
    page.locator(".letter [role=textbox]").first.click()
    page.keyboard.type(f"🌿 {EASY}")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(f"🌿🌿 It is late. {HARD}")
    page.keyboard.type(" Rest.")
    page.get_by_role("button", name="Toggle help while writing").click()
    place = page.locator("[data-writing-said] .desk-help-place")
    expect(place).to_contain_text("Interdisciplinary")
    page.wait_for_timeout(700)
    looked_at(page, f"hard-{name}")
    place.click()
    page.wait_for_timeout(700)
    assert page.evaluate("getSelection().toString()").strip() == HARD


MODES = ["", "email", "email-dark", "email-no-pictures", "text", "short", "discreet"]


def choose(page: Page, mode: str) -> None:
    """Once more where it did not stay: Wagtail's panel forgets a choice that is made while it saves
    the draft."""
    loaded = re.compile(rf"mode={mode}&" if mode else "mode=&|/preview/.in_preview")
    frame = page.locator("#w-preview-iframe")
    for _ in range(5):
        page.locator("#id_preview_mode").select_option(mode)
        with suppress(AssertionError):
            expect(frame).to_have_attribute("src", loaded, timeout=8_000)
            return
    expect(frame).to_have_attribute("src", loaded)


def test_previews_change_beside_the_text(screen_of: tuple[Page, str]) -> None:
    page, name = screen_of
    write(page)
    page.locator("#id_title").fill("Tea first")
    page.locator(".letter [role=textbox]").first.click()
    page.keyboard.type("Not saved by anybody yet.")
    page.get_by_role("button", name="Toggle preview").click()
    page.wait_for_timeout(700)
    for mode in MODES:
        choose(page, mode)
        frame = page.frame_locator("#w-preview-iframe")
        words = {"short": "There is no short version"}.get(mode, "Not saved by anybody yet.")
        expect(frame.locator("body")).to_contain_text(words)
        page.wait_for_timeout(300)
        looked_at(page, f"preview-{mode or 'web'}-{name}")


def test_the_screens_around_them(
    screen_of: tuple[Page, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, name = screen_of
    monkeypatch.setattr(Lookup, "_ask", lambda *_: [])
    monkeypatch.setattr(Lookup, "has_dkim", lambda *_: False)
    cache.clear()
    page.goto("/admin/")
    expect(page.locator(".desk-beginnings a")).to_have_count(4)
    looked_at(page, f"steps-{name}")
    axe(page, "#first-steps-section, .desk-steps")
    post = make_post(
        live=False,
        title="A slow morning",
        body=[("paragraph", "<p>Tea, and then [[your first name here]].</p>")],
        newsletter=make_newsletter(from_email="ada@fern.garden"),
    )
    make_subscriber(post.newsletter)
    page.goto(f"/admin/posts/{post.pk}/template/")
    looked_at(page, f"keep-{name}")
    axe(page, ".desk-page")
    page.get_by_role("button", name="Keep as a template").press("Enter")
    expect(page.locator(".desk-letters")).to_contain_text("A slow morning")
    looked_at(page, f"templates-{name}")
    axe(page, ".desk-page")
    settings.EMAIL_URL = "smtp://mail.fern.garden"
    page.goto(f"/admin/posts/{post.pk}/email/")
    checks = page.locator("section:has(#checks-heading)")
    expect(checks).to_contain_text("v=spf1 mx a:mail.fern.garden ~all")
    expect(checks).to_contain_text("looks as if it was to be filled in")
    looked_at(page, f"checklist-{name}")
    axe(page, ".desk-box")
