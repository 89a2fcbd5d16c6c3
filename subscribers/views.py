"""The pages on which people subscribe, confirm and leave. No cookie, no session, no script.

GET and HEAD change nothing anywhere here: mail scanners fetch every link.
"""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from subscribers import actions, queries, wording
from subscribers.addresses import Address, mask
from subscribers.forms import SignUpForm
from subscribers.guards import guarded, private, refused, say, sent_from_our_pages
from subscribers.languages import spoken, stay
from subscribers.limits import proof, sign_up_mode, throttle, typos
from subscribers.limits.network import network_of
from subscribers.limits.suspicions import suspicion
from subscribers.mailed_tokens import TokenPurpose, seed_in
from subscribers.models import Subscriber, Subscription, TransactionalMail
from subscribers.preferences import links
from subscribers.preferences.actions import send_link_for
from subscribers.signing_up import READER, ask, may_ask

LONGEST_TYPED = 320  # as much of an address as is ever kept
MAIL_PROGRAM = "the reader's mail program (one-click)"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for an address; answer the same to every address that could be one."""
    mode = sign_up_mode.mode()
    if mode == sign_up_mode.Mode.CLOSED:
        return _closed(request)
    if request.method == "POST" and not sent_from_our_pages(request):
        return _from_another_site(request)
    if request.method != "POST":
        return _sign_up_page(request, SignUpForm(initial=_preselected(request)))
    form = SignUpForm(_as_meant(request.POST))
    if not form.newsletters:
        return _sign_up_page(request, form)
    if not form.is_valid():
        instead = typos.meant(form.data.get("email", "")) if "email" in form.errors else None
        return _sign_up_page(request, form, status=422, meant=instead)
    address = form.cleaned_data["email"]
    if not request.POST.get("sure") and (doubts := _doubts(address)):
        return _sign_up_page(request, form, template="doubtful", **doubts)
    # A field that people don't see and leave empty. Robots get the same answer, and nothing else.
    if not request.POST.get("website"):
        proven = proof.accepted(request.POST.get(proof.FIELD, ""))
        if mode == sign_up_mode.Mode.PROVEN and not proven:
            return _sign_up_page(request, form, status=503, template="needs_proof")
        allowance = may_ask(request, address, proven=proven)
        if allowance.decision == throttle.Decision.TOO_MANY:
            return _too_many(request, form, allowance.retry_after)
        if allowance.decision == throttle.Decision.GO_ON:
            ask(request, form, source=_page_it_came_from(request))
    return render(request, "subscribers/look_in_your_mail.html")


def _from_another_site(request: HttpRequest) -> HttpResponse:
    """A form of the writer's on another site, or somebody's trick: nothing is kept, and what was
    typed stands in our own form, where she presses once more (see `embedding`)."""
    typed = {
        "email": request.POST.get("email", "")[:LONGEST_TYPED],
        "newsletter": request.POST.getlist("newsletter"),
    }
    return _sign_up_page(request, SignUpForm(initial=typed), template="once_more")


def _as_meant(typed: QueryDict) -> QueryDict:
    """With the address that was offered to her, if she took it."""
    if "instead" in typed:
        typed = typed.copy()
        typed["email"] = str(typed["instead"])
    return typed


def _doubts(address: Address) -> dict[str, Any]:
    """What to ask about an address, before it gets a mail; empty for nearly all."""
    if instead := typos.meant(address.typed):
        return {"meant": instead}
    doubt = suspicion(address.normalised)
    return {"doubt": doubt} if doubt else {}


def _closed(request: HttpRequest) -> HttpResponse:
    """The writer shut the door for a while. What one has stays as it is."""
    if request.method != "POST":
        return render(request, "subscribers/closed.html")
    response = render(request, "subscribers/closed.html", status=503)
    response["Retry-After"] = str(24 * 3600)
    return response


def _too_many(request: HttpRequest, form: SignUpForm, seconds: int) -> HttpResponse:
    """Say calmly when to come back; what was typed stands in the form."""
    minutes = max(1, round(seconds / 60))
    response = _sign_up_page(request, form, status=429, template="too_many", minutes=minutes)
    response["Retry-After"] = str(seconds)
    return response


@require_safe
@private
def challenge(request: HttpRequest) -> HttpResponse:
    """A sum for the reader's browser (see `limits.proof`). Asking for it changes nothing."""
    response = JsonResponse(proof.challenge())
    # Also for a form of ours on another site. It is the same for all, and no cookie travels.
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _preselected(request: HttpRequest) -> dict[str, object]:
    return {"newsletter": request.GET.getlist("newsletter")}


def _sign_up_page(
    request: HttpRequest,
    form: SignUpForm,
    *,
    status: int = 200,
    template: str = "subscribe",
    **more: object,
) -> HttpResponse:
    # The sentence that she read, where she comes from a page that showed one.
    shown = wording.shown(request.POST.get("wording", ""))
    context = {"form": form, "wording": wording.SIGN_UP, "shown": shown, **more}
    return render(request, f"subscribers/{template}.html", context, status=status)


def _page_it_came_from(request: HttpRequest) -> str:
    """The path of our page with the form on it, as proof of where she agreed."""
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return request.path
    is_ours = referrer.netloc == request.get_host() and referrer.path.isprintable()
    return referrer.path if is_ours else request.path


@require_http_methods(["GET", "HEAD", "POST"])
@private
@guarded
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in a confirmation mail leads: a button, and what it did."""
    seed = seed_in(token, purpose=TokenPurpose.CONFIRM)
    mail = queries.find_confirmation(seed) if seed else None
    if mail is None or mail.token is None:
        return _unknown(request)
    with override(spoken(mail.subscriber.locale)):
        return _answer(request, mail)


def _answer(request: HttpRequest, mail: TransactionalMail) -> HttpResponse:
    if request.method == "POST" and mail.token is not None:
        confirmed = actions.confirm(
            token=mail.token, source="/confirm/", by=READER, network=network_of(request)
        )
        if confirmed and confirmed.newsletters:
            context = {
                "newsletters": confirmed.newsletters,
                # She came from her mailbox a moment ago: as good as the link that we would mail.
                "own_page": links.path(mail.subscriber),
                "editions": Subscriber.Edition.choices,
            }
            return render(request, "subscribers/confirmed.html", context)
        mail.refresh_from_db()
    return _confirm_page(request, mail)


def _confirm_page(request: HttpRequest, mail: TransactionalMail) -> HttpResponse:
    asked = [] if mail.answered_at else queries.asked_for(mail.subscriber)
    context: dict[str, object] = {
        "asked": asked,
        "subscribed": not asked and bool(queries.subscribed_to(mail.subscriber)),
        "masked": mask(mail.subscriber.address),
        "wording": wording.CONFIRM,
    }
    return render(request, "subscribers/confirm.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Where both unsubscribe links lead: a page that asks, or an end at once (RFC 8058)."""
    key = queries.parse_token(token)
    found = queries.find_subscription(key) if key else None
    one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    if found is None:
        # A mail may outlive its reader's record; her mail program must not be told of a failure.
        return _one_click_answer("You are not on the list.") if one_click else _unknown(request)
    with override(spoken(found[0].subscriber.locale)):
        return _leave(request, *found, one_click=one_click)


def _leave(
    request: HttpRequest, subscription: Subscription, is_header_token: bool, *, one_click: bool
) -> HttpResponse:
    if request.method != "POST":
        return _unsubscribe_page(request, subscription)
    if is_header_token and one_click:
        # Sent by the mailbox provider: no cookie, no Origin, no Referer, and no one to read.
        actions.unsubscribe(subscription=subscription, source="List-Unsubscribe", by=MAIL_PROGRAM)
        return _one_click_answer("You are unsubscribed.")
    if not sent_from_our_pages(request):
        return refused(request)
    return _do_as_the_page_says(request, subscription)


def _one_click_answer(words: str) -> HttpResponse:
    return HttpResponse(f"{words}\n", content_type="text/plain; charset=utf-8")


def _do_as_the_page_says(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    if request.POST.get("do") == "link":
        # Whoever pressed: the link comes to her mailbox alone, and at most so many of them.
        send_link_for(person=subscription.subscriber, source="/unsubscribe/", by=READER)
        return render(request, "subscribers/link_sent.html")
    if request.POST.get("do") == "undo":
        undone = actions.undo_unsubscribe(
            subscription=subscription, source="/unsubscribe/", by=READER
        )
        subscription.refresh_from_db()
        template = "undone" if undone else "unsubscribe"
        return _unsubscribe_page(request, subscription, template=template)
    # The link stands in a mail that may have been passed along: a mail tells her, with a way back.
    actions.unsubscribe(subscription=subscription, source="/unsubscribe/", by=READER, goodbye=True)
    subscription.refresh_from_db()
    return _unsubscribe_page(request, subscription)


def _unsubscribe_page(
    request: HttpRequest, subscription: Subscription, template: str = "unsubscribe"
) -> HttpResponse:
    context = {
        "newsletter": subscription.newsletter,
        "yourself": reverse("subscribe")
        + stay(get_language() or "", query=f"newsletter={subscription.newsletter.slug}"),
        "masked": mask(subscription.subscriber.address),
        "active": subscription.status == Subscription.Status.ACTIVE,
        "can_undo": actions.can_undo(subscription),
        "undo": wording.UNDO,
    }
    return render(request, f"subscribers/{template}.html", context)


def _unknown(request: HttpRequest) -> HttpResponse:
    return say(request, "subscribers/unknown_link.html", status=404)
