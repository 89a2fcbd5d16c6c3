"""Adding one person by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from posts.desk.frame import screen
from posts.desk.people_forms import AddForm
from posts.desk.permissions import MAY_CHANGE_PEOPLE, permission_needed, signed_in
from posts.desk.staff.notes import note
from subscribers import by_hand
from subscribers.by_hand import AddOutcome
from subscribers.models import Newsletter, Subscriber

SOURCE = "/admin/subscribers/add/"

_CAME_TO = {
    AddOutcome.ADDED: gettext_lazy("%(address)s gets “%(newsletter)s” from now on."),
    AddOutcome.ASKED: gettext_lazy(
        "A mail asks %(address)s whether they want “%(newsletter)s”. Letters come once they say so."
    ),
    AddOutcome.ASKED_LATELY: gettext_lazy(
        "%(address)s was asked about “%(newsletter)s” before and has not answered. No other mail "
        "goes out now."
    ),
    AddOutcome.ALREADY: gettext_lazy("%(address)s gets “%(newsletter)s” already."),
    AddOutcome.LEFT: gettext_lazy(
        "%(address)s once left “%(newsletter)s”, and that stands. Let a mail ask them instead."
    ),
    AddOutcome.BLOCKED: gettext_lazy(
        "%(address)s must not be mailed, so nothing was done about “%(newsletter)s”. Their page "
        "says why, if they are known here; if not, they can sign up and confirm themselves."
    ),
}
_CHANGED = (AddOutcome.ADDED, AddOutcome.ASKED)
_GOOD = (*_CHANGED, AddOutcome.ALREADY)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_needed(MAY_CHANGE_PEOPLE)
def add(request: HttpRequest) -> HttpResponse:
    """`/admin/subscribers/add/`"""
    if request.method != "POST":
        return _page(request, AddForm(initial=_initial(request)))
    form = AddForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    address = form.cleaned_data["email"]
    outcomes = by_hand.add(
        address=address,
        name=form.cleaned_data["name"],
        newsletters=list(form.cleaned_data["newsletters"]),
        consent=form.consent_said(),
        source=SOURCE,
        by=signed_in(request).get_username(),
    )
    for newsletter, outcome in outcomes:
        say = messages.success if outcome in _GOOD else messages.warning
        say(request, _CAME_TO[outcome] % {"address": address.typed, "newsletter": newsletter})
    person = Subscriber.objects.filter(address=address.normalised).first()
    if person is not None and any(outcome in _CHANGED for _newsletter, outcome in outcomes):
        note("desk.person.added", by=signed_in(request), on=person)
    return redirect("desk:subscriber", person.pk) if person else redirect("desk:subscribers")


def _initial(request: HttpRequest) -> dict[str, object]:
    newsletters = list(Newsletter.objects.values_list("pk", flat=True)[:2])
    return {
        "email": request.GET.get("address", "")[:254],
        "how": AddForm.ASK,
        # With a single newsletter there is nothing to choose.
        "newsletters": newsletters if len(newsletters) == 1 else [],
    }


def _page(request: HttpRequest, form: AddForm, *, status: int = 200) -> HttpResponse:
    return screen(
        request,
        "desk/add_person.html",
        title=_("Add a person"),
        icon="user",
        trail=((reverse("desk:subscribers"), _("Subscribers")),),
        form=form,
        mistakes=[field for field in form if field.errors],
        status=status,
    )
