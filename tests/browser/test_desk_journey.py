"""A writer's whole way, as her browser sees it: sign in, write, try, send, watch, read."""

import re
from contextlib import suppress

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.content.models import PostPage
from posts.delivery.mailings.schedule import release_held
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Mailing
from posts.delivery.status import worker_seen
from posts.delivery.worker.drain import drain_ledger
from posts.desk.welcome import issue_one_time_address
from subscribers.models import Newsletter
from tests.factories import make_post, make_subscriber

READERS = 3


@pytest.fixture
def newsletter(own_site: LiveServer) -> Newsletter:
    newsletter = ensure_site().newsletter
    newsletter.postal_address = "Fern House, 1 Quiet Lane, Ghent"
    newsletter.save()
    for number in range(READERS):
        make_subscriber(newsletter, address=f"reader-{number}@example.org")
    return newsletter


@pytest.fixture
def desk(page: Page, newsletter: Newsletter) -> Page:
    """A wide screen on which the owner has just signed in by a one-time address."""
    owner = User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(issue_one_time_address(user=owner))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your posts")).to_be_visible()
    return page


def write_a_post(page: Page) -> None:
    page.get_by_role("link", name="Write a post").click()
    expect(page.locator(".letter [role=textbox]")).to_be_focused()
    page.keyboard.type("## A small warmth")
    page.keyboard.press("Enter")
    page.keyboard.type("Nothing has to be finished while water warms.")
    page.get_by_placeholder("Title", exact=True).fill("Leave the kettle on")
    expect(page.locator("[name=body-0-value]")).to_have_value(re.compile("water warms"))


def test_from_an_empty_desk_to_a_letter_in_the_outbox(desk: Page) -> None:
    write_a_post(desk)
    desk.get_by_role("button", name="Publish and email…").click()

    # Nothing happened yet: a page says what will, and offers a test.
    expect(desk.get_by_role("heading", name="Leave the kettle on")).to_be_visible()
    expect(desk.get_by_text(f"{READERS} people subscribed to")).to_be_visible()
    assert not PostPage.objects.get().live
    desk.get_by_label("Send a test to").fill("me@letters.example")
    desk.get_by_role("button", name="Send a test").click()
    expect(desk.get_by_text("The test to me@letters.example lies in the outbox")).to_be_visible()
    assert not Mailing.objects.exists()

    desk.get_by_role("button", name=f"Publish and email {READERS} people").click()
    expect(desk.get_by_text(f"0 of {READERS} people settled")).to_be_visible()
    assert PostPage.objects.get().live

    # It is held for a moment; she does not need it.
    worker_seen("host:1")
    expect(desk.get_by_role("button", name="Undo: email nobody")).to_be_visible()
    desk.get_by_text("Start it now…").click()
    desk.get_by_role("button", name=f"Email {READERS} people now").click()
    expect(desk.get_by_text(f"Handing letters over: {READERS} people to go.")).to_be_visible()

    # A worker does its part while the page is open, and the page tells by itself.
    drain_ledger(seconds=10)
    expect(desk.locator("[data-figure=reached]")).to_have_text(str(READERS))
    expect(desk.get_by_text("lies in the outbox on this machine")).to_be_visible()
    expect(desk.locator("[data-count=accepted]")).to_have_text(str(READERS))

    desk.get_by_role("link", name="Read it in the outbox").click()
    expect(desk.get_by_text(f"{READERS + 1} letters, newest first")).to_be_visible()
    desk.get_by_role("searchbox", name="Find the letters to one reader").fill(
        "reader-1@example.org"
    )
    desk.get_by_role("button", name="Find").click()
    desk.get_by_role("link", name="Leave the kettle on").click()
    letter = desk.frame_locator("iframe")
    expect(letter.get_by_role("heading", name="A small warmth")).to_be_visible()
    expect(letter.locator("p", has_text="finished while water warms")).to_be_visible()
    expect(letter.get_by_role("link", name="Unsubscribe")).to_be_visible()


def test_the_time_to_undo_runs_and_the_page_tells_when_it_is_over(desk: Page) -> None:
    post = make_post(title="Leave the kettle on")
    worker_seen("host:1")
    mailing, _ = start_mailing(post=post, by="ada", hold=3600)
    desk.goto(f"/admin/mailings/{mailing.pk}/")
    left = desk.locator("[data-live=left]")
    expect(left).to_have_text(re.compile(r"It starts in 3,\d\d\d seconds\."))
    before = left.inner_text()
    expect(left).not_to_have_text(before)

    # A sweep does its part while the page is open.
    Mailing.objects.update(starts_at=timezone.now())
    assert release_held() == 1
    expect(desk.get_by_text(f"Handing letters over: {READERS} people to go.")).to_be_visible()
    expect(desk.get_by_role("button", name="Undo: email nobody")).to_have_count(0)


def test_undo_takes_one_press(desk: Page) -> None:
    mailing, _ = start_mailing(post=make_post(), by="ada", hold=3600)
    desk.goto(f"/admin/mailings/{mailing.pk}/")
    desk.get_by_role("button", name="Undo: email nobody").click()
    expect(desk.get_by_text("Taken back. Nobody was mailed.")).to_be_visible()
    assert Mailing.objects.get().undone_at is not None


def test_the_side_panel_shows_the_page_the_mail_and_the_text(desk: Page) -> None:
    write_a_post(desk)
    desk.get_by_role("button", name="Toggle preview").click()
    shown = desk.frame_locator("iframe[title=Preview]").last  # a new one takes the old one's place
    expect(shown.get_by_role("link", name="Pass this on").last).to_be_visible()
    show(desk, "Email", shown.get_by_role("link", name="Unsubscribe"))
    show(desk, "Plain text", shown.get_by_text("A small warmth\n--------------"))


def show(desk: Page, mode: str, what: Locator) -> None:
    """Choose it, and once more where it did not stay: Wagtail's panel forgets a choice that is made
    while it saves the draft."""
    for _ in range(5):
        desk.get_by_label("Preview mode").select_option(label=mode)
        with suppress(TimeoutError):
            what.wait_for(timeout=8_000)
            return
    expect(what).to_be_visible()


def test_a_published_post_moves_leaves_and_is_gone(desk: Page, browser: Browser) -> None:
    """A new slug redirects; taking the post off the web, or deleting it, is said kindly."""
    write_a_post(desk)
    desk.get_by_role("button", name="Publish and email…").click()
    desk.get_by_role("button", name="Publish, email nobody").click()
    post = PostPage.objects.get()
    edit = f"/admin/pages/{post.pk}/"

    desk.goto(f"{edit}edit/")
    desk.get_by_role("tab", name="Sharing and settings").click()
    desk.locator("#id_slug").fill("the-kettle")
    desk.get_by_role("button", name="More actions").click()
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.get_by_text("published", exact=False).first).to_be_visible()
    desk.goto("/leave-the-kettle-on/")
    expect(desk).to_have_url(f"{desk.evaluate('location.origin')}/the-kettle/")

    desk.goto(f"{edit}unpublish/")
    desk.get_by_role("button", name="Yes, unpublish it").click()
    answer = desk.goto("/the-kettle/")
    assert answer is not None
    assert answer.status == 410

    desk.goto(f"{edit}delete/")
    desk.get_by_role("button", name="Delete the post").click()
    answer = desk.goto("/the-kettle/")
    assert answer is not None
    assert answer.status == 410
    expect(desk.get_by_role("link", name="See all posts")).to_be_visible()
