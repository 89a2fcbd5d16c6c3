"""The desk's screens under their policy: a browser runs their own scripts, and nobody else's."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, ConsoleMessage, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import desk_page
from tests.factories import make_post

pytestmark = pytest.mark.django_db(transaction=True)


def test_screens_run_their_own_scripts_and_nobody_elses(
    browser: Browser, own_site: LiveServer
) -> None:
    forbidden: list[str] = []
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    post = make_post(title="A calm day", body=[("paragraph", "<p>Rest.</p>")])

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            forbidden.append(f"{message.page and message.page.url}: {message.text}")

    with desk_page(browser, own_site, "desk", "light") as page:
        page.context.on("console", said)
        page.goto("/admin/reports/site-history/")
        expect(page.locator(".xdsoft_datetimepicker").first).to_be_attached()  # made by a script
        for address in (f"/admin/pages/{post.pk}/edit/", "/admin/", "/admin/subscribers/"):
            page.goto(address, wait_until="networkidle")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=a()>')")
        page.wait_for_function("performance.now() > 0")
    assert [text for text in forbidden if "event handler" not in text] == []
    assert forbidden
