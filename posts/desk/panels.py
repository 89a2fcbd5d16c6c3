"""The dashboard: what needs her, what is going out, and the posts she worked on last."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from posts.content.models import HomePage
from posts.delivery import doctor
from posts.delivery.mailings.queries import report
from posts.desk import texts
from posts.desk.permissions import may_change_settings, may_publish
from posts.desk.plain import plain
from posts.desk.queries import open_mailings, recent_posts
from posts.desk.travel import in_short
from posts.sharing.travels import travels
from subscribers.limits import sign_up_mode, throttle


class ProblemsPanel(Component):
    """What is wrong with the machinery, and what to do. Nothing is shown when nothing is."""

    order = 10
    template_name = "desk/panel_problems.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        if not may_publish(parent_context["request"].user):
            return {"checks": []}
        found = [plain(check) for check in doctor.checks() if check.level != "ok"]
        found.sort(key=lambda check: check.level)  # "error" before "warning"
        urgent = any(check.level == "error" for check in found)
        return {"checks": found, "heading": _("Needs you") if urgent else _("Good to know")}


class SurgePanel(Component):
    """Far more sign-ups or wishes for a link than usual. Nothing is shown on an ordinary day."""

    order = 15
    template_name = "desk/panel_surge.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        if not may_publish(user):
            return {"rushes": [], "opening": None}
        rushes = [(kind, throttle.rush(kind)) for kind in throttle.RequestKind]
        return {
            "rushes": [(str(kind), rush) for kind, rush in rushes if rush.unusual],
            "opening": sign_up_mode.narrowed(),
            "may_change": may_change_settings(user),
            "may_block": user.has_perm("subscribers.add_blockeddomain"),
        }


class SendingPanel(Component):
    """What is going out at this moment."""

    order = 20
    template_name = "desk/panel_sending.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        if not may_publish(parent_context["request"].user):
            return {"going": []}
        # Where its letters went is said of a finished one; these are not.
        going = [(mailing, texts.progress(report(mailing))) for mailing in open_mailings()]
        return {"going": going}


class PostsPanel(Component):
    """The latest posts with their mailings; before the first one, how to write it."""

    order = 30
    template_name = "desk/panel_posts.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        posts = recent_posts()
        told = travels([post.pk for post in posts if post.live])
        return {
            "posts": [(post, in_short(told[post.pk]) if post.live else "") for post in posts],
            "write_url": write_url(parent_context["request"]),
            "may_publish": may_publish(parent_context["request"].user),
        }


def write_url(request: HttpRequest) -> str | None:
    """Where a new post is written, if this person may write one and the site is set up."""
    home = HomePage.objects.first()
    if home is None or not home.permissions_for_user(request.user).can_add_subpage():
        return None
    return reverse("wagtailadmin_pages:add", args=["posts", "postpage", home.pk])
