"""“This helped me”, with and without scripts, on the post and behind its share link."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.sharing import counting, readers
from posts.sharing.actions import ensure_link
from posts.sharing.models import DailyCount
from tests.factories import make_post


@pytest.fixture
def post(database: None, monkeypatch: pytest.MonkeyPatch) -> PostPage:
    # The browser of these tests says that it has no head, and so is no reader's.
    monkeypatch.setattr(readers, "_is_machine", lambda name: False)
    return make_post(slug="kettle")


def presses() -> int:
    return sum(DailyCount.objects.values_list("helped", flat=True))


@pytest.mark.parametrize("through_link", [False, True])
def test_with_scripts_it_happens_in_place_and_is_remembered_in_the_tab(
    page: Page, post: PostPage, through_link: bool
) -> None:
    address = f"/s/{ensure_link(post=post).code}" if through_link else "/kettle/"
    page.goto(address)
    button = page.get_by_role("button", name="This helped me")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Thank you. It is good to know.")
    expect(button).to_be_focused()
    button.click(force=True)
    page.reload()
    expect(page.get_by_role("status")).to_have_text("Thank you. It is good to know.")
    assert presses() == 1
    assert page.context.cookies() == []
    counting.write_waiting()
    reads = sum(DailyCount.objects.values_list("reads", flat=True))
    assert reads == (2 if through_link else 0)  # the reload is a read, as the desk says


def test_what_did_not_reach_us_is_said(page: Page, post: PostPage) -> None:
    page.goto("/kettle/")
    page.route("**/helped/", lambda route: route.abort())
    page.get_by_role("button", name="This helped me").click()
    expect(page.get_by_role("status")).to_contain_text("did not reach us")
    page.unroute("**/helped/")
    page.get_by_role("button", name="This helped me").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you")
    assert presses() == 1


@pytest.mark.parametrize("through_link", [False, True])
def test_without_scripts_a_page_thanks_and_offers_to_pass_it_on(
    browser: Browser, live_server: LiveServer, post: PostPage, through_link: bool
) -> None:
    address = f"/s/{ensure_link(post=post).code}" if through_link else "/kettle/"
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="This helped me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. It is good to know.")
    page.reload()
    assert presses() == 1
    page.get_by_role("link", name="Pass this on").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pass this on")
    context.close()
