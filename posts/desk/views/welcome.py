"""Coming in by a one-time address. Looking at it changes nothing; pressing the button does."""

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from posts.desk.forms import OwnerForm
from posts.desk.frame import screen
from posts.desk.models import OneTimeAddress
from posts.desk.permissions import owners_only, signed_in
from posts.desk.sample import is_sample
from posts.desk.sample import make_own as make_it_own
from posts.desk.throttle import AttemptKind, wait_before
from posts.desk.welcome import AddressSpentError, create_first_owner, find_address, use_address


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """`/admin/welcome/<token>/`"""
    address = find_address(token)
    if address is None:
        wait_before(request, kind=AttemptKind.LINK)
        return _spent(request)
    try:
        if address.user is None:
            return _set_up(request, address)
        if request.method == "POST":
            return _come_in(request, use_address(address))
    except AddressSpentError:
        return _spent(request)
    return render(request, "desk/welcome_back.html", {"person": address.user})


def _set_up(request: HttpRequest, address: OneTimeAddress) -> HttpResponse:
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _come_in(request, create_first_owner(address, **form.cleaned_data))
    status = 422 if form.is_bound else 200
    return render(request, "desk/welcome_first.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@owners_only
def make_own(request: HttpRequest) -> HttpResponse:
    """`/admin/make-own/`: an account that came in by a link gets a password; the sample goes."""
    person = signed_in(request)
    if person.has_usable_password():
        return redirect("wagtailadmin_home")
    sample = is_sample()
    form = OwnerForm(
        request.POST or None,
        initial={} if sample else {"name": person.first_name, "email": person.email},
    )
    form.person = person
    if request.method == "POST" and form.is_valid():
        make_it_own(person=person, **form.cleaned_data)
        update_session_auth_hash(request, person)
        messages.success(request, _("This site is yours now."))
        return redirect("wagtailadmin_home")
    return screen(
        request,
        "desk/make_own.html",
        title=_("Make this my own") if sample else _("Make a password"),
        icon="user",
        form=form,
        sample=sample,
        mistakes=[field for field in form if field.errors],
        status=422 if form.is_bound else 200,
    )


def _come_in(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user)
    return redirect("wagtailadmin_home")


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/welcome_spent.html", status=410)
