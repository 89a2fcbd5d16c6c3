"""The frame that every screen of the desk stands in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

Crumb = tuple[str, str]


def settings_trail() -> tuple[Crumb, ...]:
    """Of what is reached from Settings."""
    return ((reverse("desk:settings"), _("Settings")),)


# Of the pages on which passwords and codes are typed: nothing but our files, framed by nobody.
_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def door(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page before the desk, for whoever is not in yet or is asked again who she is."""
    answer = render(request, template, context, status=status)
    answer.headers["Content-Security-Policy"] = _STRICT
    add_never_cache_headers(answer)
    return answer


def screen(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    icon: str,
    trail: tuple[Crumb, ...] = (),
    crumb: str = "",
    status: int = 200,
    **context: Any,
) -> TemplateResponse:
    """A page within Wagtail's frame. `trail` leads from home to it; `crumb` is its own short name
    there, for titles that are somebody's text and may be long."""
    steps = [(reverse("wagtailadmin_home"), _("Home")), *trail, ("", crumb or title)]
    frame = {
        "header_title": title,
        "header_icon": icon,
        "breadcrumbs_items": [{"url": url, "label": label} for url, label in steps],
    }
    return TemplateResponse(request, template, {**frame, **context}, status=status)
