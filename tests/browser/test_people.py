"""People in the desk: usable on a phone and on a desk, by keyboard, without JavaScript."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.desk.tasks import bulk_work
from subscribers import actions
from subscribers.addresses import normalise
from subscribers.figures.actions import count_anew
from subscribers.models import Subscriber, Subscription
from subscribers.segments.actions import create_tag, save_segment, tag_people
from tests.browser.conftest import LOOKS, desk_page, looked_at, signed_in
from tests.factories import make_newsletter, make_post

SCREENS = {
    "list": "/admin/subscribers/",
    "person": "/admin/subscribers/{person}/",
    "growth": "/admin/subscribers/growth/",
    "segments": "/admin/subscribers/segments/",
    "segment": "/admin/subscribers/segments/new/",
    "tags": "/admin/subscribers/tags/",
    "confirm": "/admin/posts/{post}/email/",
}


@pytest.fixture
def numbers(own_site: LiveServer) -> dict[str, int]:
    ensure_site()
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    newsletter = make_newsletter(name="Quiet hours")
    for n in range(60):
        row = actions.add_confirmed(
            address=normalise(f"a-rather-long-name-of-a-reader-{n}@letters.example.org"),
            newsletter=newsletter,
            source="a list",
            by="ada",
        )
        assert row is not None
        if n % 7 == 0:
            actions.unsubscribe(subscription=row, source="desk", by="ada")
    tag = create_tag(name="early readers", by="ada")
    person = Subscriber.objects.latest("pk")
    tag_people(tag=tag, ids=[person.pk], by="ada")
    rule = {"all": [{"what": "tag", "value": tag.pk}, {"what": "last_days", "value": 30}]}
    save_segment(name="Early", newsletter=newsletter, rule=rule, by="ada")
    count_anew()
    return {"person": person.pk, "post": make_post(live=False, newsletter=newsletter).pk}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_nothing_is_wider_than_the_screen(
    browser: Browser, own_site: LiveServer, numbers: dict[str, int], size: str, scheme: str
) -> None:
    with desk_page(browser, own_site, size, scheme) as page:
        for name, address in SCREENS.items():
            page.goto(address.format(**numbers))
            looked_at(page, f"{name}-{size}-{scheme}")


def test_somebody_is_taken_off_by_keyboard_and_without_scripts(
    browser: Browser, own_site: LiveServer, numbers: dict[str, int]
) -> None:
    context = browser.new_context(base_url=own_site.url, java_script_enabled=False)
    page = signed_in(context, own_site)
    page.goto("/admin/subscribers/?tag=" + str(create_tag(name="early readers", by="ada").pk))
    page.get_by_role("checkbox", name="a-rather-long-name").focus()
    page.keyboard.press("Space")
    page.get_by_label("What", exact=True).select_option("unsubscribe")
    page.get_by_role("button", name="Go on…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Unsubscribe: 1 person").focus()
    page.keyboard.press("Enter")
    page.get_by_text("It has begun, for 1 person").wait_for()
    context.close()
    bulk_work()
    row = Subscription.objects.get(subscriber_id=numbers["person"])
    assert row.status == Subscription.Status.UNSUBSCRIBED


@pytest.mark.parametrize("verb", ["unsubscribe", "tag"])
def test_what_is_done_to_many_leaves_the_list_in_sight_on_a_phone(
    browser: Browser, own_site: LiveServer, numbers: dict[str, int], verb: str
) -> None:
    with desk_page(browser, own_site, "phone", "light") as page:
        page.goto("/admin/subscribers/")
        page.get_by_role("checkbox", name="a-rather-long-name").first.check()
        page.get_by_label("What", exact=True).select_option(verb)
        bar = page.get_by_role("group", name="Do something to many").bounding_box()
        go = page.get_by_role("button", name="Go on…").bounding_box()
        looked_at(page, f"bar-{verb}")
        size = page.viewport_size
        assert bar is not None
        assert go is not None
        assert size is not None
        assert bar["height"] <= size["height"] / 5
        assert bar["y"] + bar["height"] == size["height"]
        assert go["height"] >= 44
