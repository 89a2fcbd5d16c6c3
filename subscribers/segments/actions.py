"""What can be done with tags and segments. Change and audit in one transaction."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from subscribers.models import Newsletter, Subscriber
from subscribers.refusals import Refused
from subscribers.segments import rules
from subscribers.segments.models import CareEvent, Segment, Tag, Tagging
from subscribers.segments.queries import find_tag
from subscribers.segments.spelling import tag_name


class SegmentRefused(Refused):
    """What was asked cannot be; `message` says what to do instead."""


def create_tag(*, name: str, by: str) -> Tag:
    """A tag of this name; the one there is, if there is one, however it is spelled."""
    name = _clean_name(name, Tag)
    with transaction.atomic():
        if there := find_tag(name):
            return there
        tag, made = Tag.objects.get_or_create(name=name)
        if made:
            audit(by=by, action="tag made", detail=name)
    return tag


def rename_tag(*, tag: Tag, name: str, by: str) -> None:
    """Another word for the same people; segments with it go on as they are."""
    name, before = _clean_name(name, Tag), tag.name
    try:
        with transaction.atomic():
            Tag.objects.filter(pk=tag.pk).update(name=name)
            audit(by=by, action="tag renamed", detail=f"{before} → {name}")
    except IntegrityError as error:
        raise SegmentRefused(
            _("There is a tag “%s” already. Choose another name, or use that one.") % name
        ) from error
    tag.name = name


def delete_tag(*, tag: Tag, by: str) -> int:
    """Take it off everybody and forget it. Answers how many had it."""
    with transaction.atomic():
        locked = Tag.objects.select_for_update().get(pk=tag.pk)
        users = [s.name for s in Segment.objects.all() if locked.pk in rules.tags_in(s.rule)]
        if users:
            # Without it, “is not tagged” would mean everybody.
            raise SegmentRefused(
                _("The tag is part of a segment: %s. Change or delete that first.")
                % ", ".join(users)
            )
        number, _rows = Tagging.objects.filter(tag=locked).delete()
        locked.delete()
        audit(by=by, action="tag deleted", detail=f"{locked.name}, {number} people")
    return number


def tag_people(*, tag: Tag, ids: Iterable[int], by: str) -> int:
    """Tag these people. Answers how many had not got it before."""
    with transaction.atomic():
        wanted = set(Subscriber.objects.filter(pk__among=[*ids]).values_list("pk", flat=True))
        had = Tagging.objects.filter(tag=tag, subscriber_id__among=[*wanted])
        fresh = sorted(wanted - set(had.values_list("subscriber_id", flat=True)))
        Tagging.objects.bulk_create(
            (Tagging(tag=tag, subscriber_id=number) for number in fresh),
            batch_size=500,
            ignore_conflicts=True,  # somebody else tags the same people at this moment
        )
        if fresh:
            audit(by=by, action="tagged", detail=f"{tag.name}: {_numbers(fresh)}")
    return len(fresh)


def untag(*, tag: Tag, ids: Iterable[int], by: str) -> int:
    """Take the tag off these people. Answers how many had it."""
    with transaction.atomic():
        rows = Tagging.objects.filter(tag=tag, subscriber_id__among=[*ids])
        had = sorted(rows.values_list("subscriber_id", flat=True))
        rows.delete()
        if had:
            audit(by=by, action="untagged", detail=f"{tag.name}: {_numbers(had)}")
    return len(had)


def save_segment(
    *, name: str, newsletter: Newsletter, rule: Any, by: str, segment: Segment | None = None
) -> Segment:
    """Make a segment, or change one. Mailings that went out keep the rule they had."""
    name = _clean_name(name, Segment)
    try:
        cleaned = rules.clean(rule)
    except rules.RuleRefused as error:
        raise SegmentRefused(error.message) from error
    segment = segment or Segment()
    action = "segment changed" if segment.pk else "segment made"
    segment.name, segment.newsletter, segment.rule, segment.by = name, newsletter, cleaned, by
    try:
        with transaction.atomic():
            segment.save()
            audit(by=by, action=action, detail=f"{name}: {rules.in_words(cleaned)}")
    except IntegrityError as error:
        raise SegmentRefused(
            _("There is a segment “%s” already. Choose another name.") % name
        ) from error
    return segment


def delete_segment(*, segment: Segment, by: str) -> None:
    """Forget the rule. The people and the mailings stay as they are."""
    with transaction.atomic():
        audit(by=by, action="segment deleted", detail=segment.name)
        segment.delete()


def audit(*, by: str, action: str, detail: str = "") -> None:
    """Note who did what, in the transaction of the change."""
    CareEvent.objects.create(by=by[:150], action=action, detail=detail)


def _numbers(ids: list[int]) -> str:
    """Ids, not addresses: those must go with the person."""
    return ", ".join(map(str, ids))


def _clean_name(name: str, model: type[Tag] | type[Segment]) -> str:
    longest = model._meta.get_field("name").max_length or 0
    name = tag_name(name.replace("\x00", " "))
    if not name:
        raise SegmentRefused(_("Give it a name."))
    if len(name) > longest:
        raise SegmentRefused(_("The name is longer than %d letters. Shorten it.") % longest)
    return name
