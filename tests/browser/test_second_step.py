"""Passkeys, as a browser has them; signing in over an open letter; rights that are taken away."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage, SiteSettings
from posts.desk.staff import factors, roles
from tests.browser.conftest import LOOKS, SIZES, desk_page, looked_at, signed_in
from tests.browser.test_kept import saved_words
from tests.browser.test_writing import editor, is_saved, text_of
from tests.desk.staff.steps import PASSWORD, code_at, give_app, make_role

__all__ = ["editor"]


@pytest.fixture
def ada(own_site: LiveServer) -> User:
    from posts.content.actions import ensure_site

    ensure_site()
    return User.objects.create_superuser("ada", "ada@letters.example", PASSWORD)


@pytest.fixture
def key(context: BrowserContext, ada: User) -> Page:
    """A page of the owner's, in a browser that has a key of its own, and says yes."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def sign_in(page: Page, path: str = "/admin/login/") -> None:
    page.goto(path)
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_passkey_is_made_and_takes_the_second_step(key: Page, ada: User) -> None:
    sign_in(key)
    key.wait_for_url("**/admin/")
    key.goto("/admin/my-sign-in/")
    key.get_by_role("link", name="Add a second step").click()
    key.get_by_role("link", name="Make a passkey").click()
    key.get_by_label("What you call it").fill("my phone")
    key.get_by_role("button", name="Make a passkey").click()
    key.wait_for_url("**/second-step/codes/")
    expect(key.locator(".desk-codes li")).to_have_count(10)
    [passkey] = factors.steps_of(ada)
    assert str(passkey) == "my phone"

    key.context.clear_cookies()
    sign_in(key)
    key.wait_for_url("**/second-step/**")
    key.goto("/admin/subscribers/")  # not in yet: it leads back
    key.wait_for_url("**/second-step/**")
    key.get_by_role("button", name="Use your passkey").click()
    key.wait_for_url("**/admin/subscribers/")


def test_a_passkey_answers_where_the_password_is_asked_again(key: Page, ada: User) -> None:
    sign_in(key)
    key.wait_for_url("**/admin/")
    key.goto("/admin/second-step/new-passkey/")
    key.get_by_role("button", name="Make a passkey").click()
    key.wait_for_url("**/second-step/codes/")
    from django.contrib.sessions.models import Session

    from posts.desk.sessions import SessionStore

    cookie = next(c for c in key.context.cookies() if c["name"] == "sessionid")
    store = SessionStore(cookie["value"])
    store["asked_again_at"] = 0
    store.save()
    assert Session.objects.exists()
    key.goto("/admin/team/invite/")
    expect(key.get_by_role("heading", name="Is it you?")).to_be_visible()
    key.get_by_role("button", name="Use your passkey").click()
    expect(key.get_by_label("Email address")).to_be_visible()


def test_the_window_over_a_letter_asks_for_the_second_step_too(
    editor: Page, context: BrowserContext
) -> None:
    editor.keyboard.type("Before.")
    is_saved(editor)
    secret = give_app(User.objects.get(username="ada"))
    context.clear_cookies(name="sessionid")
    editor.keyboard.type(" After.")
    expect(editor.get_by_role("alert")).to_contain_text("You have been signed out")
    with editor.expect_popup() as opened:
        editor.get_by_role("button", name="Sign in again").click()
    window = opened.value
    window.locator("[name=username]").fill("ada")
    window.locator("[name=password]").fill(PASSWORD)
    window.get_by_role("button", name="Sign in").click()
    window.wait_for_url("**/second-step/**")
    expect(editor.get_by_role("alert")).to_contain_text("You have been signed out")
    window.get_by_label("Code").fill(code_at(secret))
    window.get_by_role("button", name="Sign in", exact=True).click()
    is_saved(editor)
    assert "Before. After." in saved_words()


def test_whoever_must_have_one_makes_it_in_the_window_over_the_letter(
    editor: Page, context: BrowserContext
) -> None:
    editor.keyboard.type("Before.")
    is_saved(editor)
    give_app(make_role("owner", name="eva"))
    SiteSettings.objects.update(second_step_required=True)
    editor.keyboard.type(" After.")
    expect(editor.get_by_role("alert")).to_contain_text("You have been signed out")
    with editor.expect_popup() as opened:
        editor.get_by_role("button", name="Sign in again").click()
    window = opened.value
    # Whoever holds her cookie cannot make one: the password comes first.
    window.locator("[name=username]").fill("ada")
    window.locator("[name=password]").fill(PASSWORD)
    window.get_by_role("button", name="Sign in").click()
    window.wait_for_url("**/second-step/make/")
    window.get_by_role("link", name="Use an app").click()
    secret = window.locator(".desk-code").inner_text().replace(" ", "")
    window.get_by_label("The six digits").fill(code_at(secret))
    window.get_by_role("button", name="Use this app").click()
    window.wait_for_url("**/second-step/codes/")
    editor.bring_to_front()
    editor.evaluate("window.dispatchEvent(new Event('focus'))")
    is_saved(editor)
    assert "Before. After." in saved_words()


def test_two_edit_one_publishes_and_the_third_loses_her_rights_and_no_word(
    editor: Page, browser: Browser, own_site: LiveServer
) -> None:
    """The third had the letter open. Nothing of hers is lost, nothing of theirs is overwritten, and
    she learns nothing more."""
    editor.keyboard.type("Ours.")
    is_saved(editor)
    address = editor.url
    eva, ben = make_role("editor", name="eva"), make_role("editor", name="ben")
    theirs, third = (browser.new_context(base_url=own_site.url) for _ in range(2))
    publisher = signed_in(theirs, own_site, name=eva.username)
    page = signed_in(third, own_site, name=ben.username)
    page.goto(address)
    expect(text_of(page)).to_contain_text("Ours.")
    roles.set_role(user=ben, key="helper")

    publisher.goto(address)
    expect(text_of(publisher)).to_contain_text("Ours.")
    PostPage.objects.get().get_latest_revision().publish(user=eva)

    text_of(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Hers alone.")
    expect(page.get_by_role("alert")).to_contain_text("You may not change this letter any more")
    expect(page.locator(".letter-status")).to_contain_text("Kept on this device")
    page.keyboard.press("Control+s")
    expect(text_of(page)).to_contain_text("Ours. Hers alone.")
    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert "Hers alone." in kept
    assert "Hers alone." not in saved_words()
    for path in (address, address.replace("/edit/", "/history/"), "/admin/mailings/"):
        assert page.request.get(path, max_redirects=0).status == 302

    roles.set_role(user=ben, key="editor")  # it was a slip
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("alert")).to_have_count(0)
    theirs.close()
    third.close()


SCREENS = {
    "my-sign-in": "/admin/my-sign-in/",
    "team": "/admin/team/",
    "invite": "/admin/team/invite/",
    "member": "/admin/team/{ben}/",
    "log": "/admin/log/",
    "make-step": "/admin/second-step/make/",
    "app": "/admin/second-step/app/",
    "passkey": "/admin/second-step/new-passkey/",
    "codes": "/admin/second-step/codes/",
}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_each_screen_is_calm_and_without_a_barrier(
    browser: Browser, own_site: LiveServer, ada: User, size: str, scheme: str
) -> None:
    ben = make_role("helper", name="ben")
    from posts.desk.staff import invitations

    invitations.invite(email="zoe.with.a.long.address@letters.example", role="author", by=ada)
    give_app(ben)
    with desk_page(browser, own_site, size, scheme) as page:
        give_app_to_page(page, ada)
        for name, path in SCREENS.items():
            page.goto(path.format(ben=ben.pk))
            expect(page.locator("h1, h2").first).to_be_visible()
            looked_at(page, f"{name}-{size}-{scheme}")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"


def give_app_to_page(page: Page, ada: User) -> None:
    """She has a second step, and took it in this browser."""
    secret = give_app(ada)
    page.goto("/admin/second-step/")
    page.get_by_label("Code").fill(code_at(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("size", SIZES)
def test_what_stands_before_the_desk_is_calm_too(
    browser: Browser, own_site: LiveServer, ada: User, size: str
) -> None:
    from posts.desk.staff import invitations

    _row, link = invitations.invite(email="zoe@letters.example", role="author", by=ada)
    give_app(ada)
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=own_site.url, viewport={"width": width, "height": height}
    )
    page = context.new_page()
    sign_in(page)
    page.wait_for_url("**/second-step/**")
    page.get_by_text("I have none of them").click()
    looked_at(page, f"second-step-{size}")
    assert Axe().run(page).violations_count == 0
    page.goto(link)
    looked_at(page, f"invited-{size}")
    assert Axe().run(page).violations_count == 0
    page.goto("/admin/invited/none/")
    looked_at(page, f"invitation-spent-{size}")
    assert Axe().run(page).violations_count == 0
    context.close()


def test_the_second_step_is_taken_with_the_keyboard_alone(
    context: BrowserContext, ada: User
) -> None:
    secret = give_app(ada)
    page = context.new_page()
    sign_in(page)
    page.wait_for_url("**/second-step/**")
    page.get_by_label("Code").focus()
    page.keyboard.type(code_at(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
