"""The friend's whole way on her phone: from a mail that was forwarded to her to a list of her own.

Without scripts and with them, and each time in another language: she is told by its pages alone
what to do.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage, SiteSettings
from posts.sharing.queries import share_url
from subscribers import tasks
from subscribers.actions import add_confirmed
from subscribers.addresses import normalise
from subscribers.models import Subscription
from tests.browser.test_reader_journey import READER, letters, link_in, text_of, the_letter
from tests.factories import make_newsletter, make_post

FRIEND = "friend@example.net"

NAMES = ("scripts", "language")
each_way = pytest.mark.parametrize(NAMES, [(True, "en"), (False, "de")])


@pytest.fixture
def post(own_site: LiveServer, language: str) -> PostPage:
    SiteSettings.load()
    SiteSettings.objects.update(language=language)
    newsletter = make_newsletter(name="Slow mornings", slug="slow")
    make_newsletter(name="Evenings", slug="evenings")
    add_confirmed(address=normalise(READER), newsletter=newsletter, source="test", by="ada")
    return make_post(
        title="Leave the kettle on",
        slug="kettle",
        newsletter=newsletter,
        language=language,
        visibility=PostPage.Visibility.SUBSCRIBERS,
    )


@pytest.fixture
def phone(browser: Browser, own_site: LiveServer, scripts: bool) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=own_site.url,
        java_script_enabled=scripts,
        viewport={"width": 375, "height": 812},
    )
    yield context
    assert context.cookies() == []
    context.close()


def pressed(page: Page) -> None:
    """The one thing to press of what the page asks."""
    page.locator("main form [type=submit]").last.click()


@pytest.mark.parametrize(NAMES, [(True, "en"), (False, "de"), (True, "es"), (False, "fr")])
def test_from_a_forwarded_mail_to_a_list_of_her_own(phone: BrowserContext, post: PostPage) -> None:
    letter = the_letter(post)
    page = phone.new_page()

    # Near the top the mail tells her where to read, and the page is the whole letter.
    top, found, _rest = text_of(letter).partition("Rest is not a reward.")
    assert found
    read, get_the_next = [line for line in top.splitlines() if line.startswith("http")]
    assert read == share_url(post)
    page.goto(read)
    expect(page.get_by_role("heading", level=1)).to_have_text(post.title)
    expect(page.get_by_text("Rest is not a reward.")).to_be_visible()

    # The other address knows which newsletter it was.
    page.goto(get_the_next)
    expect(page.locator("[name=newsletter][value=slow]")).to_be_checked()
    expect(page.locator("[name=newsletter][value=evenings]")).not_to_be_checked()
    page.locator("main [name=email]").fill(FRIEND)
    pressed(page)
    expect(page).to_have_url(re.compile("/subscribe/$"))
    tasks.mail_what_is_due()
    page.goto(link_in(letters()[-1], "confirm"))
    pressed(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    ties = Subscription.objects.filter(subscriber__address=FRIEND)
    assert [(tie.newsletter.slug, tie.status) for tie in ties] == [("slow", "active")]


@each_way
def test_she_is_asked_before_she_unsubscribes_another_who_can_take_it_back(
    phone: BrowserContext, post: PostPage
) -> None:
    letter = the_letter(post)
    page = phone.new_page()
    page.goto(link_in(letter, "unsubscribe"))
    notice = page.locator(".notice")
    expect(notice).to_be_in_viewport()
    button = page.locator("main form [type=submit]").first
    assert page.locator(".notice, main button").first.evaluate("e => e.matches('.notice')")
    assert notice.get_by_role("link").get_attribute("href") == "/subscribe/?newsletter=slow"

    # She pressed it all the same: the reader's mail says so, and leads back for a week.
    button.click()
    reader = Subscription.objects.get(subscriber__address=READER)
    assert reader.status == "unsubscribed"
    tasks.mail_what_is_due()
    goodbye = letters()[-1]
    assert goodbye["To"] == READER
    page.goto(link_in(goodbye, "unsubscribe"))
    reader.refresh_from_db()
    assert reader.status == "unsubscribed"  # looking takes nothing back
    pressed(page)
    reader.refresh_from_db()
    assert reader.status == "active"


@each_way
def test_a_share_page_that_was_sent_by_mistake_leads_to_the_letter(
    phone: BrowserContext, post: PostPage
) -> None:
    page = phone.new_page()
    page.goto(link_in(the_letter(post), r"s/\w+/share"))
    page.locator("main a").first.click()  # before everything else
    expect(page).to_have_url(share_url(post))
    expect(page.get_by_text("Rest is not a reward.")).to_be_visible()


@each_way
def test_one_tap_in_the_mail_writes_to_a_friend(phone: BrowserContext, post: PostPage) -> None:
    html = the_letter(post).get_body(("html",))
    assert html is not None
    page = phone.new_page()
    page.set_content(str(html.get_content()))
    written = page.locator("a[href^='mailto:?']")
    expect(written).to_have_count(1)
    fields = parse_qs(urlsplit(str(written.get_attribute("href"))).query)
    assert fields["subject"] == [post.title]
    assert fields["body"][0].endswith(f"\r\n\r\n{post.title}\r\n{share_url(post)}")
    expect(page.get_by_text(share_url(post), exact=True)).to_be_visible()
