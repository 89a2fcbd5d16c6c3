"""What a writer does every week: the checklist, the letter's outcome, plans, people, segments."""

from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.delivery.mailings.schedule import schedule_mailing
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Mailing
from posts.delivery.status import worker_seen
from subscribers.figures.actions import count_anew
from subscribers.models import Newsletter, Subscriber
from tests.browser.conftest import LOOKS, desk_page, looked_at, signed_in
from tests.browser.test_accessibility import AXE, PAGE_RULES
from tests.delivery.making import settle
from tests.factories import make_newsletter, make_post, make_subscriber

State = Delivery.State
SCREENS = {
    "home": "/admin/",
    "checklist": "/admin/posts/{draft}/email/",
    "outcome": "/admin/mailings/{mailing}/",
    "planned": "/admin/mailings/planned/",
    "segment": "/admin/subscribers/segments/new/",
    "correct": "/admin/subscribers/{person}/correct/",
    "delete": "/admin/pages/{mailed}/delete/",
    "unpublish": "/admin/pages/{mailed}/unpublish/",
}
LEFTOVER = "<p>## Dear {{ first_name }}, see <a href='http://kettle.garden/a'>this</a>.</p>"


def mailed(newsletter: Newsletter, title: str, *outcomes: Delivery.State) -> Mailing:
    """A finished mailing of a post of this title, with these outcomes."""
    mailing = start_mailing(post=make_post(title=title, newsletter=newsletter), by="ada")[0]
    words = "550 5.1.1 there is nobody of this name at our server"
    settle(mailing, *((state, words) for state in outcomes))
    done = {"state": Mailing.State.FINISHED, "finished_at": timezone.now()}
    Mailing.objects.filter(pk=mailing.pk).update(**done)
    return Mailing.objects.get(pk=mailing.pk)


@pytest.fixture
def numbers(own_site: LiveServer) -> dict[str, int | None]:
    ensure_site()
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    worker_seen("host:1")
    newsletter = make_newsletter(name="Quiet hours")
    for edition in ("short", "short", "full", "full"):
        make_subscriber(newsletter, edition=edition)
    mailed(newsletter, "Small steps", *[State.ACCEPTED] * 3, State.REFUSED)
    last = mailed(
        newsletter, "Slow tea", State.ACCEPTED, State.REFUSED, State.IN_DOUBT, State.BOUNCED
    )
    later = make_post(title="A letter for Sunday", newsletter=newsletter)
    schedule_mailing(post=later, at=timezone.now() + timedelta(days=2), by="ada")
    draft = make_post(
        live=False,
        title="Dear reader",
        preheader="Dear reader",
        newsletter=newsletter,
        body=[("paragraph", LEFTOVER)],
    )
    draft.save_revision()
    count_anew()
    person = Subscriber.objects.latest("pk").pk
    return {"draft": draft.pk, "mailing": last.pk, "mailed": last.post_id, "person": person}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_it_fits_and_axe_finds_no_fault(
    browser: Browser, own_site: LiveServer, numbers: dict[str, int], size: str, scheme: str
) -> None:
    with desk_page(browser, own_site, size, scheme) as page:
        found = {}
        for name, address in SCREENS.items():
            page.goto(address.format(**numbers))
            looked_at(page, f"{name}-{size}-{scheme}")
            page.evaluate(
                "document.querySelectorAll('main details').forEach(one => one.open = true)"
            )
            looked_at(page, f"{name}-{size}-{scheme}-open")
            page.evaluate(AXE_SCRIPT)
            if faults := page.evaluate(AXE, PAGE_RULES):
                found[name] = faults

        assert found == {}


@pytest.fixture
def desk(page: Page, own_site: LiveServer, numbers: dict[str, int]) -> Page:
    return signed_in(page.context, own_site)


def test_a_line_of_the_checklist_leads_to_its_place_in_the_editor(
    desk: Page, numbers: dict[str, int]
) -> None:
    desk.goto(f"/admin/posts/{numbers['draft']}/email/")
    desk.get_by_role("link", name="looks as if it was to be filled in").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("## Dear {{ first_name }}, see", exact=True)).to_be_in_viewport()
    desk.goto(f"/admin/posts/{numbers['draft']}/email/")
    desk.get_by_role("link", name="The preview line").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Preview line")).to_be_in_viewport()


def test_how_many_are_in_a_segment_is_said_while_it_is_chosen(desk: Page) -> None:
    desk.goto("/admin/subscribers/segments/new/")
    desk.get_by_label("Newsletter").select_option("Quiet hours")
    first, said = desk.get_by_role("group", name="Condition 1"), desk.locator("#counted")
    expect(first.get_by_label("Which edition")).to_be_hidden()
    first.get_by_label("What", exact=True).select_option("edition")
    first.get_by_label("Which edition").select_option("short")
    expect(said).to_contain_text("2 people")
    first.get_by_label("Is it so").select_option("no")
    first.get_by_label("Which edition").select_option("step")
    expect(said).to_contain_text("4 people")


def test_what_is_done_to_many_is_at_hand_while_somebody_is_ticked(desk: Page) -> None:
    newsletter = Newsletter.objects.get(name="Quiet hours")
    for _ in range(40):
        make_subscriber(newsletter)
    desk.goto("/admin/subscribers/")
    go = desk.get_by_role("button", name="Go on…")
    expect(go).not_to_be_in_viewport()
    desk.get_by_role("checkbox", name="@example.org").first.focus()
    desk.keyboard.press("Space")
    expect(go).to_be_in_viewport()
    looked_at(desk, "ticked-phone")
    desk.set_viewport_size({"width": 1280, "height": 900})
    expect(go).to_be_in_viewport()
    looked_at(desk, "ticked-desk")
