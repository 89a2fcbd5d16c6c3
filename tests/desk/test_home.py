"""The first page asks the database little, and no more when there is more to tell."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Mailing
from posts.delivery.transports.verdict import BLOCKED
from posts.delivery.worker.drain import drain_ledger
from posts.desk import settings
from posts.desk.lately import wanting_lately
from tests.factories import make_member, make_post, make_subscriber

MOST = 39
EACH = 4  # of what goes out: its rows, itself, its doubts and whether it is late


def asked(desk: Client) -> int:
    desk.get("/admin/")  # what is looked up once in a process
    with CaptureQueriesContext(connection) as statements:
        assert desk.get("/admin/").status_code == 200
    return len(statements)


def test_the_first_page_asks_little_and_hardly_more_for_each_letter_that_goes_out(
    desk: Client, site: Foundation
) -> None:
    SiteSettings.objects.update(first_steps_over=True)
    make_subscriber(site.newsletter)
    assert asked(desk) <= MOST
    counts = []
    for _ in range(4):
        start_mailing(post=make_post(newsletter=site.newsletter), by="ada")
        counts.append(asked(desk))
    assert counts[3] - counts[1] <= 2 * EACH


@pytest.mark.parametrize(
    "may",
    [
        "",
        "posts.change_topic",
        "posts.change_coveringnote",
        "posts.change_sitesettings",
        "subscribers.change_newsletter",
        "subscribers.change_subscriber",
        "subscribers.change_blockeddomain",
    ],
)
def test_whoever_may_set_something_finds_it_beside_how_she_signs_in(
    site: Foundation, may: str
) -> None:
    person: User = make_member("ben", group="Editors")
    person.groups.clear()
    if may:
        app, codename = may.split(".")
        person.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(pk=person.pk)
    found = [line.url for section in settings.sections(request) for line in section.lines]
    assert reverse("desk:my_sign_in") in found
    assert (len(found) > 1) is bool(may)


def test_what_became_of_the_last_letters_is_counted_once_a_minute(
    desk: Client, site: Foundation
) -> None:
    SiteSettings.objects.update(first_steps_over=True)
    make_subscriber(site.newsletter)
    for _ in range(2):
        start_mailing(post=make_post(newsletter=site.newsletter), by="ada")
        drain_ledger()

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert "lie in the outbox" in desk.get("/admin/").content.decode()
        return sum('"posts_delivery"."state" AS "kind"' in one["sql"] for one in asked)

    assert counted() == 2  # of the last, and of the one before it
    assert counted() == 0
    Mailing.objects.latest("pk").events.create(by="ada", action="leave doubts")
    assert counted() == 1


def test_who_wants_her_among_the_finished_is_looked_for_once_a_minute(site: Foundation) -> None:
    make_subscriber(site.newsletter)
    mailing, _ = start_mailing(post=make_post(newsletter=site.newsletter), by="ada")
    drain_ledger()
    mailing.refresh_from_db()
    rows = Delivery.objects.filter(mailing=mailing)
    rows.update(state=Delivery.State.IN_DOUBT)
    assert wanting_lately([mailing]) == {mailing.pk: (0, 1)}
    rows.update(state=Delivery.State.REFUSED, reason=BLOCKED)
    assert wanting_lately([mailing]) == {mailing.pk: (0, 1)}
    mailing.events.create(by="ada", action="leave doubts")
    assert wanting_lately([mailing]) == {mailing.pk: (1, 0)}
    rows.update(reason="soft")
    mailing.state = Mailing.State.SENDING  # counted each time
    assert wanting_lately([mailing]) == {mailing.pk: (0, 0)}
