"""“Received a mailing” as a condition of segments, which `subscribers` cannot answer by itself."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.delivery.mailings.recipients import ARRIVED
from posts.delivery.models import Delivery, Mailing
from subscribers.segments.rules import ConditionKind, RuleRefused, register, whole_number


def _clean(value: Any) -> int:
    mailing_id = whole_number(value, problem=_("Choose a letter that went out."))
    mailing = Mailing.objects.filter(pk=mailing_id).first()
    if mailing is None:
        raise RuleRefused(_("There is no such letter. Choose one that went out."))
    if mailing.folded_at is not None:
        # Of a mailing without rows, “did not receive” would mean everybody.
        raise RuleRefused(
            _(
                "Who got that letter is no longer known: only its numbers are kept. Choose a "
                "later one, or a tag."
            )
        )
    return mailing_id


def _received(value: Any) -> Q:
    arrived = Delivery.objects.filter(
        mailing_id=value, subscriber_id=OuterRef("subscriber_id"), state__in=ARRIVED
    )
    return Q(Exists(arrived))


def _text(value: Any, holds: bool) -> str:
    mailing = Mailing.objects.select_related("post").filter(pk=value).first()
    title = mailing.title if mailing else _("(gone)")
    return str((_("got “%s”") if holds else _("did not get “%s”")) % title)


def register_with_subscribers() -> None:
    register(ConditionKind("received", gettext_lazy("Got a letter"), _clean, _received, _text))
