"""Coming in by a one-time address. Looking at it changes nothing; pressing the button does."""

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from posts.desk.forms import OwnerForm
from posts.desk.models import OneTimeAddress
from posts.desk.throttle import AttemptKind, wait_before
from posts.desk.welcome import AddressSpentError, create_first_owner, find_address, use_address

BACKEND = "django.contrib.auth.backends.ModelBackend"


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


def _come_in(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user, backend=BACKEND)
    return redirect("wagtailadmin_home")


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/welcome_spent.html", status=410)
