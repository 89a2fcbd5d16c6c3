"""What will happen by itself: letters that wait for their time, and posts that go live at one."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision

from posts.content.models import PostPage
from posts.delivery.models import Mailing
from posts.desk.queries import all_mailings

MOST = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """One thing, with what stands in its way where something does."""

    at: datetime
    what: str
    url: str
    waits_for_you: bool = False


def planned() -> list[Plan]:
    """In the order in which they come; in two queries and one for the posts that go live."""
    return sorted([*_letters(), *_posts()], key=lambda plan: (plan.at, plan.url))


def _letters() -> list[Plan]:
    waiting = all_mailings().filter(state__in=(Mailing.State.SCHEDULED, Mailing.State.HELD))
    return [
        Plan(
            mailing.began_at,
            _("“%(title)s” is emailed to whoever gets “%(newsletter)s”")
            % {"title": mailing.title, "newsletter": mailing.newsletter},
            reverse("desk:mailing", args=[mailing.pk]),
            waits_for_you=bool(mailing.problem),
        )
        for mailing in waiting[:MOST]
    ]


def _posts() -> list[Plan]:
    due = Revision.objects.filter(approved_go_live_at__isnull=False).order_by("approved_go_live_at")
    times = {
        int(number): at for number, at in due.values_list("object_id", "approved_go_live_at")[:MOST]
    }
    posts = PostPage.objects.filter(pk__in=times)
    return [
        Plan(
            times[post.pk],
            _("“%s” goes live on the site") % (post.draft_title or post.title),
            reverse("wagtailadmin_pages:edit", args=[post.pk]),
        )
        for post in posts
    ]
