"""The screen about sending: by keyboard alone, on a phone and on a desk, by day and by night."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.delivery.rate.models import SendingSettings
from posts.desk.welcome import issue_one_time_address
from tests.browser.conftest import LOOKS, SIZES


@pytest.fixture
def screen(page: Page, own_site: LiveServer) -> Page:
    ensure_site()
    owner = User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    page.goto(issue_one_time_address(user=owner))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    page.goto("/admin/sending/")
    return page


def test_a_limit_is_set_by_keyboard_after_a_mistake_that_is_explained(screen: Page) -> None:
    screen.get_by_label("In an hour").focus()
    screen.keyboard.type("many")
    screen.keyboard.press("Tab")
    screen.keyboard.type("2000")
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("alert")).to_contain_text("In an hour: Write a whole number")
    screen.get_by_role("alert").get_by_role("link").focus()
    screen.keyboard.press("Enter")
    expect(screen).to_have_url(re.compile("#id_per_hour$"))
    screen.get_by_label("In an hour").focus()
    screen.keyboard.press("ControlOrMeta+a")
    screen.keyboard.type("500")
    screen.keyboard.press("Enter")
    expect(screen.get_by_text("At most 500 in an hour.")).to_be_visible()
    row = SendingSettings.objects.get()
    assert (row.per_hour, row.per_day) == (500, 2000)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_it_fits_its_screen_and_is_easy_to_hit(screen: Page, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    screen.set_viewport_size({"width": width, "height": height})
    screen.emulate_media(color_scheme=scheme)
    assert screen.evaluate("document.documentElement.scrollWidth") == width
    for control in screen.locator(".desk-form input:visible, .desk-form button").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44
