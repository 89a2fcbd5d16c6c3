"""People at the desk: who may what, invitations, and the log."""

import logging
import smtplib
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from posts.content.models import SiteSettings
from posts.delivery.transports.base import TransportError
from posts.desk.again import asked_again
from posts.desk.frame import Crumb, door, screen, settings_trail
from posts.desk.models import DeskInvitation, DeskSession
from posts.desk.permissions import owners_only, signed_in
from posts.desk.staff import factors, invitations, log, roles, sittings
from posts.desk.staff.forms import InviteForm, JoinForm, RoleForm
from posts.desk.staff.notes import note
from posts.desk.throttle import AttemptKind, wait_before
from subscribers import saying
from subscribers.mailer import NotHandedOver
from subscribers.saying import sentence

logger = logging.getLogger(__name__)

# What a way out says when it does not take a mail; nothing else is known to mean that.
_NOT_TAKEN = (
    TransportError,
    NotHandedOver,
    ImproperlyConfigured,
    smtplib.SMTPException,
    OSError,
)


def _trail() -> tuple[Crumb, ...]:
    from django.urls import reverse

    return (*settings_trail(), (reverse("desk:team"), _("People at the desk")))


@require_safe
@never_cache
@owners_only
def team(request: HttpRequest) -> HttpResponse:
    """`/admin/team/`"""
    people = User.objects.prefetch_related("groups").order_by("-is_active", "first_name", "pk")
    with_step = factors.people_with_step()
    return screen(
        request,
        "desk/team.html",
        title=_("People at the desk"),
        icon="group",
        trail=settings_trail(),
        people=[(person, roles.role_name(person), person.pk in with_step) for person in people],
        invitations=[(row, roles.title_of(row.role)) for row in invitations.open_ones()],
        required=SiteSettings.load().second_step_required,
        own_step=signed_in(request).pk in with_step,
        without=sum(person.is_active and person.pk not in with_step for person in people),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
@asked_again
def invite(request: HttpRequest) -> HttpResponse:
    """`/admin/team/invite/`"""
    form = InviteForm(request.POST if "email" in request.POST else None)
    if form.is_bound and form.is_valid():
        _invite(request, email=form.cleaned_data["email"], role=form.cleaned_data["role"])
        return redirect("desk:team")
    return screen(
        request,
        "desk/invite.html",
        title=_("Invite somebody"),
        icon="mail",
        trail=_trail(),
        status=422 if form.is_bound else 200,
        form=form,
        roles=_told(form),
        mistakes=[field for field in form if field.errors],
    )


def _told(form: RoleForm) -> list[tuple[object, str]]:
    """Each role to choose, with what it may."""
    told = {key: str(role.told) for key, role in roles.ROLES.items()}
    return [
        (choice, told.get(str(choice.data["value"]), _("A group with rights of its own.")))
        for choice in form["role"]
    ]


@require_POST
@owners_only
@asked_again
def invite_again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Another mail with another link, for one that did not arrive or is too old."""
    row = get_object_or_404(DeskInvitation, pk=invitation_id, used_at=None)
    _invite(request, email=row.email, role=row.role)
    return redirect("desk:team")


def _invite(request: HttpRequest, *, email: str, role: str) -> None:
    row, address = invitations.invite(email=email, role=role, by=signed_in(request))
    try:
        invitations.mail(row, address)
    except _NOT_TAKEN as error:
        logger.warning("An invitation was not taken: %s", type(error).__name__)
        messages.error(
            request,
            _(
                "The invitation for %(email)s waits here, but its mail was not taken: %(why)s Look "
                "at how mail leaves, then send it again from here."
            )
            % {"email": email, "why": error},
        )
        return
    messages.success(
        request,
        _("%(email)s is invited. The link in the mail works for a week.") % {"email": email},
    )


@require_POST
@owners_only
@asked_again
def withdraw(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    row = get_object_or_404(DeskInvitation, pk=invitation_id)
    if invitations.withdraw(row, by=signed_in(request)):
        messages.success(request, _("Taken back. The link in that mail opens nothing any more."))
    else:
        messages.info(request, _("It was accepted meanwhile: you find the account below."))
    return redirect("desk:team")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@owners_only
@asked_again(when=lambda request: request.method == "POST")
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """`/admin/team/<id>/`: one of them; POST gives another role."""
    person = get_object_or_404(User, pk=user_id)
    form = RoleForm(
        request.POST if "role" in request.POST else None, initial={"role": roles.role_key(person)}
    )
    if form.is_bound and form.is_valid():
        _change_role(request, person, form.cleaned_data["role"])
        return redirect("desk:team_member", person.pk)
    return screen(
        request,
        "desk/team_member.html",
        title=person.get_full_name() or person.get_username(),
        icon="user",
        trail=_trail(),
        status=422 if form.is_bound else 200,
        person=person,
        role=roles.role_name(person),
        form=form,
        roles=_told(form),
        steps=factors.steps_of(person).count(),
        sittings=[(row, sittings.told(row)) for row in sittings.open_ones(person)],
        is_you=person == signed_in(request),
    )


def _change_role(request: HttpRequest, person: User, key: str) -> None:
    before = roles.role_name(person)
    try:
        with transaction.atomic():
            roles.set_role(user=person, key=key)
            detail = saying.listed([before, roles.title_of(key)], " → ")
            note("desk.role", by=signed_in(request), on=person, detail=detail)
    except roles.LastOwner:
        _refuse_last(request)
    else:
        messages.success(request, _("Saved. It counts from now on, also where she is signed in."))


def _refuse_last(request: HttpRequest) -> None:
    messages.error(
        request,
        _("Nothing was changed: this is the last owner, and somebody must be. Make another first."),
    )


@require_POST
@owners_only
@asked_again
def close(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let an account sign in no more, now and everywhere; what it wrote stays."""
    person = get_object_or_404(User, pk=user_id)
    try:
        with transaction.atomic():
            roles.refuse_last_owner(person)
            User.objects.filter(pk=person.pk).update(is_active=False)
            note("desk.account.closed", by=signed_in(request), on=person)
            sittings.end(DeskSession.objects.filter(user=person))
    except roles.LastOwner:
        _refuse_last(request)
    else:
        messages.success(request, _("Closed. Nobody is signed in with this account any more."))
    return redirect("desk:team_member", person.pk)


@require_POST
@owners_only
@asked_again
def reopen(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let it sign in again, as what it was."""
    person = get_object_or_404(User, pk=user_id)
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        note("desk.account.opened", by=signed_in(request), on=person)
        messages.success(request, _("Open again, with the same password as before."))
    return redirect("desk:team_member", person.pk)


@require_POST
@owners_only
@asked_again
def take_steps_away(request: HttpRequest, user_id: int) -> HttpResponse:
    """For somebody who lost her phone and her codes; and she is signed out everywhere."""
    person = get_object_or_404(User, pk=user_id)
    if factors.take_all_away(person):
        note("desk.step.removed", by=signed_in(request), on=person, detail=sentence("All of them"))
        sittings.end_others(request, person)
        messages.success(request, _("Her second steps are gone. She signs in by password, once."))
    return redirect("desk:team_member", person.pk)


@require_POST
@owners_only
@asked_again
def require_steps(request: HttpRequest) -> HttpResponse:
    """Whether everybody needs a second step. Who asks that of others has one herself."""
    person, wanted = signed_in(request), request.POST.get("required") == "yes"
    if wanted and not factors.steps_of(person).exists():
        messages.error(request, _("Nothing was changed: add a second step of your own first."))
        return redirect("desk:team")
    site = SiteSettings.load()
    site.second_step_required = wanted
    site.save()
    detail = sentence("Everybody needs one") if wanted else sentence("Everybody chooses")
    note("desk.step.required", by=person, on=site, detail=detail)
    messages.success(
        request,
        _("From now on everybody needs a second step; who has none makes one before going on.")
        if wanted
        else _("Everybody chooses now. Who has a second step keeps it."),
    )
    return redirect("desk:team")


@require_safe
@never_cache
@owners_only
def show_log(request: HttpRequest) -> HttpResponse:
    """`/admin/log/`"""
    who = request.GET.get("who", "")[:150]
    lines = log.lines(before=_moment(request.GET.get("before", "")), who=who)
    return screen(
        request,
        "desk/log.html",
        title=_("Who did what"),
        icon="history",
        trail=settings_trail(),
        lines=lines,
        who=who,
        accounts=log.accounts(),
        older=lines[-1].at.isoformat() if len(lines) == log.PAGE else "",
    )


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:  # written as one, and there is no such day
        return None
    return found if found is None or timezone.is_aware(found) else timezone.make_aware(found)


# --- Outside: who was invited -------------------------------------------------------------


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """`/admin/invited/<token>/`"""
    row = invitations.find(token)
    if row is None:
        wait_before(request, kind=AttemptKind.LINK)
        return door(request, "desk/invitation_spent.html", {}, status=410)
    form = JoinForm(request.POST or None, email=row.email)
    if form.is_bound and form.is_valid():
        try:
            user = invitations.accept(row, **form.cleaned_data)
        except invitations.InvitationSpent:
            return door(request, "desk/invitation_spent.html", {}, status=410)
        login(request, user)
        return redirect("wagtailadmin_home")
    context = {"form": form, "invitation": row, "role": roles.title_of(row.role)}
    return door(request, "desk/invited.html", context, status=422 if form.is_bound else 200)
