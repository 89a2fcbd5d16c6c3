"""What became of tests, said once on the next page."""

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from posts.delivery.mailings.test_mail import TestsSent
from posts.delivery.transports.outbox import Outbox


def tell(request: HttpRequest, sent: TestsSent) -> None:
    """Each outcome by itself: what was taken, what was refused and in which words, what was left.

    Taken is no promise that it arrives, and is not said as one.
    """
    if sent.accepted:
        messages.success(request, _taken(request, sent))
    for address, why in sent.refused.items():
        messages.error(
            request,
            render_to_string("desk/test_refused.html", {"address": address, "why": why}),
        )
    if sent.not_tried:
        messages.error(request, _("Not tried: %s.") % ", ".join(sent.not_tried))


def _taken(request: HttpRequest, sent: TestsSent) -> str:
    who = ", ".join(sent.accepted)
    if sent.way_out.name != Outbox.name:
        return _(
            "The test to %(who)s was taken by %(server)s. It should arrive within some minutes; if "
            "not, look into the folder for spam."
        ) % {"who": who, "server": sent.way_out.describe()}
    said = _("The test to %s lies in the outbox on this machine; nothing left it.") % who
    if not getattr(request.user, "is_staff", False):
        return said
    return format_html('{} <a href="{}">{}</a>', said, reverse("desk:outbox"), _("Read it"))
