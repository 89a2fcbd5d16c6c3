"""Tags and segments: made, changed, taken away; each with its audit."""

import pytest

from subscribers.models import Newsletter
from subscribers.segments import actions
from subscribers.segments.models import CareEvent, Segment, Tag, Tagging
from tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db


def audited() -> list[tuple[str, str]]:
    return list(CareEvent.objects.values_list("action", "by"))


def test_a_tag_is_made_once() -> None:
    first = actions.create_tag(name="  early   readers ", by="ada")
    assert actions.create_tag(name="early readers", by="ben") == first
    assert first.name == "early readers"
    assert audited() == [("tag made", "ada")]


@pytest.mark.parametrize(("name", "says"), [(" \x00 ", "Give it a name"), ("x" * 61, "Shorten")])
def test_a_name_that_cannot_be_is_refused(name: str, says: str) -> None:
    with pytest.raises(actions.SegmentRefused) as refused:
        actions.create_tag(name=name, by="ada")
    assert says in refused.value.message
    assert not Tag.objects.exists()


def test_tagging_twice_ties_once_and_tells_how_many_were_new() -> None:
    tag, newsletter = actions.create_tag(name="early", by="ada"), make_newsletter()
    ids = [make_subscriber(newsletter).pk for _ in range(3)]
    assert actions.tag_people(tag=tag, ids=ids[:2], by="ada") == 2
    assert actions.tag_people(tag=tag, ids=[*ids, 999_999], by="ada") == 1
    assert actions.untag(tag=tag, ids=ids[1:], by="ada") == 2
    assert [t.subscriber_id for t in Tagging.objects.all()] == ids[:1]
    assert [action for action, _ in audited()] == ["tag made", "tagged", "tagged", "untagged"]


def test_the_audit_names_nobody_by_address() -> None:
    tag = actions.create_tag(name="early", by="ada")
    person = make_subscriber(make_newsletter(), address="ida@example.org")
    actions.tag_people(tag=tag, ids=[person.pk], by="ada")
    assert not CareEvent.objects.filter(detail__contains="ida@").exists()


def test_a_tag_is_renamed_but_not_into_another() -> None:
    one, two = (actions.create_tag(name=name, by="ada") for name in ("one", "two"))
    with pytest.raises(actions.SegmentRefused) as refused:
        actions.rename_tag(tag=one, name="two", by="ada")
    assert "already" in refused.value.message
    actions.rename_tag(tag=two, name="three", by="ada")
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["one", "three"]


def test_a_tag_on_which_a_segment_rests_stays() -> None:
    tag = actions.create_tag(name="early", by="ada")
    rule = {"all": [{"what": "tag", "is": False, "value": tag.pk}]}
    segment = actions.save_segment(name="Late", newsletter=make_newsletter(), rule=rule, by="ada")
    with pytest.raises(actions.SegmentRefused) as refused:
        actions.delete_tag(tag=tag, by="ada")
    assert "Late" in refused.value.message
    actions.delete_segment(segment=segment, by="ada")
    assert actions.delete_tag(tag=tag, by="ada") == 0
    assert not Tag.objects.exists()


@pytest.fixture
def newsletter() -> Newsletter:
    return make_newsletter()


def test_a_segment_is_saved_and_changed(newsletter: Newsletter) -> None:
    short = {"all": [{"what": "edition", "value": "short"}]}
    made = actions.save_segment(name="Short", newsletter=newsletter, rule=short, by="ada")
    step = {"any": [{"what": "edition", "value": "step"}]}
    actions.save_segment(name="Step", newsletter=newsletter, rule=step, by="ben", segment=made)
    kept = Segment.objects.get()
    assert (kept.name, kept.by) == ("Step", "ben")
    assert kept.rule == {"any": [{"what": "edition", "is": True, "value": "step"}]}
    assert audited() == [("segment made", "ada"), ("segment changed", "ben")]


def test_two_segments_have_two_names(newsletter: Newsletter) -> None:
    rule = {"all": [{"what": "edition", "value": "short"}]}
    actions.save_segment(name="Short", newsletter=newsletter, rule=rule, by="ada")
    with pytest.raises(actions.SegmentRefused) as refused:
        actions.save_segment(name="Short", newsletter=newsletter, rule=rule, by="ada")
    assert "already" in refused.value.message


def test_a_rule_without_sense_is_not_saved(newsletter: Newsletter) -> None:
    with pytest.raises(actions.SegmentRefused):
        actions.save_segment(name="Nobody", newsletter=newsletter, rule={"all": []}, by="ada")
    assert not Segment.objects.exists()
