"""What a segment's rule may say, and whom it finds."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.models import Newsletter, Subscriber, Subscription
from subscribers.queries import audience
from subscribers.segments import rules
from subscribers.segments.actions import tag_people
from subscribers.segments.models import Segment, Tag
from subscribers.segments.queries import live_count, members
from tests.factories import make_newsletter, make_subscriber


@pytest.fixture
def newsletter(db: None) -> Newsletter:
    return make_newsletter()


def one(what: str, value: Any, *, holds: bool = True, join: str = "all") -> rules.Rule:
    return rules.clean({join: [{"what": what, "is": holds, "value": value}]})


def found(newsletter: Newsletter, rule: rules.Rule) -> list[int]:
    return list(audience(newsletter.pk, rule=rule))


def test_without_a_rule_it_is_the_whole_audience(newsletter: Newsletter) -> None:
    ids = [make_subscriber(newsletter).pk for _ in range(3)]
    make_subscriber(newsletter, status="unsubscribed")
    assert list(audience(newsletter.pk)) == ids


def test_a_tag_and_its_opposite_share_the_audience(newsletter: Newsletter) -> None:
    tagged, other = make_subscriber(newsletter), make_subscriber(newsletter)
    left = make_subscriber(newsletter, status="unsubscribed")
    tag = Tag.objects.create(name="early")
    tag_people(tag=tag, ids=[tagged.pk, left.pk], by="ada")
    assert found(newsletter, one("tag", tag.pk)) == [tagged.pk]
    assert found(newsletter, one("tag", tag.pk, holds=False)) == [other.pk]


@pytest.mark.parametrize(
    ("what", "value", "field"),
    [
        ("edition", "short", "edition"),
        ("format", "text", "format"),
        ("language", "de", "locale"),
    ],
)
def test_a_choice_is_looked_up_as_the_reader_made_it(
    newsletter: Newsletter, what: str, value: str, field: str
) -> None:
    chose = make_subscriber(newsletter, **{field: value})
    other = make_subscriber(newsletter)
    assert found(newsletter, one(what, value)) == [chose.pk]
    assert found(newsletter, one(what, value, holds=False)) == [other.pk]


def test_dates_share_the_audience_without_a_gap(newsletter: Newsletter) -> None:
    old, new = make_subscriber(newsletter), make_subscriber(newsletter)
    long_ago = timezone.now() - timedelta(days=40)
    Subscription.objects.filter(subscriber=old).update(created_at=long_ago)
    day = str(timezone.localdate() - timedelta(days=30))
    assert found(newsletter, one("since", day)) == [new.pk]
    assert found(newsletter, one("before", day)) == [old.pk]
    assert found(newsletter, one("last_days", 30)) == [new.pk]
    assert found(newsletter, one("last_days", 30, holds=False)) == [old.pk]


def test_conditions_are_joined_by_all_or_by_any(newsletter: Newsletter) -> None:
    both = make_subscriber(newsletter, edition="short", locale="de")
    short = make_subscriber(newsletter, edition="short")
    make_subscriber(newsletter)
    conditions = [{"what": "edition", "value": "short"}, {"what": "language", "value": "de"}]
    assert found(newsletter, rules.clean({"all": conditions})) == [both.pk]
    assert found(newsletter, rules.clean({"any": conditions})) == [both.pk, short.pk]


def test_a_frozen_rule_has_a_date_in_the_place_of_days(newsletter: Newsletter) -> None:
    frozen = rules.frozen(one("last_days", 7))
    day = str(timezone.localdate() - timedelta(days=7))
    assert frozen == {"all": [{"what": "since", "is": True, "value": day}]}


def test_the_members_of_a_segment_are_one_query_in_the_order_of_ids(
    newsletter: Newsletter,
) -> None:
    ids = [make_subscriber(newsletter, edition="step").pk for _ in range(4)]
    segment = Segment(newsletter=newsletter, rule=one("edition", "step"))
    with CaptureQueriesContext(connection) as queries:
        assert list(members(segment)) == ids
    assert len(queries) == 1
    assert live_count(segment) == 4


def test_a_rule_is_told_in_words(newsletter: Newsletter) -> None:
    tag = Tag.objects.create(name="early")
    rule = rules.clean(
        {
            "all": [
                {"what": "tag", "is": False, "value": tag.pk},
                {"what": "since", "value": "2026-03-01"},
                {"what": "edition", "value": "short"},
            ]
        }
    )
    assert rules.in_words(rule) == (
        "is not tagged “early” and subscribed on 1 March 2026 or later and "
        "edition is “the short version”"
    )
    assert rules.tags_in(rule) == {tag.pk}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (None, "joins its conditions"),
        ([], "joins its conditions"),
        ({}, "joins its conditions"),
        ({"none": []}, "joins its conditions"),
        ({"all": [], "any": []}, "joins its conditions"),
        ({"all": []}, "at least one condition"),
        ({"all": "x"}, "at least one condition"),
        ({"all": [{"what": "edition", "value": "full"}] * 21}, "at most 20"),
        ({"all": ["x"]}, "and nothing else"),
        ({"all": [{"what": "edition", "value": "full", "or": 1}]}, "and nothing else"),
        ({"all": [{"what": "weight", "value": 1}]}, "no kind of condition"),
        ({"all": [{"what": ["tag"], "value": 1}]}, "no kind of condition"),
        ({"all": [{"what": "edition", "is": "yes", "value": "full"}]}, "true or false"),
        ({"all": [{"what": "edition", "value": "'; DROP"}]}, "Choose one of: full"),
        ({"all": [{"what": "tag", "value": 12345}]}, "does not exist"),
        ({"all": [{"what": "tag", "value": True}]}, "does not exist"),
        ({"all": [{"what": "tag", "value": 2**70}]}, "does not exist"),
        ({"all": [{"what": "since", "value": "soon"}]}, "like 2026-03-01"),
        ({"all": [{"what": "last_days", "value": 0}]}, "number of days"),
        ({"all": [{"what": "last_days", "value": 99_999}]}, "number of days"),
        ({"all": [{"what": "language", "value": "e\x00"}]}, "like en or de"),
        ({"all": [{"what": "received", "value": 77}]}, "no such letter"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(rule: Any, says: str) -> None:
    with pytest.raises(rules.RuleRefused) as refused:
        rules.clean(rule)
    assert says in refused.value.message


def test_a_person_of_another_newsletter_is_never_in_it(newsletter: Newsletter) -> None:
    make_subscriber(make_newsletter(), edition="short")
    assert found(newsletter, one("edition", "short")) == []
    assert Subscriber.objects.count() == 1
