"""Segments, tags, growth and the choice of a segment, in the desk."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery
from posts.desk.segment_forms import FIELDS
from subscribers import actions
from subscribers.addresses import normalise
from subscribers.figures.actions import count_anew
from subscribers.models import Newsletter, Subscriber
from subscribers.queries import is_suppressed
from subscribers.segments import rules
from subscribers.segments.actions import create_tag, save_segment
from subscribers.segments.models import Segment, Tag, Tagging
from tests.desk.pressing import press, seal_of
from tests.factories import make_newsletter, make_post, make_subscriber

LIST = "/admin/subscribers/"


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    newsletter = make_newsletter(name="Quiet hours")
    for edition in ("short", "short", "full"):
        make_subscriber(newsletter, edition=edition)
    return newsletter


def rule_form(newsletter: Newsletter, *lines: tuple[str, str, str], **more: str) -> dict[str, Any]:
    form: dict[str, Any] = {
        "name": "Short",
        "newsletter": newsletter.pk,
        "join": "all",
        "press": "save",
        "rule-TOTAL_FORMS": len(lines) + 1,
        "rule-INITIAL_FORMS": 0,
        **more,
    }
    for place, (what, holds, value) in enumerate(lines):
        form |= {
            f"rule-{place}-what": what,
            f"rule-{place}-holds": holds,
            f"rule-{place}-{FIELDS[what]}": value,
        }
    return form


def test_a_segment_is_counted_saved_shown_and_changed(desk: Client, newsletter: Newsletter) -> None:
    form = rule_form(newsletter, ("edition", "yes", "short"))
    counted = desk.post(f"{LIST}segments/new/", {**form, "press": "count"}).content.decode()
    assert "<strong>2 people</strong> are in it" in counted
    assert not Segment.objects.exists()
    desk.post(f"{LIST}segments/new/", form)
    html = desk.get(f"{LIST}segments/").content.decode()
    assert "2 people now" in html
    assert "edition is “the short version”" in html
    made = Segment.objects.get()
    page = desk.get(f"{LIST}segments/{made.pk}/").content.decode()
    assert 'value="short"' in page
    desk.post(f"{LIST}segments/{made.pk}/", rule_form(newsletter, ("edition", "no", "short")))
    made.refresh_from_db()
    assert made.rule["all"][0]["is"] is False


def test_nothing_of_a_rule_is_typed(desk: Client, newsletter: Newsletter) -> None:
    """Every kind has a field, and all but days and their number are chosen from what there is."""
    assert set(FIELDS) == {kind.name for kind in rules.kinds()}
    tag = create_tag(name="early", by="ada")
    mailing = start_mailing(post=make_post(title="Slow tea", newsletter=newsletter), by="ada")[0]
    soup = BeautifulSoup(desk.get(f"{LIST}segments/new/").content, "html.parser")
    line = soup.select("fieldset.desk-condition")[0]
    assert {field["type"] for field in line.select("input")} == {"date", "number"}
    offered = {
        str(select["name"]).removeprefix("rule-0-"): [
            option["value"] for option in select("option")
        ]
        for select in line.select("select")
    }
    assert offered["tag"] == [str(tag.pk)]
    assert offered["letter"] == [str(mailing.pk)]
    assert offered["pace"] == ["each", "weekly", "monthly"]
    assert {"en", "de"} <= set(offered["language"])


@pytest.mark.parametrize(
    ("what", "value"),
    [
        *(("edition", "short"), ("pace", "weekly"), ("format", "text"), ("language", "de")),
        *(("since", "2026-03-01"), ("before", "2026-03-01"), ("last_days", "30")),
    ],
)
def test_what_was_chosen_is_kept_and_shown_again(
    desk: Client, newsletter: Newsletter, what: str, value: str
) -> None:
    desk.post(f"{LIST}segments/new/", rule_form(newsletter, (what, "no", value)))
    made = Segment.objects.get()
    assert made.rule == {"all": [{"what": what, "is": False, "value": type_of(what)(value)}]}
    html = desk.get(f"{LIST}segments/{made.pk}/").content
    field = BeautifulSoup(html, "html.parser").select_one(f"[name=rule-0-{FIELDS[what]}]")
    assert field is not None
    chosen = field.select_one("option[selected]") if field.name == "select" else field
    assert chosen is not None
    assert chosen["value"] == value


def type_of(what: str) -> type:
    return int if what == "last_days" else str


def test_who_got_a_letter_and_has_a_tag_is_found_by_the_names_of_both(
    desk: Client, newsletter: Newsletter
) -> None:
    tag = create_tag(name="early", by="ada")
    mailing = start_mailing(post=make_post(title="Slow tea", newsletter=newsletter), by="ada")[0]
    lines = [("tag", "yes", str(tag.pk)), ("received", "no", str(mailing.pk))]
    desk.post(f"{LIST}segments/new/", rule_form(newsletter, *lines))
    html = desk.get(f"{LIST}segments/").content.decode()
    assert "is tagged “early” and did not get “Slow tea”" in html


def test_how_many_are_counted_before_it_has_a_name(desk: Client, newsletter: Newsletter) -> None:
    form = rule_form(newsletter, ("edition", "yes", "short"), name="", press="count")
    assert "<strong>2 people</strong>" in desk.post(f"{LIST}segments/new/", form).content.decode()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "at least one condition"),
        ([("edition", "yes", "long")], "Select a valid choice"),
        ([("tag", "yes", "7")], "Select a valid choice"),
        ([("since", "yes", "")], "Choose: which day."),
        ([("last_days", "yes", "0")], "greater than or equal to 1"),
    ],
)
def test_a_rule_without_sense_is_said_and_what_was_typed_stays(
    desk: Client, newsletter: Newsletter, lines: list[tuple[str, str, str]], says: str
) -> None:
    response = desk.post(f"{LIST}segments/new/", rule_form(newsletter, *lines))
    html = response.content.decode()
    assert response.status_code == 422
    assert says in html
    assert 'value="Short"' in html
    assert not Segment.objects.exists()


def test_publish_and_email_offers_segments_with_their_numbers_and_goes_to_the_chosen(
    desk: Client, newsletter: Newsletter
) -> None:
    rule = {"all": [{"what": "edition", "value": "short"}]}
    segment = save_segment(name="Short", newsletter=newsletter, rule=rule, by="ada")
    post = make_post(live=False, newsletter=newsletter)
    html = desk.get(f"/admin/posts/{post.pk}/email/").content.decode()
    assert "Short: 2 people" in html
    assert "A segment uses up the post’s first mailing" in html
    mailing = press(desk, post, segment=str(segment.pk))
    assert mailing.candidates == 2
    report = desk.get(f"/admin/mailings/{mailing.pk}/report/").content.decode()
    assert "only to the segment “Short”" in report


def test_a_segment_of_another_newsletter_is_not_taken(
    desk: Client, draft: PostPage, newsletter: Newsletter
) -> None:
    rule = {"all": [{"what": "edition", "value": "short"}]}
    foreign = save_segment(name="Short", newsletter=newsletter, rule=rule, by="ada")
    form = {"revision": seal_of(draft), "segment": str(foreign.pk)}
    assert desk.post(f"/admin/posts/{draft.pk}/email/", form).status_code == 422
    assert not draft.mailings.exists()


def test_tags_are_made_renamed_and_deleted(desk: Client, newsletter: Newsletter) -> None:
    desk.post(f"{LIST}tags/", {"name": "early"})
    tag = Tag.objects.get()
    desk.post(f"{LIST}tags/{tag.pk}/", {"name": "first"})
    assert "first" in desk.get(f"{LIST}tags/").content.decode()
    desk.post(f"{LIST}tags/{tag.pk}/", {"name": "first", "press": "delete"})
    assert not Tag.objects.exists()


def test_growth_says_when_it_was_counted_and_has_a_table(
    desk: Client, newsletter: Newsletter
) -> None:
    assert "Nothing was counted yet" in desk.get(f"{LIST}growth/").content.decode()
    actions.add_confirmed(
        address=normalise("ada@example.org"), newsletter=newsletter, source="list", by="ada"
    )
    count_anew()
    html = desk.get(f"{LIST}growth/?days=90&newsletter={newsletter.slug}").content.decode()
    assert "All numbers are as of" in html
    assert "1 person came and 0 people left: +1." in html
    assert 'role="img"' in html
    assert "<rect " in html


# --- One person -------------------------------------------------------------------------------


def test_the_page_says_in_one_sentence_why_the_address_is_on_the_list(
    desk: Client, newsletter: Newsletter
) -> None:
    row = actions.add_confirmed(
        address=normalise("ida@example.org"), newsletter=newsletter, source="fair.csv", by="ada"
    )
    assert row is not None
    address = f"{LIST}{row.subscriber_id}/"
    html = desk.get(address).content.decode()
    assert "It gets “Quiet hours” because it was imported on" in html
    assert "from: fair.csv." in html
    actions.unsubscribe(subscription=row, source="desk", by="ada")
    assert "on no list any more" in desk.get(address).content.decode()
    desk.post(f"{address}suppress/")
    assert "must not be mailed" in desk.get(address).content.decode()


def test_a_person_without_consent_on_record_is_said_to_be_so(
    desk: Client, newsletter: Newsletter
) -> None:
    person = make_subscriber(newsletter)
    assert "no consent is on record" in desk.get(f"{LIST}{person.pk}/").content.decode()


def test_the_page_shows_what_became_of_each_mailing(desk: Client, newsletter: Newsletter) -> None:
    person = make_subscriber(newsletter)
    post = make_post(newsletter=newsletter, title="A slow day")
    mailing, _ = start_mailing(post=post, by="ada")
    Delivery.objects.create(
        mailing=mailing,
        subscriber_id=person.pk,
        changed_at=mailing.created_at,
        batch_id=1,
        state=Delivery.State.LEFT_OUT,
        reason="resting",
    )
    html = desk.get(f"{LIST}{person.pk}/").content.decode()
    assert "A slow day" in html
    assert "resting from mails for now" in html


def test_a_person_is_tagged_and_untagged(desk: Client, newsletter: Newsletter) -> None:
    person = make_subscriber(newsletter)
    desk.post(f"{LIST}{person.pk}/tag/", {"name": "early"})
    assert Tagging.objects.get().subscriber_id == person.pk
    assert "Take off early" in desk.get(f"{LIST}{person.pk}/").content.decode()
    desk.post(f"{LIST}{person.pk}/tag/", {"off": "early"})
    assert not Tagging.objects.exists()


def test_erasing_wants_the_address_typed(desk: Client, newsletter: Newsletter) -> None:
    person = make_subscriber(newsletter, address="ida@example.org")
    desk.post(f"{LIST}{person.pk}/erase/", {"address": "ada@example.org"})
    assert Subscriber.objects.filter(pk=person.pk).exists()
    desk.post(f"{LIST}{person.pk}/erase/", {"address": "Ida@example.org "})
    assert not Subscriber.objects.filter(pk=person.pk).exists()
    assert is_suppressed("ida@example.org")
