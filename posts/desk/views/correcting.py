"""Another name or address for one person, as she told the writer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from posts.desk.frame import screen
from posts.desk.people_forms import CorrectPersonForm
from posts.desk.permissions import MAY_CHANGE_PEOPLE, permission_needed, signed_in
from posts.desk.staff.notes import note
from subscribers import suppressions
from subscribers.addresses import Address
from subscribers.models import Subscriber, Suppression
from subscribers.preferences import addresses
from subscribers.preferences.actions import rename
from subscribers.queries import is_only_gone

SOURCE = "/admin/subscribers/"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_needed(MAY_CHANGE_PEOPLE)
def correct(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """`/admin/subscribers/<id>/correct/`"""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    if request.method != "POST":
        known = {"name": person.name, "email": person.email}
        return _page(request, person, CorrectPersonForm(initial=known))
    form = CorrectPersonForm(request.POST)
    if form.is_valid() and (other := _somebody_else(person, form.cleaned_data["email"])):
        form.add_error(
            "email",
            _("%s is on your list already, as another person. Use that one, and take this one off.")
            % other.email,
        )
    if form.is_valid() and _may_not_move(person, form.cleaned_data["email"]):
        form.add_error(
            "email",
            _(
                "This person must not be mailed, so another address of theirs is not asked "
                "either. They can sign up with it themselves."
            ),
        )
    if form.is_valid() and (why := _must_not_be_asked(person, form.cleaned_data["email"])):
        form.add_error("email", why)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    by = signed_in(request).get_username()
    if rename(person=person, name=form.cleaned_data["name"], source=SOURCE, by=by):
        note("desk.person.corrected", by=signed_in(request), on=person)
        messages.success(request, _("The name is changed."))
    _move(request, person, form.cleaned_data["email"], by)
    return redirect("desk:subscriber", person.pk)


def _somebody_else(person: Subscriber, address: Address) -> Subscriber | None:
    return Subscriber.objects.filter(address=address.normalised).exclude(pk=person.pk).first()


def _may_not_move(person: Subscriber, address: Address) -> bool:
    return address.normalised != person.address and not is_only_gone(person.address)


def _must_not_be_asked(person: Subscriber, address: Address) -> str:
    """Why the new address may not be written to; empty: it may."""
    if address.normalised == person.address:
        return ""
    reasons = {row.reason for row in suppressions.of(address.normalised)}
    if not reasons:
        return ""
    if reasons == {Suppression.Reason.BOUNCED}:
        return _(
            "Mail to %s came back, so it is not asked. Look whether it is spelled as they told "
            "you; if it is, they can sign up with it themselves."
        ) % (address.typed)
    return _(
        "%s must not be mailed, so it is not asked. They can sign up with an address of theirs "
        "themselves."
    ) % (address.typed)


def _move(request: HttpRequest, person: Subscriber, address: Address, by: str) -> None:
    try:
        moves = addresses.ask(person=person, address=address, source=SOURCE, by=by, correction=True)
    except addresses.TooOften:
        messages.warning(
            request,
            _("The address stays: it was to be changed several times today. Try again tomorrow."),
        )
        return
    if not moves:
        return
    note("desk.person.corrected", by=signed_in(request), on=person)
    if address.normalised == person.address:
        messages.success(request, _("The address is spelled %s from now on.") % address.typed)
        return
    if suppressions.of(person.address):
        messages.success(
            request,
            _(
                "A mail asks %(new)s. Once that mailbox says yes, letters go there. Nothing goes "
                "to %(old)s, which took no more mail."
            )
            % {"new": address.typed, "old": person.email},
        )
        return
    messages.success(
        request,
        _(
            "A mail asks %(new)s. Once that mailbox says yes, letters go there; until then they go "
            "to %(old)s, which is told of it."
        )
        % {"new": address.typed, "old": person.email},
    )


def _page(
    request: HttpRequest, person: Subscriber, form: CorrectPersonForm, *, status: int = 200
) -> HttpResponse:
    return screen(
        request,
        "desk/correct_person.html",
        title=_("Correct name or address"),
        icon="user",
        trail=(
            (reverse("desk:subscribers"), _("Subscribers")),
            (reverse("desk:subscriber", args=[person.pk]), person.email),
        ),
        person=person,
        form=form,
        status=status,
    )
