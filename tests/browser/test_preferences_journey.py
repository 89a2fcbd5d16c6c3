"""Her own page in a real browser, with and without scripts, and what a forwarded mail can do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.delivery.mailings.start import start_mailing
from posts.delivery.worker.drain import drain_ledger
from subscribers import actions, tasks
from subscribers.addresses import normalise
from subscribers.models import Subscriber, Subscription
from tests.factories import make_newsletter, make_post
from tests.journeys.telling import all_rows, latest_to, letters, link_in, links_in

READER, MOVED = "marit.vale@reading.example", "marit@moved.example"


@pytest.fixture
def post(own_site: LiveServer) -> PostPage:
    newsletter = make_newsletter(name="Slow mornings", slug="slow")
    return make_post(title="Leave the kettle on", slug="kettle", newsletter=newsletter)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, own_site: LiveServer) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(
        base_url=own_site.url,
        java_script_enabled=request.param,
        viewport={"width": 375, "height": 812},
    )
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def person() -> Subscriber:
    return Subscriber.objects.get()


def status() -> str:
    return str(Subscription.objects.get().status)


def subscribe(page: Page) -> None:
    page.goto("/kettle/")
    page.get_by_label("Your email address").fill(READER)
    page.keyboard.press("Enter")
    heading(page, "Look in your mailbox")
    tasks.mail_what_is_due()
    page.goto(link_in(latest_to(READER), "confirm"))
    press(page, "Yes, subscribe me")
    heading(page, "You’re on the list")
    tasks.mail_what_is_due()
    assert "Welcome" in latest_to(READER)["Subject"]


def send(post: PostPage) -> None:
    start_mailing(post=post, by="ada")
    drain_ledger(seconds=10)


def open_own_page(page: Page, address: str) -> None:
    """By the link at the end of her letter, which knows nobody."""
    page.goto("/preferences/")
    page.get_by_label("Your email address").fill(address)
    press(page, "Send me my link")
    heading(page, "Look in your mailbox")
    tasks.mail_what_is_due()
    page.goto(link_in(latest_to(address), "preferences"))
    heading(page, "Your page")


def change(page: Page, what: str) -> None:
    page.get_by_text(f"Change: {what}").click()


def change_address(page: Page) -> None:
    change(page, "Where mails go")
    page.get_by_label("New email address").fill(MOVED)
    press(page, "Save")
    expect(page.get_by_text("A mail went to the old and to the new mailbox")).to_be_visible()
    tasks.mail_what_is_due()
    for address, said in (
        (READER, "One mailbox said yes"),
        (MOVED, "Your mails have a new address"),
    ):
        page.goto(link_in(latest_to(address), "preferences/address"))
        press(page, "Yes, change the address")
        heading(page, said)
    assert person().address == MOVED


def test_from_signing_up_to_being_forgotten(page: Page, post: PostPage) -> None:
    subscribe(page)
    send(post)
    assert latest_to(READER)["Subject"] == post.title
    page.goto(post.public_url)
    heading(page, post.title)

    # Each thing by itself.
    open_own_page(page, READER)
    expect(page.get_by_text(READER, exact=True)).to_be_visible()
    change(page, "How much of it")
    page.get_by_label("The short version").check()
    press(page, "Save")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert person().edition == "short"

    # What is missing is said.
    page.get_by_text("Another time").click()
    press(page, "Rest until that day")
    problems = page.get_by_role("alert")
    expect(problems).to_contain_text("Choose the day on which mails go on.")
    problems.get_by_role("link").click()
    assert page.url.endswith("#id_rest_until")
    day = timezone.localdate() + timedelta(days=9)
    page.get_by_label("Mails go on from").fill(day.isoformat())
    press(page, "Rest until that day")
    expect(page.get_by_text("You rest from mails until")).to_be_visible()
    assert person().resting_until == day
    press(page, "I’m back")
    expect(page.get_by_role("status")).to_contain_text("Welcome back")
    assert person().resting_until is None

    # A rest is one tap.
    press(page, "A week")
    expect(page.get_by_text("You rest from mails until")).to_be_visible()
    press(page, "I’m back")
    assert person().resting_until is None

    change_address(page)

    # Leaving and back, by a letter at the new address.
    send(make_post(title="Sit by the window", newsletter=post.newsletter))
    page.goto(link_in(latest_to(MOVED), "unsubscribe"))
    press(page, "Unsubscribe")
    heading(page, "You’re unsubscribed")
    tasks.mail_what_is_due()
    page.goto(link_in(latest_to(MOVED), "unsubscribe"))  # by the goodbye
    page.get_by_role("button").click()
    heading(page, "You’re still on the list")
    assert status() == "active"

    # Forgotten, and no old list brings her back.
    open_own_page(page, MOVED)
    press(page, "Erase me…")
    heading(page, "Erase everything?")
    assert Subscriber.objects.exists()
    press(page, "Yes, erase me")
    heading(page, "You’re forgotten")
    assert not Subscriber.objects.exists()
    for address in (READER, MOVED):
        assert not actions.add_confirmed(
            address=normalise(address), newsletter=post.newsletter, source="old list", by="ada"
        )


def test_the_download(page: Page, post: PostPage) -> None:
    subscribe(page)
    open_own_page(page, READER)
    with page.expect_download() as download:
        press(page, "Download everything")
    assert READER in Path(download.value.path()).read_text()


def test_whoever_opens_the_links_of_a_forwarded_mail_changes_and_learns_nothing(
    page: Page, post: PostPage
) -> None:
    """As a scanner does that runs scripts: opened, scrolled, waited for."""
    subscribe(page)
    Subscriber.objects.update(name="Marit Vale", edition="step", discreet=False)
    send(post)
    before = all_rows()
    site = page.context.new_page()
    for letter in letters():
        for link in sorted(links_in(letter)):
            site.goto(link)
            site.wait_for_load_state("networkidle")
            site.mouse.wheel(0, 5000)
            shown = site.content()
            assert READER not in shown
            assert "Marit" not in shown
    assert all_rows() == before


def test_her_page_fits_a_phone_and_every_target_a_thumb(page: Page, post: PostPage) -> None:
    subscribe(page)
    open_own_page(page, READER)
    for each in page.locator("main summary").all():
        each.click()
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 375
    for target in page.locator("main :is(.choice, button, select, summary)").all():
        size = target.bounding_box()
        assert size is not None
        assert size["height"] >= 44
