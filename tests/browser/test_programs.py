"""The screens of other programs, and the page that describes the API, as they are seen and read."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.delivery.webhooks import actions
from posts.delivery.webhooks.events import EVENTS
from posts.delivery.webhooks.models import WebhookMessage
from posts.desk.programs import tokens
from tests.browser.conftest import LOOKS, SIZES, desk_page, looked_at
from tests.browser.test_accessibility import AXE, PAGE_RULES


def without_fault(page: Page, within: str) -> None:
    """By axe-core, in this part of the page."""
    page.evaluate(AXE_SCRIPT)
    look = AXE.replace("axe.run(document,", f"axe.run('{within}',")
    assert page.evaluate(look, PAGE_RULES) == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_api_is_described_for_people(
    page: Page, own_site: LiveServer, size: str, scheme: str
) -> None:
    ensure_site()
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for group in ("", "posts/", "subscribers/"):
        page.goto(f"/api/v1/docs/{group}")
        looked_at(page, f"docs-{group.rstrip('/')}-{size}-{scheme}")
        without_fault(page, "html")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_tokens_and_who_is_told_are_seen_to_in_the_desk(
    browser: Browser, own_site: LiveServer, size: str, scheme: str
) -> None:
    ensure_site()
    owner = User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    tokens.make(name="Our shop", scopes=["posts:read", "subscribers:write"], by=owner)
    endpoint, _secret = actions.add_endpoint(
        url=f"https://shop.example/{'told-' * 12}", events=EVENTS, with_address=True, by="ada"
    )
    actions.try_out(endpoint=endpoint)
    WebhookMessage.objects.update(due_at=None, problem="slow", attempts=10)
    actions.try_out(endpoint=endpoint)
    with desk_page(browser, own_site, size, scheme) as page:
        page.goto("/admin/programs/")
        looked_at(page, f"programs-{size}-{scheme}")
        without_fault(page, "main")
        page.get_by_label("Which program it is for").fill("My website")
        page.get_by_label("Write drafts and change them").check()
        page.get_by_role("button", name="Make the token").click()
        expect(page.get_by_text(re.compile("^passalong_"))).to_be_visible()
        looked_at(page, f"token-{size}-{scheme}")
        page.goto("/admin/told/")
        looked_at(page, f"told-{size}-{scheme}")
        without_fault(page, "main")
        page.goto(f"/admin/told/{endpoint.pk}/")
        looked_at(page, f"told-one-{size}-{scheme}")
        without_fault(page, "main")
