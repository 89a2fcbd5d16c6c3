"""On the first page: the next letter, the last one, and how the list grows."""

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from posts.delivery.models import Mailing
from posts.desk import texts
from posts.desk.growth import day, drawn
from posts.desk.lately import report_lately
from posts.desk.outcome import outcome
from posts.desk.permissions import MAY_SEE_PEOPLE, may_publish
from posts.desk.planned import planned
from posts.desk.queries import all_mailings, ways_out
from subscribers.figures.queries import counted_at, growth

DAYS = 30


class LettersPanel(Component):
    """What comes next, and what became of the last letter. Nothing before the first one."""

    order = 25
    template_name = "desk/panel_letters.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        if not may_publish(parent_context["request"].user):
            return {"plans": [], "last": None}
        plans = planned()
        last = all_mailings().filter(state=Mailing.State.FINISHED, undone_at=None).first()
        shown = {"plans": plans[:1], "more": len(plans) - 1, "last": last}
        if last is None:
            return shown
        found, ways = report_lately(last), ways_out(last)
        return {
            **shown,
            "now": texts.progress(found, ways).now,
            "outcome": outcome(found, ways, report_lately),
        }


class GrowthPanel(Component):
    """Who came and left within a month, as it was counted ahead."""

    order = 40
    template_name = "desk/panel_growth.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        if not parent_context["request"].user.has_perm(MAY_SEE_PEOPLE) or counted_at() is None:
            return {"drawn": None}
        grown = growth(days=DAYS)
        moved = [piece for piece in reversed(grown.pieces) if piece.joined or piece.left]
        return {
            "drawn": drawn(grown) if moved else None,
            "rows": [(day(piece), piece) for piece in moved],
            "growth": grown,
        }
