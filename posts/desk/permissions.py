"""Who may open which screen of the desk, and do what there.

A view has one of the guards below, or asks the permission of the post that it is about; a test
names those that do. What each role may is in `staff.roles`, and at which address in a table of the
tests.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.models import User as Person
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.models import Page
from wagtail.permissions import policy_registry

from posts.content.models import HomePage

View = Callable[..., HttpResponseBase]
User = AbstractBaseUser | AnonymousUser

MAY_SEE_PEOPLE = "subscribers.view_subscriber"
# Whoever may take people off the list may add to it too: to import, and to export.
MAY_CHANGE_PEOPLE = "subscribers.change_subscriber"
MAY_CHANGE_SETTINGS = "posts.change_sitesettings"


def signed_in(request: HttpRequest) -> Person:
    """Wagtail let nobody in who is not signed in."""
    assert isinstance(request.user, Person)  # noqa: S101 for the type checker
    return request.user


def may_publish(user: User) -> bool:
    """Whether this person may publish anything at all; then the mailings are hers to see."""
    return bool(policy_registry.get_by_type(Page).user_has_permission(user, "publish"))


def may_write(user: User) -> bool:
    """Whether this person may write a post."""
    home = HomePage.objects.first()
    return home is not None and bool(home.permissions_for_user(user).can_add_subpage())


def may_change_settings(user: User) -> bool:
    """Whether this person may change the site's settings."""
    may = getattr(user, "has_perm", None)
    return may is not None and bool(may(MAY_CHANGE_SETTINGS))


def _guarded(view: View, allowed: Callable[[User], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def publishers_only(view: View) -> View:
    """Refuse whoever may not publish; Wagtail then says so on the dashboard."""
    return _guarded(view, may_publish)


def writers_only(view: View) -> View:
    """Refuse whoever may not write posts."""
    return _guarded(view, may_write)


def staff_only(view: View) -> View:
    """Refuse whoever is not staff: what is behind this holds readers' addresses and tokens."""
    return _guarded(view, lambda user: bool(getattr(user, "is_staff", False)))


def settings_only(view: View) -> View:
    """Refuse whoever may not change the site's settings."""
    return _guarded(view, may_change_settings)


def owners_only(view: View) -> View:
    """Refuse whoever is not an owner of this site: who may do everything."""
    return _guarded(view, is_owner)


def is_owner(user: User) -> bool:
    return bool(getattr(user, "is_superuser", False))


def permission_needed(permission: str) -> Callable[[View], View]:
    """Refuse whoever lacks a model permission such as `subscribers.view_subscriber`."""

    def decorate(view: View) -> View:
        return _guarded(view, lambda user: bool(getattr(user, "has_perm", bool)(permission)))

    return decorate
