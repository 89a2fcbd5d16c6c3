"""One person added, asked again, let be mailed again; and a slip of the finger, mended at once."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from subscribers import actions, mailer, tasks
from subscribers.addresses import normalise
from subscribers.models import Subscriber, Suppression
from subscribers.preferences import links
from tests.browser.conftest import LOOKS, desk_page, looked_at, signed_in
from tests.subscribers.making import sign_up, subscribed

BLOCKED, WAITING = "a-rather-long-name-of-a-reader@letters.example.org", "waits@example.org"


@pytest.fixture
def people(own_site: LiveServer) -> dict[str, str]:
    newsletter = ensure_site().newsletter
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    subscribed(newsletter, BLOCKED)
    for reason in (Suppression.Reason.BOUNCED, Suppression.Reason.MANUAL):
        source = "told by smtp" if reason == Suppression.Reason.BOUNCED else "/admin/subscribers/"
        actions.suppress(address=normalise(BLOCKED), reason=reason, source=source, by="smtp")
    sign_up(newsletter, address=WAITING)
    mailer.mail_due()
    leaving = subscribed(newsletter, "leaves@example.org")
    complained = subscribed(newsletter, "complained@example.org").subscriber
    actions.suppress(
        address=normalise(complained.address),
        reason=Suppression.Reason.COMPLAINED,
        source="told by smtp",
        by="smtp",
    )
    found = dict(Subscriber.objects.values_list("address", "pk"))
    return {
        "add": "/admin/subscribers/add/",
        "blocked": f"/admin/subscribers/{found[BLOCKED]}/",
        "waiting": f"/admin/subscribers/{found[WAITING]}/",
        "complained": f"/admin/subscribers/{complained.pk}/",
        "preferences": f"/preferences/{links.token(leaving.subscriber)}/",
    }


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_nothing_is_wider_than_the_screen(
    browser: Browser, own_site: LiveServer, people: dict[str, str], size: str, scheme: str
) -> None:
    with desk_page(browser, own_site, size, scheme) as page:
        for name in ("add", "blocked", "waiting", "complained"):
            page.goto(people[name])
            for summary in page.locator("#blocks-heading ~ details summary").all():
                summary.click()
            looked_at(page, f"{name}-{size}-{scheme}")
        page.goto(people["add"])
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("alert").first).to_contain_text("Nobody was added yet")
        looked_at(page, f"add-wrong-{size}-{scheme}")
        for typed in ("Ada.Fern@gmial.com", "Ada.Fern@gmail"):
            page.goto("/subscribe/")
            page.get_by_label("Your email address").fill(typed)
            page.get_by_role("button", name="Subscribe", exact=True).click()
            expect(page.get_by_role("button", name="Yes, use Ada.Fern@gmail.com")).to_be_visible()
            looked_at(page, f"{typed.partition('@')[2]}-{size}-{scheme}")
        page.goto(people["preferences"])
        what = page.locator("details", has=page.locator("summary", has_text="What you get"))
        what.locator("summary").click()
        what.get_by_role("checkbox").first.uncheck()
        what.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("You get no posts any more")).to_be_visible()
        looked_at(page, f"goodbye-{size}-{scheme}")


def test_the_desk_lifts_a_block_and_asks_again_without_scripts(
    browser: Browser, own_site: LiveServer, people: dict[str, str]
) -> None:
    context = browser.new_context(base_url=own_site.url, java_script_enabled=False)
    page = signed_in(context, own_site)
    page.goto(people["blocked"])
    page.get_by_text("Let this address be mailed again…").click()
    page.get_by_label("Why? It stays on record.").fill("Her server is back")
    page.get_by_role("button", name=f"Let {BLOCKED} be mailed again").click()
    expect(page.get_by_text("(The address does not exist): Her server is back")).to_be_visible()
    page.get_by_role("link", name="Add them to a list").click()
    expect(page.get_by_label("Email address")).to_have_value(BLOCKED)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text(f"A mail asks {BLOCKED}")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_slip_of_the_finger_is_mended_by_one_press(
    browser: Browser, own_site: LiveServer, people: dict[str, str], scripts: bool
) -> None:
    context = browser.new_context(base_url=own_site.url, java_script_enabled=scripts)
    page = context.new_page()
    for typed in ("ada@gmial.com", "ada@gmail"):
        page.goto("/subscribe/")
        page.get_by_label("Your email address").fill(typed)
        page.get_by_label("Your email address").press("Enter")
        page.get_by_role("button", name="Yes, use ada@gmail.com").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    context.close()
    tasks.mail_what_is_due()
    assert Subscriber.objects.filter(address="ada@gmail.com").exists()
