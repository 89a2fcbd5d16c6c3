"""Other programs: which of them may call this site, and which are told what happens."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from posts.delivery.webhooks import actions
from posts.delivery.webhooks.models import WebhookEndpoint, WebhookMessage
from posts.desk.again import asked_again
from posts.desk.frame import Crumb, screen, settings_trail
from posts.desk.permissions import owners_only, signed_in
from posts.desk.programs import tokens
from posts.desk.programs.events import EVENTS_IN_WORDS, TOLD
from posts.desk.programs.forms import EndpointForm, TokenForm
from posts.desk.programs.models import ProgramToken
from posts.desk.programs.scopes import SCOPES
from posts.desk.staff.notes import note

_SHOWN = 50  # messages, the latest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
@asked_again(when=lambda request: request.method == "POST")
def programs(request: HttpRequest) -> HttpResponse:
    """`/admin/programs/`; a POST makes a token, which is shown on the page that answers it."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    made, text = None, ""
    if form.is_bound and form.is_valid():
        made, text = tokens.make(
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            by=signed_in(request),
        )
        form = TokenForm()
    return screen(
        request,
        "desk/programs.html",
        title=_("Programs that may call"),
        icon="key",
        trail=settings_trail(),
        status=422 if form.is_bound else 200,
        form=form,
        mistakes=[field for field in form if field.errors],
        made=made,
        token=text,
        rows=[(row, _named(row.scopes, SCOPES)) for row in _open_tokens()],
    )


def _open_tokens() -> list[ProgramToken]:
    return list(ProgramToken.objects.filter(revoked_at=None).select_related("by").order_by("-pk"))


def _named(keys: list[str], table: Mapping[str, object]) -> list[str]:
    return [str(table[key]) for key in keys if key in table]


@require_POST
@owners_only
@asked_again
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(ProgramToken, pk=token_id)
    if tokens.revoke(token=token, by=signed_in(request)):
        messages.success(
            request, _("“%(name)s” may no longer call, from now on.") % {"name": token.name}
        )
    return redirect("desk:programs")


def _trail() -> tuple[Crumb, ...]:
    return (*settings_trail(), (reverse("desk:webhooks"), _("Programs that are told")))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
@asked_again(when=lambda request: request.method == "POST")
def webhooks(request: HttpRequest) -> HttpResponse:
    """`/admin/told/`; a POST adds an address, whose secret is shown on the page that answers it."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    made, secret = None, ""
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            made, secret = actions.add_endpoint(
                **form.cleaned_data, by=signed_in(request).get_username()
            )
            note("desk.webhook.saved", by=signed_in(request), on=made)
        form = EndpointForm()
    return screen(
        request,
        "desk/webhooks.html",
        title=_("Programs that are told"),
        icon="link-external",
        trail=settings_trail(),
        status=422 if form.is_bound else 200,
        form=form,
        mistakes=[field for field in form if field.errors],
        made=made,
        secret=secret,
        rows=[(row, _named(row.events, TOLD)) for row in WebhookEndpoint.objects.order_by("-pk")],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
@asked_again(when=lambda request: request.method == "POST")
def webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """`/admin/told/<id>/`: what it was told lately; a POST changes what it is told."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    stored = {name: getattr(endpoint, name) for name in ("url", "events", "with_address")}
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=stored)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            actions.change_endpoint(endpoint=endpoint, **form.cleaned_data)
            note("desk.webhook.saved", by=signed_in(request), on=endpoint)
        messages.success(request, _("Saved."))
        return redirect("desk:webhook", endpoint.pk)
    lately = endpoint.messages.order_by("-created_at")
    return screen(
        request,
        "desk/webhook.html",
        title=_("A program that is told"),
        icon="link-external",
        trail=_trail(),
        status=422 if form.is_bound else 200,
        endpoint=endpoint,
        form=form,
        mistakes=[field for field in form if field.errors],
        lately=[
            (message, EVENTS_IN_WORDS[message.event], _became(message))
            for message in lately[:_SHOWN]
        ],
        missed=lately.filter(due_at=None, arrived_at=None).exclude(problem="").count(),
    )


def _became(message: WebhookMessage) -> str:
    """In a sentence."""
    if message.arrived_at:
        return _("Arrived.")
    if message.due_at and not message.problem:
        return _("Waits.")
    why = _PROBLEMS[message.problem]()
    return f"{why} {_('It is tried again.') if message.due_at else _('It is not tried again.')}"


_PROBLEMS: dict[str, Callable[[], str]] = {
    "": lambda: _("It did not arrive."),
    "refused": lambda: _("It was not taken there."),
    "slow": lambda: _("There was no answer in time."),
    "unreachable": lambda: _("Nobody could be reached there."),
    "not public": lambda: _("The address leads into a local network."),
    "address": lambda: _("The address can’t be called."),
    "secret": lambda: _("Its secret can no longer be read. Add the address anew."),
}


def _switch(request: HttpRequest, endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        actions.switch(endpoint=endpoint, on=not endpoint.is_on)
        note("desk.webhook.saved", by=signed_in(request), on=endpoint)


def _try_out(request: HttpRequest, endpoint: WebhookEndpoint) -> None:
    actions.try_out(endpoint=endpoint)
    messages.info(request, _("It is being told something that means nothing. Look again soon."))


def _missed(request: HttpRequest, endpoint: WebhookEndpoint) -> None:
    number = actions.send_missed(endpoint=endpoint)
    messages.info(
        request,
        ngettext("%(number)d is sent again.", "%(number)d are sent again.", number)
        % {"number": number},
    )


def _delete(request: HttpRequest, endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        note("desk.webhook.deleted", by=signed_in(request), on=endpoint)
        endpoint.delete()
    messages.success(request, _("It is told nothing any more."))


WEBHOOK_VERBS: dict[str, Callable[[HttpRequest, WebhookEndpoint], None]] = {
    "switch": _switch,
    "try": _try_out,
    "missed": _missed,
    "delete": _delete,
}


@require_POST
@owners_only
@asked_again
def act_webhook(request: HttpRequest, endpoint_id: int, act: str) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if act not in WEBHOOK_VERBS:
        raise Http404
    WEBHOOK_VERBS[act](request, endpoint)
    if act == "delete":
        return redirect("desk:webhooks")
    return redirect("desk:webhook", endpoint.pk)


@require_POST
@owners_only
def send_message_again(request: HttpRequest, message_id: str) -> HttpResponse:
    message = get_object_or_404(WebhookMessage, pk=message_id)
    if actions.send_again(message=message):
        messages.info(request, _("It is sent once more."))
    return redirect("desk:webhook", message.endpoint_id)
