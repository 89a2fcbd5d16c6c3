"""What axe-core says of every page and every mail: WCAG 2.2 AA, headings and landmarks."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import SIZES
from tests.browser.shown import Shown

# "best-practice" has what WCAG leaves open: one h1, no level skipped, all of it in landmarks.
PAGE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A mail is shown within a mail program's own page, which has the landmarks.
MAIL_RULES = PAGE_RULES[:-1]
# What a page's colours and width decide. All else is in its HTML, which is looked at once.
LOOKS = ["color-contrast", "link-in-text-block", "target-size"]
AXE = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(
    found => found.violations.flatMap(v => v.nodes.map(n =>
        `${v.id}: ${n.html.slice(0, 200)} (${n.failureSummary.replace(/\\s+/g, ' ')})`)))"""

Faults = dict[str, list[str]]


@pytest.fixture
def calm_page(browser: Browser, live_server: LiveServer, database: None) -> Iterator[Page]:
    """Without motion: a colour on its way from light to dark has no contrast to speak of."""
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def show(page: Page, html: str, headers: dict[str, str]) -> None:
    """Load this HTML as the browser would from our server, with its styles and scripts."""

    def answer(route: Route) -> None:
        route.fulfill(body=html, headers={**headers, "Content-Type": "text/html; charset=utf-8"})

    page.route("**/shown", answer)
    page.goto("/shown")
    page.unroute("**/shown")


def faults(page: Page, rules: list[str]) -> Iterator[tuple[str, list[str]]]:
    page.evaluate(AXE_SCRIPT)
    looked = False
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if found := page.evaluate(AXE, LOOKS if looked else rules):
                yield f"{size}, {scheme}", found
            looked = True


def test_axe_finds_no_fault_in_any_page(calm_page: Page, shown: Shown) -> None:
    found: Faults = {}
    for name, answer in shown.pages.items():
        policy = {"Content-Security-Policy": answer.get("Content-Security-Policy", "")}
        show(calm_page, answer.content.decode(), policy if all(policy.values()) else {})
        found |= {f"{name}: {how}": said for how, said in faults(calm_page, PAGE_RULES)}
    assert found == {}


def test_axe_finds_no_fault_in_any_mail(calm_page: Page, shown: Shown) -> None:
    found: Faults = {}
    for name, html in shown.mails.items():
        show(calm_page, html, {})
        found |= {f"{name}: {how}": said for how, said in faults(calm_page, MAIL_RULES)}
    assert found == {}


def test_axe_does_find_faults(calm_page: Page) -> None:
    show(calm_page, "<!doctype html><title>A</title><img src=a.png><p style='color:#eee'>Pale", {})
    found = [fault for _, faults_found in faults(calm_page, PAGE_RULES) for fault in faults_found]
    assert {"html-has-lang", "image-alt", "color-contrast"} <= {f.split(":")[0] for f in found}
