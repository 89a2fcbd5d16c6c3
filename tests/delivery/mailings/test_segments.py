"""Mailings to a segment: the rule is frozen, and a press reaches nobody else."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from posts.content.actions import Foundation
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.followups import catch_up
from posts.delivery.mailings.queries import expected_audience
from posts.delivery.mailings.schedule import schedule_mailing, start_now
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Mailing
from subscribers.models import Newsletter, Subscriber
from subscribers.queries import audience
from subscribers.segments import rules
from subscribers.segments.actions import create_tag, save_segment
from subscribers.segments.models import Segment, Tag
from subscribers.segments.queries import live_count
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return make_newsletter()


@pytest.fixture
def segment(newsletter: Newsletter) -> Segment:
    for edition in ("short", "short", "full"):
        make_subscriber(newsletter, edition=edition)
    rule = {"all": [{"what": "edition", "value": "short"}]}
    return save_segment(name="Short", newsletter=newsletter, rule=rule, by="ada")


def recipients(mailing: Mailing) -> list[int]:
    return [
        subscriber_id for batch in mailing.batches.order_by("pk") for subscriber_id in batch.ids()
    ]


def test_a_mailing_to_a_segment_goes_to_those_in_it_only(segment: Segment) -> None:
    post = make_post(newsletter=segment.newsletter)
    mailing, created = start_mailing(post=post, by="ada", segment=segment)
    assert created
    short = Subscriber.objects.filter(edition="short").order_by("pk")
    assert recipients(mailing) == [person.pk for person in short]
    assert mailing.candidates == live_count(segment) == 2
    assert expected_audience(post).at_once == 3
    mailing.refresh_from_db()
    assert (mailing.segment, mailing.segment_name) == (segment.rule, "Short")


def test_the_rule_of_a_mailing_stays_when_the_segment_changes(segment: Segment) -> None:
    post = make_post(newsletter=segment.newsletter)
    mailing, _ = start_mailing(post=post, by="ada", segment=segment)
    before = dict(segment.rule)
    save_segment(
        name="Other",
        newsletter=segment.newsletter,
        rule={"all": [{"what": "edition", "value": "full"}]},
        by="ada",
        segment=segment,
    )
    mailing.refresh_from_db()
    assert (mailing.segment, mailing.segment_name) == (before, "Short")


def test_an_empty_segment_mails_nobody_and_uses_nothing_up(newsletter: Newsletter) -> None:
    make_subscriber(newsletter)
    rule = {"all": [{"what": "edition", "value": "step"}]}
    empty = save_segment(name="Step", newsletter=newsletter, rule=rule, by="ada")
    with pytest.raises(DeliveryRefused, match="Nobody is in the segment “Step”"):
        start_mailing(post=make_post(newsletter=newsletter), by="ada", segment=empty)
    assert not Mailing.objects.exists()


def test_a_segment_of_another_newsletter_is_refused(segment: Segment) -> None:
    other = make_newsletter(name="Long walks")
    make_subscriber(other)
    with pytest.raises(DeliveryRefused, match="Choose a segment of that one"):
        start_mailing(post=make_post(newsletter=other), by="ada", segment=segment)


def test_a_catch_up_reaches_who_came_into_the_segment_and_nobody_else(segment: Segment) -> None:
    first, _ = start_mailing(
        post=make_post(newsletter=segment.newsletter), by="ada", segment=segment
    )
    came = make_subscriber(segment.newsletter, edition="short")
    make_subscriber(segment.newsletter, edition="full")
    second, _ = catch_up(first=first, by="ada")
    assert recipients(second) == [came.pk]
    assert second.segment_name == "Short"


def test_a_scheduled_mailing_to_a_tag_that_is_gone_waits_and_mails_nobody(
    newsletter: Newsletter,
) -> None:
    make_subscriber(newsletter)
    tag = create_tag(name="early", by="ada")
    rule = {"all": [{"what": "tag", "is": False, "value": tag.pk}]}
    late = save_segment(name="Late", newsletter=newsletter, rule=rule, by="ada")
    at = _tomorrow()
    mailing, _ = schedule_mailing(
        post=make_post(newsletter=newsletter), at=at, by="ada", segment=late
    )
    Tag.objects.all().delete()  # “is not tagged” would mean everybody now
    with pytest.raises(DeliveryRefused, match="The segment cannot be used"):
        start_now(mailing=mailing, by="ada")
    assert not mailing.batches.exists()


def test_a_scheduled_mailing_asks_who_is_in_it_when_it_starts(segment: Segment) -> None:
    mailing, _ = schedule_mailing(
        post=make_post(newsletter=segment.newsletter), at=_tomorrow(), by="ada", segment=segment
    )
    came = make_subscriber(segment.newsletter, edition="short")
    start_now(mailing=mailing, by="ada")
    assert came.pk in recipients(mailing)
    assert mailing.candidates == 3


def _tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def test_who_received_a_mailing_and_who_did_not(newsletter: Newsletter) -> None:
    got, left_out, new = (make_subscriber(newsletter) for _ in range(3))
    mailing, _ = start_mailing(post=make_post(newsletter=newsletter), by="ada")
    for person, state in ((got, Delivery.State.ACCEPTED), (left_out, Delivery.State.LEFT_OUT)):
        Delivery.objects.create(
            mailing=mailing,
            subscriber_id=person.pk,
            changed_at=mailing.created_at,
            batch_id=1,
            state=state,
        )
    rule = rules.clean({"all": [{"what": "received", "value": mailing.pk}]})
    assert list(audience(newsletter.pk, rule=rule)) == [got.pk]
    rule["all"][0]["is"] = False
    assert list(audience(newsletter.pk, rule=rule)) == [left_out.pk, new.pk]


def test_received_is_refused_once_the_rows_are_folded(newsletter: Newsletter) -> None:
    make_subscriber(newsletter)
    mailing, _ = start_mailing(post=make_post(newsletter=newsletter), by="ada")
    Mailing.objects.update(folded_at=mailing.created_at)
    with pytest.raises(rules.RuleRefused, match="no longer known"):
        rules.clean({"all": [{"what": "received", "value": mailing.pk}]})


def test_the_command_mails_a_segment_by_its_name(segment: Segment) -> None:
    post = make_post(newsletter=segment.newsletter)
    out = StringIO()
    call_command("send_post", post.slug, segment="Short", json=True, stdout=out)
    answer = json.loads(out.getvalue().splitlines()[-1])
    assert Mailing.objects.get(pk=answer["mailing"]).candidates == 2


def test_the_command_names_the_segments_there_are(segment: Segment) -> None:
    post = make_post(newsletter=segment.newsletter)
    with pytest.raises((CommandError, SystemExit)):
        call_command("send_post", post.slug, segment="Long", stdout=StringIO())
    assert not Mailing.objects.exists()
