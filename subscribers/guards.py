"""What stands between public forms and other people's pages.

Public pages have no cookie, so there is no CSRF token to compare. The browser itself says
where a form was sent from, in headers that no page can forge.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from subscribers.languages import of_the_reader

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def sent_from_our_pages(request: HttpRequest) -> bool:
    """Whether a browser sent this from a page of ours.

    A request with neither header comes from no browser of the last years, so no foreign page
    can have caused it. (The same rule as Go's `net/http.CrossOriginProtection`.)
    """
    origin = request.headers.get("Origin")
    if origin and _host_of(origin) in _our_hosts(request):
        return True
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site:
        # "none": the reader herself caused it, by reloading the answer to a form for example.
        return fetch_site in ("same-origin", "none")
    return origin is None


def _our_hosts(request: HttpRequest) -> set[str]:
    return {urlsplit(settings.SITE_URL).netloc, request.get_host()}


def _host_of(origin: str) -> str:
    """The host and port of an Origin header; empty for `null` and for nonsense."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def guarded(view: View[P]) -> View[P]:
    """For a public page: a POST must come from one of our own pages."""

    @csrf_exempt
    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and not sent_from_our_pages(request):
            return refused(request)
        return view(request, *args, **kwargs)

    return wrapper


def refused(request: HttpRequest) -> HttpResponse:
    """Say that a form came from elsewhere, and offer the page to do it from."""
    context = {"page": request.get_full_path()}
    return say(request, "subscribers/refused.html", context, status=403)


def say(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int
) -> HttpResponse:
    """A page for somebody of whom we know nothing, kept for nobody: in her browser's language."""
    with override(of_the_reader(request)):
        response = render(request, template, context, status=status)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def private(view: View[P]) -> View[P]:
    """For a page behind a secret link: kept by no cache and no search engine.

    The referrer stays with us by the site-wide `same-origin` policy; `no-referrer` would make
    browsers send `Origin: null` with the page's own form.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper
