"""How mail leaves: chosen by the owner, tried before it counts, and what to write into the DNS."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from wagtail.log_actions import log

from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import reached_by_nobody
from posts.delivery.mailings.way_out import choose_way_out
from posts.delivery.transports import current, from_url
from posts.delivery.transports.backend import EmailBackend
from posts.delivery.transports.base import Transport, TransportError
from posts.delivery.transports.outbox import Outbox
from posts.delivery.transports.records import Lookup, wanted
from posts.delivery.way_out.queries import by_environment, chosen
from posts.desk import first_steps, typed_secrets
from posts.desk.again import asked_again
from posts.desk.permissions import owners_only, signed_in
from posts.desk.together import SettingsPart, answer, are_together, done
from posts.desk.way_out import SECRETS, WHOSE, WayOutForm
from subscribers.models import Newsletter


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
@asked_again(when=lambda request: request.method == "POST")
def way_out(request: HttpRequest) -> HttpResponse:
    """`/admin/way-out/`; `?look` looks the DNS records up."""
    if request.method != "POST" or by_environment():
        return _page(request, _form(request))
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    transport = from_url(form.url)
    if problem := _tried(transport, form.cleaned_data["to"]):
        return _page(request, form, problem=problem, status=422)
    try:
        paused = choose_way_out(
            url=form.url, shown=form.shown, by=signed_in(request).get_username()
        )
    except DeliveryRefused as error:  # fixed meanwhile
        return _page(request, form, problem=str(error), status=409)
    log(instance=chosen(), action="wagtail.edit", user=request.user)
    said = list(_told(transport, form.cleaned_data["to"], len(paused)))
    return done(request, WAY_OUT, said, redirect("desk:way_out"))


def _form(request: HttpRequest, data: Any = None) -> WayOutForm:
    return WayOutForm(data, row=chosen(), to=signed_in(request).email)


def _tried(transport: Transport, to: str) -> str:
    """Hand a letter to the owner over, as a mail of the site's. What went wrong, in the server's
    own words; empty: it was taken."""
    newsletter = Newsletter.objects.first()
    sender = (
        f'"{newsletter.from_name}" <{newsletter.from_email}>'.replace('""', "")
        if newsletter
        else settings.DEFAULT_FROM_EMAIL
    )
    letter = EmailMessage(
        subject=_("A test letter: mail leaves your site"),
        body=_(
            "You asked your site to send this letter to you, by %(way_out)s.\n\n"
            "It arrived, so readers will get yours the same way. There is nothing to do."
        )
        % {"way_out": transport.describe()},
        from_email=sender,
        to=[to],
        connection=EmailBackend(transport=transport),
    )
    try:
        letter.send()
    except TransportError as error:
        return error.message
    return ""


def _told(transport: Transport, to: str, paused: int) -> Iterator[tuple[int, str]]:
    if transport.name == Outbox.name:
        yield messages.SUCCESS, _("Saved. Letters stay on this machine; nobody is mailed.")
    else:
        yield (
            messages.SUCCESS,
            _("Saved. %(way_out)s took a test letter for %(to)s: look whether it arrived.")
            % {"way_out": capfirst(transport.describe()), "to": to},
        )
    if paused:
        yield (
            messages.WARNING,
            ngettext(
                "A mailing was going out. It waits now: look at it, and resume.",
                "%(number)d mailings were going out. They wait now: look at each, and resume.",
                paused,
            )
            % {"number": paused},
        )


def _page(
    request: HttpRequest, form: WayOutForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = _shown(request, form, problem=problem)
    if not are_together(request):
        context |= {**_records(request, context["now"]), **_hook(form, context["now"])}
    title = _("How mail leaves")
    return answer(request, WAY_OUT, context, title=title, icon="mail", status=status)


def _shown(request: HttpRequest, form: WayOutForm, *, problem: str = "") -> dict[str, Any]:
    """What stands around the form, here and on the settings screen."""
    try:
        now: Transport | None = current()
        trouble = ""
    except ImproperlyConfigured as error:
        now, trouble = None, str(error)
    return {
        "form": form,
        "typed_before": typed_secrets.keep(request, SECRETS, of=WHOSE) if form.is_bound else "",
        "mistakes": [field for field in form if field.errors],
        "problem": problem,
        "trouble": trouble,
        "now": now,
        "fixed": by_environment(),
        "steps": first_steps.to_show(request),
        "unreachable": now is not None and not now.stays_here and reached_by_nobody(),
        "no_password": not signed_in(request).has_usable_password(),
    }


WAY_OUT = SettingsPart(
    key="way-out",
    template="desk/parts/way_out.html",
    alone="desk/way_out.html",
    build=lambda request: _shown(request, _form(request)),
).register()


def _records(request: HttpRequest, now: Transport | None) -> dict[str, Any]:
    """What to write into the DNS for the sender, and whether it is there, where that was asked."""
    newsletter = Newsletter.objects.first()
    if now is None or now.name == Outbox.name or newsletter is None:
        return {}
    records = wanted(now, sender=newsletter.from_email, reports=signed_in(request).email)
    look = Lookup() if "look" in request.GET else None
    return {
        "sender": newsletter.from_email,
        "newsletter": newsletter,
        "records": [(record, look.find(record) if look else None) for record in records],
        "looked": look is not None,
    }


def _hook(form: WayOutForm, now: Transport | None) -> dict[str, Any]:
    """The address at which the provider is to report, for whoever pastes it there."""
    if now is None or by_environment() or now.name == Outbox.name or not form.before:
        return {}
    if form.before.get("kind") != now.name or now.name == "smtp":
        return {}
    scheme, _sep, rest = settings.SITE_URL.partition("://")
    password = f"{form.hook_password}@" if form.hook_password else ""
    return {"hook": f"{scheme}://{password}{rest}/hooks/{now.name}/"}
