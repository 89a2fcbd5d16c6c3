"""What a browser may do with a page: no more than our own pages, or Wagtail's screens, ask of it.

Ten lines of ours rather than django-csp: the one thing that changes from page to page is the hash
of the accent's style, which is known when the page has been rendered.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from posts.templatetags import inline_scripts

# Even if somebody's words got through as HTML one day: no script but our files, nothing loaded
# from elsewhere, no form that sends elsewhere. `frame-ancestors`: the editor frames its preview.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self'; "
    "media-src 'self'; manifest-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
# Wagtail's screens: of scripts that stand in a page, only those of its own templates. Styles stand
# in pages too, pictures are shown and read before they are uploaded, and previews in a frame.
_DESK_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self' data: blob:; object-src 'none'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_DEVICES = "camera=(), geolocation=(), microphone=(), payment=()"
_DESK = "/admin/"

GetResponse = Callable[[HttpRequest], HttpResponse]


def strict(get_response: GetResponse) -> GetResponse:
    """Middleware that says so in the header of each answer that has no stricter policy."""

    def middleware(request: HttpRequest) -> HttpResponse:
        nonce = inline_scripts.begin() if request.path.startswith(_DESK) else ""
        response = get_response(request)
        page = _policy(getattr(request, "inline_style", ""))
        policy = _DESK_POLICY.format(nonce=nonce) if nonce else page
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", _DEVICES)
        if settings.SECURE_HSTS_SECONDS:
            # Django's own says it only to who came by https, and a kept page is for all.
            response.headers["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}"
            )
        return response

    return middleware


def _policy(style: str) -> str:
    if not style:
        return _POLICY.format(style="")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return _POLICY.format(style=f" 'sha256-{digest}'")
