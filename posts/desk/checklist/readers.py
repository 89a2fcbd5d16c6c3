"""How many would get it, beside the last time."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from posts.delivery.models import Mailing
from posts.desk.checklist.items import ChecklistItem, ItemLevel, Subject
from posts.desk.texts import people

UNUSUAL = 4  # a fourth more or fewer than the last time


def compared(seen: Subject) -> Iterator[ChecklistItem]:
    """An import that went wrong, or a list that is lost, shows here first."""
    if not seen.people:
        return
    last = (
        Mailing.objects.filter(
            newsletter_id=seen.post.newsletter_id,
            kind=Mailing.Kind.FIRST,
            undone_at=None,
            segment__isnull=True,
            candidates__gt=0,
        )
        .order_by("-pk")
        .values_list("candidates", flat=True)
        .first()
    )
    if last is None:
        yield ChecklistItem(
            ItemLevel.FINE, _("It is the first letter, to %s.") % people(seen.people)
        )
        return
    unusual = abs(seen.people - last) * UNUSUAL > last
    yield ChecklistItem(
        ItemLevel.LOOK if unusual else ItemLevel.FINE,
        _("It goes to %(now)s; the last letter went to %(last)s.")
        % {"now": people(seen.people), "last": people(last)},
        reverse("desk:subscribers") if unusual else "",
    )
