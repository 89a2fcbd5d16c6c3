"""The sign-up form on other sites: what comes from there, and what may.

A plain form on another site leads to our own page, with what was typed in it, where the reader
presses once more: what another site's page sends by itself can mail nobody. With our small script
she stays where she is. That is only for sites which the writer named, which the browser says truly
in `Origin`, and only with the proof of work; whatever is not clear at once is asked on our page.

Nothing is read back by another site but whether the form was good: the answer is the same whoever
the address belongs to. No cookie travels (`credentials: "omit"`, and we have none).
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from subscribers.forms import SignUpForm
from subscribers.guards import private
from subscribers.limits import proof, sign_up_mode, throttle, typos
from subscribers.limits.models import EmbeddingSite
from subscribers.limits.suspicions import suspicion
from subscribers.refusals import Refused
from subscribers.signing_up import ask, may_ask

MOST_SITES = 20
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?")


class SiteRefused(Refused):
    """What was typed names no site; `message` says what to write instead."""


# --- The sites on which it may stand ------------------------------------------------------


def sites() -> list[str]:
    return list(EmbeddingSite.objects.order_by("origin").values_list("origin", flat=True))


def name_sites(*, origins: Iterable[str], by: str) -> None:
    """Those and no others, from now on."""
    wanted = set(origins)
    with transaction.atomic():
        EmbeddingSite.objects.exclude(origin__in=wanted).delete()
        for origin in sorted(wanted):
            EmbeddingSite.objects.get_or_create(origin=origin, defaults={"by": by[:150]})


def origin_of(typed: str) -> str:
    """The site of an address as somebody writes it: scheme and host, as browsers say it. Raises
    SiteRefused."""
    text = typed.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise _no_site(text) from error
    netloc = f"{host}{port.removesuffix({'https': ':443', 'http': ':80'}.get(parts.scheme, ''))}"
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(netloc) or parts.username:
        raise _no_site(text)
    return f"{parts.scheme}://{netloc}"


def _no_site(text: str) -> SiteRefused:
    return SiteRefused(
        _("“%(typed)s” is no address of a site. Write it like https://example.org.")
        % {"typed": text[:80]}
    )


# --- What the script asks -----------------------------------------------------------------


@require_safe
def script(request: HttpRequest, name: str) -> HttpResponse:
    """`/subscribe/embed.js`, and what it imports, at addresses that stay whatever the version."""
    response = HttpResponse(_scripts()[name], content_type="text/javascript; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@cache
def _scripts() -> dict[str, bytes]:
    folder = Path(__file__).parent / "static" / "subscribers"
    return {name: (folder / name).read_bytes() for name in ("embed.js", "proof.js")}


@csrf_exempt
@require_POST
@private
def from_elsewhere(request: HttpRequest) -> HttpResponse:
    """`/subscribe/embedded/`: a form that our script sends from a site that the writer named.

    Answers `{"done": …}` with what to say, `{"problem": …}` with what is to be mended there, and
    `{"ask": true}` where our own page has to ask.
    """
    origin = request.headers.get("Origin", "")
    if not EmbeddingSite.objects.filter(origin=origin).exists():
        return JsonResponse({"ask": True}, status=403)
    response = JsonResponse(_answer(request, origin))
    response["Access-Control-Allow-Origin"] = origin
    patch_vary_headers(response, ["Origin"])
    return response


def _answer(request: HttpRequest, origin: str) -> dict[str, object]:
    if sign_up_mode.mode() == sign_up_mode.Mode.CLOSED:
        return {"ask": True}
    form = SignUpForm(request.POST)
    if not form.is_valid():
        words = form.errors.get("email")
        return {"problem": words[0]} if words else {"ask": True}
    address = form.cleaned_data["email"]
    if typos.meant(address.typed) or suspicion(address.normalised):
        return {"ask": True}
    if not request.POST.get("website"):
        if not proof.accepted(request.POST.get(proof.FIELD, "")):
            return {"ask": True}
        allowance = may_ask(request, address, proven=True)
        if allowance.decision == throttle.Decision.TOO_MANY:
            return {"ask": True}
        if allowance.decision == throttle.Decision.GO_ON:
            ask(request, form, source=origin)
    return {
        "done": _("Look in your mailbox"),
        "more": _(
            "We send you one mail with a link to confirm. No post reaches you until you press it."
        ),
    }
