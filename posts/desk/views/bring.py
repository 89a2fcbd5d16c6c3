"""Bringing readers: addresses that one pastes, one person, or a list as a file."""

from collections import Counter, defaultdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from posts.desk.again import asked_again
from posts.desk.first_steps import onward
from posts.desk.frame import screen
from posts.desk.people_forms import PasteForm
from posts.desk.permissions import MAY_CHANGE_PEOPLE, permission_needed, signed_in
from posts.desk.staff.notes import note_number
from posts.desk.texts import people
from posts.desk.views.imports import UploadForm
from subscribers import by_hand
from subscribers.by_hand import AddOutcome
from subscribers.models import Newsletter

SOURCE = "/admin/subscribers/bring/"
_NAMED = 5  # of those for whom nothing was done
_CAME_TO = {
    AddOutcome.ADDED: gettext_lazy("From now on your letters go to %(people)s."),
    AddOutcome.ASKED: gettext_lazy("A mail asks %(people)s. Letters come once they say so."),
    AddOutcome.ASKED_LATELY: gettext_lazy(
        "Asked before, and no answer yet: %(people)s. No other mail goes out now."
    ),
    AddOutcome.ALREADY: gettext_lazy("There already: %(people)s."),
    AddOutcome.LEFT: gettext_lazy("Left out, since they once left and that stands: %(people)s."),
    AddOutcome.BLOCKED: gettext_lazy("Left out, since they must not be mailed: %(people)s."),
}
_GOOD = (AddOutcome.ADDED, AddOutcome.ASKED, AddOutcome.ALREADY)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_needed(MAY_CHANGE_PEOPLE)
@asked_again(when=lambda request: request.method == "POST")
def bring(request: HttpRequest) -> HttpResponse:
    """`/admin/subscribers/bring/`"""
    if request.method != "POST":
        return _page(request, PasteForm(initial={"newsletters": _only_one(), "how": PasteForm.ASK}))
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    came: Counter[AddOutcome] = Counter()
    who: defaultdict[AddOutcome, list[str]] = defaultdict(list)
    pasted_people = form.cleaned_data["people"]
    for pasted in pasted_people:
        outcomes = by_hand.add(
            address=pasted.address,
            name=pasted.name,
            newsletters=list(form.cleaned_data["newsletters"]),
            consent=form.consent_said(),
            source=SOURCE,
            by=signed_in(request).get_username(),
            she_asks=len(pasted_people) == 1,  # several are a list, whoever is on it
        )
        for outcome in {outcome for _newsletter, outcome in outcomes}:
            came[outcome] += 1
            who[outcome].append(pasted.address.typed)
    number = came[AddOutcome.ADDED] + came[AddOutcome.ASKED]
    for newsletter in form.cleaned_data["newsletters"] if number else ():
        note_number("desk.person.added", by=signed_in(request), on=newsletter, number=number)
    for outcome, text in _CAME_TO.items():
        if number := came[outcome]:
            say = messages.success if outcome in _GOOD else messages.warning
            say(request, text % {"people": _named(number, who[outcome], outcome)})
    return onward(request, "desk:subscribers")


def _named(number: int, addresses: list[str], outcome: AddOutcome) -> str:
    if outcome in _GOOD:
        return people(number)
    shown = ", ".join(addresses[:_NAMED])
    return shown if number <= _NAMED else f"{shown} … ({people(number)})"


def _only_one() -> list[int]:
    """With a single newsletter there is nothing to choose."""
    newsletters = list(Newsletter.objects.values_list("pk", flat=True)[:2])
    return newsletters if len(newsletters) == 1 else []


def _page(request: HttpRequest, form: PasteForm, *, status: int = 200) -> HttpResponse:
    return screen(
        request,
        "desk/bring.html",
        title=_("Bring your readers"),
        icon="group",
        trail=((reverse("desk:subscribers"), _("Subscribers")),),
        form=form,
        upload=UploadForm(auto_id="list_%s"),
        mistakes=[field for field in form if field.errors],
        status=status,
    )
