"""The two pages that say who is behind the site, and what it keeps of its readers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from posts.content.models import PlainPage, SiteSettings
from posts.delivery.rate.queries import sending_settings
from subscribers.housekeeping import NETWORKS_STAY, UNCONFIRMED_STAY
from subscribers.models import Newsletter


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The writer's own words, or ours about what Passalong does."""
    return _notice(
        request,
        "privacy",
        keep_days=sending_settings().keep_days,
        unconfirmed_days=UNCONFIRMED_STAY.days,
        network_days=NETWORKS_STAY.days,
    )


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Who writes, and where she can be reached."""
    return _notice(request, "imprint")


def _notice(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    page = PlainPage.objects.live().filter(slug=name).first()
    if page is not None:  # the writer made it before we had one; her words stand
        response: HttpResponse = page.serve(request)
        return response
    site: SiteSettings = SiteSettings.load(request_or_site=request)
    context |= {"words": getattr(site, name), "newsletters": list(Newsletter.objects.all())}
    return render(request, f"theme/{name}.html", context)
