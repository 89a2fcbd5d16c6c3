"""A device from which somebody signed in before: strangers never lock it out.

After each sign-in the browser gets a signed cookie, for the desk's addresses only. Whoever brings
it for the same account has tries of his own, which nobody else uses up (OWASP: "Slow Down Online
Guessing Attacks with Device Cookies"). It signs nobody in. Readers get no cookie.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

__all__ = ["COOKIE", "PATH", "device_of", "in_the_desk", "remember"]

COOKIE = "desk_device"
PATH = "/admin/"
LASTS = timedelta(days=365)
_SALT = "posts.desk.devices"

GetResponse = Callable[[HttpRequest], HttpResponse]


def device_of(request: HttpRequest, account: str) -> str:
    """The device's random name, if somebody signed in to this account from it; else empty."""
    try:
        owner, device = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if account and owner == _owner(account) else ""


def _owner(account: str) -> str:
    """So that the cookie names nobody."""
    return salted_hmac(_SALT, account.casefold(), algorithm="sha256").hexdigest()[:32]


def remember(request: HttpRequest, account: str) -> None:
    """Somebody is in, her second step taken: the answer to this request brings the cookie."""
    request.signed_in_account = account  # type: ignore[attr-defined]


def in_the_desk(get_response: GetResponse) -> GetResponse:
    """Middleware: gives the cookie after a sign-in, and says with 429 where somebody has to wait
    (see `throttle`), whichever view it was."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if account := getattr(request, "signed_in_account", ""):
            _give_cookie(response, account, device_of(request, account) or secrets.token_hex(16))
        if seconds := getattr(request, "has_to_wait", 0):
            response.status_code = 429
            response["Retry-After"] = str(seconds)
        return response

    return middleware


def _give_cookie(response: HttpResponse, account: str, device: str) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps([_owner(account), device], salt=_SALT),
        max_age=LASTS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
