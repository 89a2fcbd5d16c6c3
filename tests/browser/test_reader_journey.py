"""A reader's whole way on her phone: sign up, confirm, read, pass on, leave, come back.

Once with scripts and once without, for every step has to work without them.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.delivery.mailings.start import start_mailing
from posts.delivery.worker.drain import drain_ledger
from posts.sharing.queries import share_url
from subscribers import tasks
from subscribers.models import Subscription
from tests.factories import make_newsletter, make_post

READER = "reader@example.org"


@pytest.fixture
def post(own_site: LiveServer) -> PostPage:
    newsletter = make_newsletter(name="Slow mornings")
    return make_post(
        title="Leave the kettle on",
        slug="kettle",
        newsletter=newsletter,
        short_version="<p>Warm water first.</p>",
    )


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, own_site: LiveServer
) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=own_site.url,
        java_script_enabled=request.param,
        viewport={"width": 375, "height": 812},
        color_scheme="dark",
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield context
    assert context.cookies() == []
    context.close()


def letters() -> list[EmailMessage]:
    """What lies in the outbox, the latest last."""
    found = (Path(settings.DATA_DIR) / "outbox" / "new").iterdir()
    files = sorted(found, key=lambda file: file.stat().st_mtime_ns)
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(letter: EmailMessage, path: str) -> str:
    """The first link of the text part whose path begins so."""
    found = re.search(rf"http://[^/\s]+/{path}/\S*", text_of(letter))
    assert found, text_of(letter)
    return found[0]


def status() -> str:
    return str(Subscription.objects.get(subscriber__address=READER).status)


def sign_up(page: Page) -> str:
    """By the quiet line below a post. Returns the page that answers, for comparison."""
    page.goto("/kettle/")
    page.get_by_label("Your email address").fill(READER)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    tasks.mail_what_is_due()
    return str(page.locator("main").inner_text())


def subscribe(page: Page) -> None:
    sign_up(page)
    assert status() == "pending"
    page.goto(link_in(letters()[-1], "confirm"))
    assert status() == "pending"  # looking confirms nothing; mail scanners look at every link
    page.get_by_role("button", name="Yes, subscribe me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re on the list")
    tasks.mail_what_is_due()
    assert status() == "active"


def the_letter(post: PostPage) -> EmailMessage:
    """The post as it came to the reader."""
    start_mailing(post=post, by="ada")
    drain_ledger(seconds=10)
    letter = letters()[-1]
    assert letter["Subject"] == post.title
    assert letter["To"] == READER
    return letter


def test_from_signing_up_to_leaving_and_back(phone: BrowserContext, post: PostPage) -> None:
    page = phone.new_page()
    subscribe(page)
    assert "Welcome" in letters()[-1]["Subject"]
    letter = the_letter(post)

    # Read online, the short version first.
    assert post.public_url in text_of(letter).splitlines()
    page.goto(post.public_url)
    page.get_by_text("Short version").click()
    expect(page.get_by_text("Warm water first.")).to_be_visible()

    # The link in the mail leads to a page that asks; the button ends it at once.
    page.goto(link_in(letter, "unsubscribe"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Stop these mails?")
    assert status() == "active"
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re unsubscribed")
    assert status() == "unsubscribed"

    # A slip of the finger is taken back on the same page.
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re still on the list")
    assert status() == "active"


def test_passing_on_from_the_mail(phone: BrowserContext, post: PostPage) -> None:
    page = phone.new_page()
    subscribe(page)
    page.goto(link_in(the_letter(post), "kettle/share"))
    link = page.get_by_label("The link")
    expect(link).to_have_value(share_url(post))
    copy = page.get_by_role("button", name="Copy the link")
    if copy.count():
        copy.click()
        expect(page.get_by_text("Copied", exact=True)).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == share_url(post)

    # Whoever gets the link reads all of it.
    other = phone.new_page()
    other.goto(link.input_value())
    expect(other.get_by_role("heading", level=1)).to_have_text(post.title)
    expect(other.get_by_text("Rest is not a reward.")).to_be_visible()


def test_who_is_known_gets_the_same_answer_and_another_mail(
    phone: BrowserContext, post: PostPage
) -> None:
    page = phone.new_page()
    first = sign_up(page)
    page.goto(link_in(letters()[-1], "confirm"))
    page.get_by_role("button", name="Yes, subscribe me").click()
    assert sign_up(page) == first
    assert "already" in letters()[-1]["Subject"] + text_of(letters()[-1])


def test_the_mail_program_ends_it_at_once_however_it_writes_the_form(
    phone: BrowserContext, post: PostPage
) -> None:
    subscribe(phone.new_page())
    address = the_letter(post)["List-Unsubscribe"].strip("<>")
    answers = [
        phone.request.post(address, form={"List-Unsubscribe": "One-Click"}),
        phone.request.post(address, multipart={"List-Unsubscribe": "One-Click"}),
        phone.request.post(address.rstrip("/"), form={"List-Unsubscribe": "One-Click"}),
    ]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert [answer.url for answer in answers[:2]] == [address, address]  # never redirected
    assert status() == "unsubscribed"
