"""What a browser may do with a public page: no more than our own pages ask of it.

Ten lines of ours rather than django-csp: the one thing that changes from page to page is the hash
of the accent's style, which is known when the page has been rendered.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from django.http import HttpRequest, HttpResponse

# Even if somebody's words got through as HTML one day: no script but our files, nothing loaded
# from elsewhere, no form that sends elsewhere. `frame-ancestors`: the editor frames its preview.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self'; "
    "media-src 'self'; manifest-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_DEVICES = "camera=(), geolocation=(), microphone=(), payment=()"
# The desk is Wagtail's, whose date pickers and menus write scripts into their pages. It stands
# behind a sign-in, and shows to writers what writers wrote.
_DESK = "/admin/"

GetResponse = Callable[[HttpRequest], HttpResponse]


def strict_on_public_pages(get_response: GetResponse) -> GetResponse:
    """Middleware that says so in the header of each answer that has no stricter policy."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(_DESK):
            style = getattr(request, "inline_style", "")
            response.headers.setdefault("Content-Security-Policy", _policy(style))
            response.headers.setdefault("Permissions-Policy", _DEVICES)
        return response

    return middleware


def _policy(style: str) -> str:
    if not style:
        return _POLICY.format(style="")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return _POLICY.format(style=f" 'sha256-{digest}'")
