"""What is pressed twice, by a trembling hand or for a slow site, happens once."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.desk.programs.models import ProgramToken
from tests.browser.conftest import signed_in
from tests.factories import make_subscriber

PRESS_TWICE = "(it) => { it.click(); setTimeout(() => it.click(), 400); }"


@pytest.fixture
def desk(context: BrowserContext, own_site: LiveServer) -> Page:
    newsletter = ensure_site().newsletter
    for number in range(2):
        make_subscriber(newsletter, address=f"reader-{number}@example.org")
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    return signed_in(context, own_site)


def test_a_token_asked_for_twice_is_made_once(desk: Page) -> None:
    desk.goto("/admin/programs/")
    desk.get_by_label("Which program it is for").fill("My website")
    desk.get_by_label("Write drafts and change them").check()
    held: list[Route] = []

    def hold(route: Route) -> None:  # as on a slow site
        held.append(route)

    desk.route("**/admin/programs/**", hold)
    desk.get_by_role("button", name="Make the token").evaluate(PRESS_TWICE)
    desk.wait_for_timeout(1500)
    assert len(held) == 1
    held[0].continue_()
    expect(desk.get_by_text("passalong_").first).to_be_visible()
    assert ProgramToken.objects.count() == 1


def test_a_list_is_downloaded_anew_when_others_were_chosen(desk: Page) -> None:
    desk.goto("/admin/subscribers/")
    desk.get_by_label("What", exact=True).select_option("export")
    for choose in ("check", "uncheck"):
        for box in desk.get_by_role("checkbox", name="@").all():
            getattr(box, choose)()
        desk.get_by_role("checkbox", name="reader-0").check()
        with desk.expect_download() as download:
            desk.get_by_role("button", name="Go on…").click()
        assert download.value.path().read_text().count("@") == (2 if choose == "check" else 1)
