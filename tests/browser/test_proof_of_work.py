"""In a browser with scripts a sign-up brings its proof of work along; she notices nothing."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from subscribers.limits import throttle
from subscribers.limits.models import WaitingSignUp
from tests.factories import make_post

READER = "reader@example.org"


@pytest.fixture(autouse=True)
def site(own_site: LiveServer) -> None:
    ensure_site()
    make_post(title="Leave the kettle on", slug="kettle")


@pytest.mark.parametrize("address", ["/subscribe/", "/kettle/"])
def test_a_sign_up_is_proven_where_scripts_run(
    page: Page, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody gets through without.
    monkeypatch.setattr(throttle, "PER_NETWORK_UNPROVEN", (throttle.Limit(0, throttle.HOUR),))
    page.goto(address)
    page.get_by_label("Your email address").fill(READER)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
    assert WaitingSignUp.objects.get().address == READER
    assert not page.context.cookies()


def test_without_a_challenge_the_form_goes_all_the_same(page: Page) -> None:
    page.route("**/subscribe/challenge/", lambda route: route.abort())
    page.goto("/subscribe/")
    page.get_by_label("Your email address").fill(READER)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()


def test_what_was_typed_is_kept_where_too_many_sign_up(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "PER_NETWORK", (throttle.Limit(0, throttle.HOUR),))
    page.goto("/subscribe/")
    page.get_by_label("Your email address").fill(READER)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Please come back a little later")).to_be_visible()
    expect(page.get_by_label("Your email address")).to_have_value(READER)
    monkeypatch.undo()
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
