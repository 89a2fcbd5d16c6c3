"""Between the password and the second step somebody is nobody.

Whatever signs a person in (the sign-in page, a one-time link, an invitation, code that is not
written yet) ends in Django's `login`, which notes her in the session. Here is decided, for each
request anew, whether that is enough: where a second step is needed and not yet taken,
`request.user` is nobody, for Wagtail, for our screens and for public pages alike. The screens of
the second step alone ask `person_halfway`.

Half a sign-in is finished by the second step, or done anew: it does not become a whole one when
nobody needs that step any more, since its session stands in no list and no mail told of the device.
And only half a sign-in makes a second step without being asked again: whoever is in without one,
when everybody comes to need one, gives the password first, or a thief of the cookie made his own.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from posts.content.models import SiteSettings
from posts.desk.staff.factors import SECOND_STEPS

_MARK = "second_step_taken_by"
_HALF = "came_halfway"  # who was not in with how she signed in, and when that was
_MAKES_ONE = timedelta(hours=1)  # time enough to put an app on a phone

GetResponse = Callable[[HttpRequest], HttpResponse]


class Backend(ModelBackend):
    """Django's, which finds with a person, in the same query, whether she needs a second step."""

    def get_user(self, user_id: Any) -> User | None:
        has_step = Authenticator.objects.filter(SECOND_STEPS, user=OuterRef("pk"))
        required = SiteSettings.objects.filter(second_step_required=True)
        people = User.objects.annotate(has_second_step=Exists(has_step), must_have=Exists(required))
        user = people.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None


def whole_or_nobody(get_response: GetResponse) -> GetResponse:
    """Middleware, right behind Django's own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _whole(request))  # type: ignore[assignment]

        async def auser() -> Any:
            from asgiref.sync import sync_to_async

            return await sync_to_async(_whole)(request)

        request.auser = auser
        return get_response(request)

    return middleware


def _whole(request: HttpRequest) -> User | AnonymousUser:
    user = get_user(request)
    return user if isinstance(user, User) and is_whole(request, user) else AnonymousUser()


def is_whole(request: HttpRequest, user: User) -> bool:
    """Whether what she did to sign in is enough."""
    has_step, must_have = _needs(user)
    if not has_step:
        return not must_have and _came_halfway(request, user) is None
    return request.session.get(_MARK) == user.pk


def _needs(user: User) -> tuple[bool, bool]:
    if not hasattr(user, "has_second_step"):  # who is signing in just now
        found = Backend().get_user(user.pk)
        user = found if found is not None else user
    # An account that was closed meanwhile is let in nowhere.
    return getattr(user, "has_second_step", True), getattr(user, "must_have", True)


def began(request: HttpRequest, user: User) -> bool:
    """She signs in at this moment: whether that is enough."""
    request.session.pop(_HALF, None)
    whole = is_whole(request, user)
    if not whole:
        request.session[_HALF] = [user.pk, timezone.now().timestamp()]
    return whole


def _came_halfway(request: HttpRequest, user: User) -> timedelta | None:
    """How long ago; None: not in this session."""
    pk, at = request.session.get(_HALF) or (None, 0.0)
    return timedelta(seconds=timezone.now().timestamp() - at) if pk == user.pk else None


def person_halfway(request: HttpRequest) -> User | None:
    """Who gave her password, or came by a link, and is not in yet: there is a step that she can
    take, or make. Anybody else signs in anew."""
    user = get_user(request)
    if not isinstance(user, User) or is_whole(request, user):
        return None
    has_step, must_have = _needs(user)
    if has_step:
        return user
    ago = _came_halfway(request, user)
    return user if must_have and ago is not None and timedelta() <= ago < _MAKES_ONE else None


def take_step(request: HttpRequest, user: User) -> None:
    """She took it: from now on she is in. The session gets another key, as at each sign-in."""
    request.session[_MARK] = user.pk
    request.session.pop(_HALF, None)
    request.session.cycle_key()
