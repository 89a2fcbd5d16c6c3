"""Who did what to readers, letters and settings; and no reader's address in it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from posts.content.actions import Foundation
from posts.delivery.status import worker_seen
from posts.desk.people_forms import EVERYBODY, EXPORT
from posts.desk.staff import log, notes
from posts.desk.urls import admin_urlpatterns
from subscribers.models import Subscriber
from subscribers.segments.models import Segment, Tag
from tests.desk.pressing import act, press
from tests.desk.staff.steps import give_app, make_role, signed_in_as
from tests.factories import make_post, make_subscriber

PAGE = "/admin/log/"
HER = "marit@example.org"

# What each press on a screen about people leaves in the log.
LOGGED = {
    "suppress": "desk.person.suppressed",
    "lift": "desk.person.lifted",
    "send_link": "desk.person.link",
    "ask_again": "desk.person.asked",
    "erase": "desk.person.erased",
    "tag_person": "desk.person.tagged",
    "unsubscribe": "desk.person.unsubscribed",
    "correct_person": "desk.person.corrected",
    "add_person": "desk.person.added",
    "bring": "desk.person.added",
    "bulk": "desk.bulk",
    "export": "desk.exported",
    "import_rejects": "desk.exported",
    "deliveries": "desk.exported",
    "imports": "desk.import.brought",
    "import_answer": "desk.import.answered",
    "import_confirm": "desk.import.confirmed",
    "import_cancel": "desk.import.cancelled",
    "new_segment": "desk.segment.saved",
    "segment": "desk.segment.saved",
    "delete_segment": "desk.segment.deleted",
    "tags": "desk.tag.changed",
    "tag": "desk.tag.changed",
    "let_go": "desk.restored.opened",
    "people_are_right": "desk.restored.people",
    "invite": "desk.invited",
    "invite_again": "desk.invited",
    "withdraw": "desk.invitation.withdrawn",
    "require_steps": "desk.step.required",
    "team_member": "desk.role",
    "team_close": "desk.account.closed",
    "team_open": "desk.account.opened",
    "team_steps": "desk.step.removed",
    "remove_step": "desk.step.removed",
    "end_session": "desk.sessions.ended",
    "end_others": "desk.sessions.ended",
}
# Of people, and only to look at.
_LOOKS = {"subscribers", "subscriber", "figures", "segments", "import", "team"}


def test_whatever_touches_people_has_its_line() -> None:
    about_people = ("subscribers/", "subscriptions/", "imports/", "team/", "my-sign-in/s")
    there = {p.name for p in admin_urlpatterns if str(p.pattern).startswith(about_people)}
    assert there - _LOOKS <= set(LOGGED)
    assert set(LOGGED.values()) <= set(notes.ACTIONS)


def said(desk: Client, **query: str) -> str:
    html = desk.get(PAGE, query).content
    main = BeautifulSoup(html, "html.parser").select_one("main .desk-audit")
    assert main
    return " ".join(main.get_text(" ").split())


@pytest.fixture
def reader(site: Foundation) -> Subscriber:
    return make_subscriber(site.newsletter, address=HER, name="Marit Vale")


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("suppress/", {}, "Said that a reader is never mailed again"),
        ("tag/", {"name": "Talks"}, "Changed the tags of a reader"),
        ("correct/", {"name": "Marit V.", "email": HER}, "Corrected a reader’s address or name"),
        ("erase/", {"address": HER}, "Erased a reader"),
    ],
)
def test_a_press_on_a_reader_is_noted_by_whom_and_without_her_name(
    desk: Client, reader: Subscriber, path: str, form: dict[str, str], words: str
) -> None:
    desk.post(f"/admin/subscribers/{reader.pk}/{path}", form)
    text = said(desk)
    assert words in text
    assert "by ada" in text
    everything = str(list(ModelLogEntry.objects.values()))
    for hers in (HER, "Marit"):
        assert hers not in text
        assert hers not in everything


def test_what_did_not_happen_is_not_noted(desk: Client, reader: Subscriber) -> None:
    desk.post(f"/admin/subscribers/{reader.pk}/erase/", {"address": "somebody@example.org"})
    assert "Erased" not in said(desk)


def test_it_leads_to_her_page_as_long_as_she_is_there(desk: Client, reader: Subscriber) -> None:
    desk.post(f"/admin/subscribers/{reader.pk}/suppress/")
    address = f"/admin/subscribers/{reader.pk}/"
    assert address in desk.get(PAGE).content.decode()
    desk.post(f"{address}erase/", {"address": HER})
    assert address not in desk.get(PAGE).content.decode()
    assert "a reader who is no longer there" in said(desk)


def test_a_download_of_addresses_is_noted(
    desk: Client, site: Foundation, reader: Subscriber
) -> None:
    b"".join(desk.post(f"/admin/imports/{site.newsletter.pk}/subscribers.csv"))
    desk.post("/admin/subscribers/bulk/", {"verb": EXPORT, "who": EVERYBODY})
    assert said(desk).count("Downloaded readers’ addresses") == 2


def test_segments_and_tags_are_noted(desk: Client, site: Foundation) -> None:
    tag = Tag.objects.create(name="Talks")
    segment = Segment.objects.create(
        name="Met at talks",
        newsletter=site.newsletter,
        rule={"all": [{"what": "tag", "is": True, "value": tag.pk}]},
    )
    desk.post(f"/admin/subscribers/segments/{segment.pk}/delete/")
    desk.post(f"/admin/subscribers/tags/{tag.pk}/", {"press": "delete"})
    text = said(desk)
    assert "Deleted a segment · Met at talks" in text
    assert "Changed a tag · Talks" in text


def test_what_is_done_to_a_mailing_stands_in_it_too(desk: Client, site: Foundation) -> None:
    make_subscriber(site.newsletter)
    worker_seen("host:1")
    mailing = press(desk, make_post(title="Permission to stop", live=False))
    act(desk, mailing, "undo")
    text = said(desk)
    assert "Mailing: Taken back · Permission to stop" in text
    assert "Publish" in text or "publish" in text


def test_a_role_is_noted_with_what_it_was(desk: Client) -> None:
    ben = make_role("helper", name="ben")
    desk.post(f"/admin/team/{ben.pk}/", {"role": "author"})
    assert "Changed what somebody may do · ben · Helper → Author · by ada" in said(desk)


def test_a_line_is_said_in_the_language_of_whoever_reads_it(desk: Client, owner: User) -> None:
    ben = make_role("helper", name="ben")
    give_app(ben)
    UserProfile.objects.create(user=owner, preferred_language="de")
    desk.post(f"/admin/team/{ben.pk}/", {"role": "author"})
    desk.post(f"/admin/team/{ben.pk}/steps/")
    tag = Tag.objects.create(name="Talks")
    desk.post(f"/admin/subscribers/tags/{tag.pk}/", {"press": "delete"})
    UserProfile.objects.update(preferred_language="es")
    text = said(desk)
    for words in ("Ayuda → Autoría", "Todos", "Borrada"):
        assert words in text, text
    UserProfile.objects.update(preferred_language="en")
    for words in ("Helper → Author", "All of them", "Deleted"):
        assert words in said(desk)


def test_a_line_from_before_is_read_as_it_was_kept(desk: Client, owner: User) -> None:
    ben = make_role("helper", name="ben")
    notes.note("desk.role", by=owner, on=ben, detail="Hilfe → Autorenschaft")
    assert "Hilfe → Autorenschaft" in said(desk)
    assert ModelLogEntry.objects.get(action="desk.role").data == {"detail": "Hilfe → Autorenschaft"}


def test_many_at_once_are_noted_as_what_and_how_many(desk: Client, reader: Subscriber) -> None:
    form = {"verb": "suppress", "who": EVERYBODY, "sure": "1"}
    desk.post("/admin/subscribers/bulk/", form)
    assert "Never mail again: 1 person" in said(desk)


def test_it_is_read_by_owners_alone_and_by_account(desk: Client, reader: Subscriber) -> None:
    cleo = make_role("helper", name="cleo")
    signed_in_as(cleo).post(f"/admin/subscribers/{reader.pk}/suppress/")
    desk.post(f"/admin/subscribers/{reader.pk}/tag/", {"name": "Talks"})
    assert "by cleo" in said(desk)
    assert "by ada" not in said(desk, who="cleo")
    for role in ("editor", "author"):
        assert signed_in_as(make_role(role)).get(PAGE).status_code == 302
    assert signed_in_as(cleo).get(PAGE).status_code == 302


def test_older_lines_are_a_page_away(desk: Client, owner: User) -> None:
    now = timezone.now()
    for number in range(log.PAGE + 5):
        notes.note("desk.password", by=owner, on=owner)
        newest = ModelLogEntry.objects.latest("pk")
        ModelLogEntry.objects.filter(pk=newest.pk).update(timestamp=now - timedelta(hours=number))
    first = log.lines(who="ada")
    assert len(first) == log.PAGE
    assert len(log.lines(before=first[-1].at, who="ada")) == 5
    assert "Older" in desk.get(PAGE).content.decode()


@pytest.mark.parametrize("before", ["x", "2026-13-45T00:00:00", "2026-01-01", "9" * 50])
def test_a_moment_that_is_none_shows_the_newest(desk: Client, before: str) -> None:
    assert desk.get(PAGE, {"before": before}).status_code == 200


def test_a_page_of_it_costs_as_many_questions_as_a_line(desk: Client, site: Foundation) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(PAGE)
        return len(queries)

    readers = [make_subscriber(site.newsletter) for _ in range(8)]
    desk.post(f"/admin/subscribers/{readers[0].pk}/suppress/")
    one = count()
    for reader in readers[1:]:
        desk.post(f"/admin/subscribers/{reader.pk}/suppress/")
    assert count() == one
