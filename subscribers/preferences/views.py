"""The page that knows nobody and mails a link, and the page to which that link leads."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from subscribers.addresses import mask
from subscribers.guards import guarded, private, say
from subscribers.languages import spoken
from subscribers.limits import throttle
from subscribers.limits.network import network_of
from subscribers.mailed_tokens import TokenPurpose, seed_in
from subscribers.models import Subscriber, Subscription
from subscribers.preferences import actions, addresses, forms, links
from subscribers.preferences.forms import LinkForm, RestForm
from subscribers.preferences.models import AddressChange
from subscribers.preferences.queries import find_change, is_resting, waiting_change
from subscribers.queries import token_text
from subscribers.waiting import ask_for_link
from subscribers.wording import PREFERENCES, UNDO

READER = "the reader"
SOURCE = "/preferences/"


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def preferences(request: HttpRequest) -> HttpResponse:
    """Reached from every mail, so it knows nobody: it asks for an address, and mails a link."""
    if request.method != "POST":
        return _ask_page(request, LinkForm())
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, form, status=422)
    # A field that people don't see and leave empty, as on the sign-up form.
    if not request.POST.get("website"):
        address, network = form.cleaned_data["email"], network_of(request)
        allowance = throttle.allow(kind=throttle.RequestKind.LINK, address=address, network=network)
        if allowance.decision == throttle.Decision.TOO_MANY:
            return _too_many(request, form, allowance.retry_after)
        if allowance.decision == throttle.Decision.GO_ON:
            ask_for_link(address=address, source=SOURCE, by=READER, network=network)
    return render(request, "subscribers/link_sent.html")


def _too_many(request: HttpRequest, form: LinkForm, seconds: int) -> HttpResponse:
    """Say calmly when to come back; what was typed stands in the form."""
    response = _ask_page(request, form, status=429, minutes=max(1, round(seconds / 60)))
    response["Retry-After"] = str(seconds)
    return response


def _ask_page(
    request: HttpRequest,
    form: LinkForm,
    *,
    spent: bool = False,
    minutes: int = 0,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "spent": spent, "minutes": minutes}
    if spent:
        return say(request, "subscribers/preferences.html", context, status=status)
    return render(request, "subscribers/preferences.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@guarded
def your_preferences(request: HttpRequest, token: str) -> HttpResponse:
    """A reader's own page, for an hour. GET shows, POST changes and shows what was saved."""
    person = links.whose(token)
    if person is None:
        return _ask_page(request, LinkForm(), spent=True, status=410)
    with translation.override(spoken(person.locale)):
        return _own_page(request, person) if request.method != "POST" else _do(request, person)


def _do(request: HttpRequest, person: Subscriber) -> HttpResponse:
    match request.POST.get("do"):
        case "return":
            actions.rest(person=person, until=None, source=SOURCE, by=READER)
            return _saved_page(request, person, _("Welcome back. Mails go on from now."))
        case "rest":
            return _rest(request, person)
        case "export":
            return _download(person)
        case "erase":
            context = {"masked": mask(person.address), "page": request.path}
            return render(request, "subscribers/erase.html", context)
        case "erase for good":
            actions.erase(person=person, source=SOURCE, by=READER)
            return render(request, "subscribers/erased.html")
    return _save(request, person)


def _rest(request: HttpRequest, person: Subscriber) -> HttpResponse:
    form = RestForm(request.POST)
    if not form.is_valid():
        return _own_page(request, person, rest=form, status=422)
    until = form.cleaned_data["rest_until"]
    actions.rest(person=person, until=until, source=SOURCE, by=READER)
    return _saved_page(request, person, _("Rest well."))


def _save(request: HttpRequest, person: Subscriber) -> HttpResponse:
    part = forms.tried(request.POST, person)
    if part is None:  # of a page from before this one was so
        return _own_page(request, person, said=_("Nothing was changed. Please choose again."))
    if not part.is_valid():
        return _own_page(request, person, tried=part, status=422)
    if isinstance(part, forms.AddressPart):
        return _move(request, person, part)
    saved = actions.save(person=person, wishes=part.wishes, source=SOURCE, by=READER)
    said = _("Saved.") if saved.changed else _("Nothing was different, so nothing changed.")
    return _saved_page(request, person, said, left=saved.left)


def _move(request: HttpRequest, person: Subscriber, part: forms.AddressPart) -> HttpResponse:
    new = part.cleaned_data["new_email"]
    try:
        moves = addresses.ask(person=person, address=new, source=SOURCE, by=READER)
    except addresses.TooOften:
        part.add_error("new_email", _("You asked for three changes today. Ask again tomorrow."))
        return _own_page(request, person, tried=part, status=422)
    said = _("Saved.") if moves else _("Nothing was different, so nothing changed.")
    return _saved_page(request, person, said)


def _saved_page(
    request: HttpRequest, person: Subscriber, said: str, *, left: Sequence[Subscription] = ()
) -> HttpResponse:
    """The same page anew, as the database has it now, in the language that was just chosen."""
    person.refresh_from_db()
    with translation.override(spoken(person.locale)):
        return _own_page(request, person, said=said, left=left)


def _own_page(
    request: HttpRequest,
    person: Subscriber,
    *,
    tried: forms.OwnPagePart | None = None,
    rest: RestForm | None = None,
    said: str = "",
    left: Sequence[Subscription] = (),
    status: int = 200,
) -> HttpResponse:
    change = waiting_change(person)
    rest = rest or RestForm()
    context = {
        "person": person,
        "parts": forms.parts(person, tried=tried),
        "rest": rest,
        "wrong": tried or (rest if rest.is_bound else None),
        "said": said,
        "undo": UNDO,
        "left": [(tie.newsletter, token_text(tie.body_token)) for tie in left],
        "resting": is_resting(person),
        "until": None if person.resting_until == actions.UNTIL_SHE_SAYS else person.resting_until,
        "new": change.email if change else "",
        "wording": PREFERENCES,
    }
    return render(request, "subscribers/your_page.html", context, status=status)


def _download(person: Subscriber) -> HttpResponse:
    everything = actions.export(person=person, source=SOURCE, by=READER)
    response = JsonResponse(everything, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="what-we-hold-about-you.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@private
@guarded
def change_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in both mailboxes leads: a button, and what it came to."""
    seed = seed_in(token, purpose=TokenPurpose.CHANGE_ADDRESS)
    change = find_change(seed) if seed else None
    if change is None or seed is None:
        return _address_page(request, "over", status=410)
    if request.method != "POST":
        return _address_page(request, "ask", change)
    step = addresses.agree(seed=seed, source="/preferences/address/", by=READER)
    return _address_page(request, step.value, change)


def _address_page(
    request: HttpRequest, step: str, change: AddressChange | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "step": step,
        "new": mask(change.address) if change else "",
        "corrected": change is not None and change.is_a_correction,
    }
    template = "subscribers/change_address.html"
    if change is None:
        return say(request, template, context, status=status)
    with translation.override(spoken(change.subscriber.locale)):
        return render(request, template, context, status=status)
