"""The dashboard: what needs her, what is going out, and the posts she worked on last."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from posts.delivery import doctor
from posts.delivery.mailings.queries import reports
from posts.desk import first_steps, texts
from posts.desk.lately import wanting_lately
from posts.desk.once import once
from posts.desk.permissions import is_owner, may_change_settings, may_publish
from posts.desk.plain import plain
from posts.desk.queries import open_mailings, recent_posts, write_url
from posts.desk.sample import is_sample
from posts.desk.staff import returned
from posts.desk.travel import in_short
from posts.sharing.travels import travels
from subscribers.limits import sign_up_mode, throttle

SAID_BY_STEPS = ("transport", "newsletter")


def _steps(request: HttpRequest) -> list[first_steps.FirstStep]:
    return once(request, "first steps", partial(first_steps.to_show, request))


def _sample(request: HttpRequest) -> bool:
    return once(request, "sample", is_sample)


class FirstStepsPanel(Component):
    """What is to be done once, until it is done or put away; on the sample, how to leave it."""

    order = 5
    template_name = "desk/panel_first_steps.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        if _sample(request):
            return {"sample": True, "may_own": is_owner(request.user), "steps": []}
        shown = _steps(request)
        return {"steps": shown, "left": sum(not step.done for step in shown)}


class ProblemsPanel(Component):
    """What is wrong with the machinery, and what to do. Nothing is shown when nothing is."""

    order = 10
    template_name = "desk/panel_problems.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        if not may_publish(parent_context["request"].user):
            return {"checks": []}
        checks = doctor.checks(counted=wanting_lately)
        found = [check for check in checks if check.level != "ok"]
        if is_owner(parent_context["request"].user):
            found += returned.checks()
        if _steps(parent_context["request"]) or _sample(parent_context["request"]):
            # What the steps, or the sample, say already.
            found = [one for one in found if one.level == "error" or one.name not in SAID_BY_STEPS]
        found.sort(key=lambda check: check.level)  # "error" before "warning"
        urgent = any(check.level == "error" for check in found)
        heading = _("Needs you") if urgent else _("Good to know")
        return {"checks": [plain(check) for check in found], "heading": heading}


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
        going = open_mailings()
        return {"going": list(zip(going, map(texts.progress, reports(going)), strict=True))}


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
