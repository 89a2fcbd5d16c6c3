"""Passing a post on, with and without scripts."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link
from posts.sharing.models import CoveringNote
from posts.sharing.queries import absolute, share_url
from subscribers.limits.models import WaitingSignUp
from tests.factories import make_post


def test_the_button_copies_the_link_and_says_so(context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    post = make_post(slug="kettle")
    page.goto("/kettle/share/")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    expect(page.get_by_role("status").first).to_have_text("Now you can paste it.")
    assert page.evaluate("navigator.clipboard.readText()") == share_url(post)


def test_the_whole_message_is_copied_with_the_words_that_were_chosen(
    context: BrowserContext, page: Page
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    post = make_post(slug="kettle", title="The kettle")
    CoveringNote.objects.create(text="For you.", sort_order=1)
    CoveringNote.objects.create(text="Read it slowly.", sort_order=2)
    page.goto("/kettle/share/")
    page.get_by_text("Other words").click()
    page.get_by_role("link", name="Read it slowly.").click()
    expect(page.get_by_label("The message")).to_have_value(
        f"Read it slowly.\n\nThe kettle\n{share_url(post)}"
    )
    page.get_by_role("link", name="Signal").click()  # which no page can fill in
    expect(page.get_by_role("link", name="Copied")).to_be_visible()
    page.get_by_role("button", name="Copy the message").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.get_by_role("link", name="Signal")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"Read it slowly.\n\nThe kettle\n{share_url(post)}"


def test_the_page_is_printed_as_a_handout(page: Page) -> None:
    post = make_post(slug="kettle", title="The kettle")
    page.add_init_script("window.print = () => { window.printed = true; }")
    page.goto("/kettle/share/")
    page.get_by_role("button", name="Print this page").click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    for shown in (page.get_by_text("The kettle", exact=True), page.get_by_label("The link")):
        expect(shown).to_be_visible()
    expect(page.get_by_label("The link")).to_have_value(share_url(post))
    expect(page.get_by_role("img", name="QR code with the link")).to_be_visible()
    expect(page.get_by_label("The message")).to_be_hidden()
    expect(page.get_by_role("link", name="WhatsApp")).to_be_hidden()


def test_where_copying_is_refused_the_link_is_selected_instead(page: Page) -> None:
    post = make_post(slug="kettle")
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})"
    )
    page.goto("/kettle/share/")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("status").first).to_contain_text("It is selected")
    selected = "(f => f.value.slice(f.selectionStart, f.selectionEnd))(document.activeElement)"
    assert page.evaluate(selected) == share_url(post)


def test_the_devices_own_share_sheet_is_offered_where_there_is_one(page: Page) -> None:
    post = make_post(slug="kettle", title="The kettle")
    page.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    page.goto("/kettle/share/")
    page.get_by_role("button", name="Share with an app").click()
    shared = page.evaluate("window.shared")
    assert shared["url"] == share_url(post)
    assert shared["title"] == "The kettle"


def test_closing_the_share_sheet_is_no_trouble(page: Page) -> None:
    make_post(slug="kettle")
    page.add_init_script(
        "navigator.share = async () => { throw new DOMException('closed', 'AbortError'); }"
    )
    page.goto("/kettle/share/")
    page.get_by_role("button", name="Share with an app").click()
    page.wait_for_timeout(200)
    expect(page.get_by_role("status").first).to_be_empty()


def test_the_keyboard_reaches_the_button_the_ways_and_the_link(page: Page) -> None:
    make_post(slug="kettle")
    page.goto("/kettle/share/")
    page.get_by_role("button", name="Copy the link").focus()
    for way in ("Email", "Text message", "WhatsApp", "Signal", "Telegram"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=way)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("The link")).to_be_focused()
    assert page.evaluate("document.activeElement.selectionEnd") > 0  # all of it is selected


SHEET = """
    window.shared = [];
    navigator.share = async (what) => { window.shared.push(what); };
"""


def test_all_ways_are_on_the_first_screen_of_a_phone(page: Page) -> None:
    post = make_post(slug="kettle", title="What the kettle knows about slow mornings")
    page.add_init_script(SHEET)
    page.goto(f"{urlsplit(share_url(post)).path}/share/")
    for way in ("Email", "Text message", "WhatsApp", "Signal", "Telegram"):
        expect(page.get_by_role("link", name=way)).to_be_in_viewport(ratio=1)
    for button in ("Share with an app", "Copy the link"):
        expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)


def shared(page: Page) -> list[dict[str, str]]:
    found: list[dict[str, str]] = page.evaluate("window.shared")
    return found


def test_one_tap_on_an_open_page_opens_the_device_s_sheet_with_the_right_link(
    page: Page, own_site: LiveServer
) -> None:
    """On each kind of page, with the link by which it was opened."""
    hidden = PostPage.Visibility.SUBSCRIBERS
    kettle = make_post(slug="kettle", title="The kettle", short_version="<p>Tea.</p>")
    plain = ensure_link(post=kettle)
    secret = ensure_link(post=make_post(title="Kept", visibility=hidden))
    page.add_init_script(SHEET)
    for address, code, title in (
        ("/kettle/", plain.code, "The kettle"),
        (f"/s/{plain.code}", plain.code, "The kettle"),
        (f"/s/{plain.discreet_code}", plain.discreet_code, "Something to read"),
        (f"/s/{secret.code}", secret.code, "Kept"),
    ):
        page.goto(address)
        early, late = page.get_by_role("link", name="Pass this on").all()
        expect(early).to_be_in_viewport()  # for who falls asleep halfway
        early.click()
        late.click()
        expect(page).to_have_url(re.compile(f"{address}$"))
        assert [what["url"] for what in shared(page)] == [absolute(code)] * 2
        assert shared(page)[0]["title"] == title
        expect(page.get_by_role("link", name="Other ways to pass it on")).to_be_visible()
    page.goto("/kettle/")
    page.get_by_text("Short version").click()
    page.get_by_role("link", name="Pass on just this").click()
    assert shared(page)[0]["url"] == f"{absolute(plain.code)}#short-version"


def test_who_follows_a_link_to_the_short_version_finds_it_open(page: Page) -> None:
    post = make_post(short_version="<p>Tea is enough.</p>")
    page.goto(f"{urlsplit(share_url(post)).path}#short-version")
    expect(page.get_by_text("Tea is enough.")).to_be_in_viewport()


@pytest.mark.parametrize("trouble", ["AbortError", "NotAllowedError"])
def test_who_closes_the_sheet_stays_and_where_there_is_none_all_ways_are_shown(
    page: Page, own_site: LiveServer, trouble: str
) -> None:
    make_post(slug="kettle")
    page.add_init_script(
        f"navigator.share = async () => {{ throw new DOMException('no', '{trouble}'); }}"
    )
    page.goto("/kettle/")
    page.get_by_role("link", name="Pass this on").last.click()
    page.wait_for_timeout(200)
    closed = trouble == "AbortError"
    expect(page).to_have_url(re.compile("/kettle/$" if closed else "/kettle/share/$"))


def test_without_scripts_the_link_can_be_selected_and_nothing_dead_is_shown(
    browser: Browser, live_server: LiveServer, database: None
) -> None:
    post = make_post(slug="kettle")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/kettle/share/")
    expect(page.get_by_label("The link")).to_have_value(share_url(post))
    expect(page.get_by_label("The link")).to_have_attribute("readonly", "")
    expect(page.get_by_role("button")).to_have_count(0)
    for way in ("Email", "Text message", "WhatsApp", "Telegram"):
        expect(page.get_by_role("link", name=way)).to_be_visible()
    expect(page.get_by_role("img", name="QR code with the link")).to_be_visible()
    page.get_by_role("link", name="A discreet link").click()
    link = ensure_link(post=post)
    expect(page.get_by_label("The link")).to_have_value(absolute(link.discreet_code))
    page.get_by_text("Other words").click()
    page.get_by_role("link", name="No words").click()
    expect(page.get_by_label("The message")).to_have_value(absolute(link.discreet_code))
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_square_stays_black_on_white(
    browser: Browser, live_server: LiveServer, database: None, scheme: str
) -> None:
    make_post(slug="kettle")
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    page = context.new_page()
    page.goto("/kettle/share/")
    colours = page.evaluate(
        "[...document.querySelectorAll('.qr path')].map(p =>"
        " getComputedStyle(p)[p.hasAttribute('stroke') ? 'stroke' : 'fill'])"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_friend_reads_subscribes_and_passes_the_same_link_on(
    browser: Browser, own_site: LiveServer, scripts: bool
) -> None:
    """From the link to the form's answer: the browser says itself that the form is ours."""
    post = make_post(title="The kettle")
    link = ensure_link(post=post)
    context = browser.new_context(base_url=own_site.url, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"/s/{link.discreet_code}")
    expect(page).to_have_title("Something to read")
    expect(page.get_by_role("heading", level=1)).to_have_text("The kettle")
    page.get_by_role("link", name="Pass this on").last.click()
    expect(page.get_by_label("The link")).to_have_value(absolute(link.discreet_code))
    page.get_by_role("link", name="Back to the post").click()
    page.get_by_label("Your email address").fill("friend@example.org")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Look in your")
    assert WaitingSignUp.objects.get().source == f"/s/{link.discreet_code}"
    assert context.cookies() == []
    context.close()
