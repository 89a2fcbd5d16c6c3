"""Asking for the password again before something that a stolen session must not do."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from posts.desk.forms import TOO_MANY_TRIES
from posts.desk.permissions import signed_in
from posts.desk.throttle import AttemptKind, wait_before


def why_not(request: HttpRequest, password: str) -> str:
    """Empty if this is the password of whoever is signed in; else what to say. Tries are counted
    with those of the sign-in, so that this is no way to guess more often."""
    person = signed_in(request)
    if not person.has_usable_password():
        return _("This account has no password yet. Make one first, then come back.")
    seconds = wait_before(request, kind=AttemptKind.SIGN_IN, account=person.get_username())
    if seconds:
        return str(TOO_MANY_TRIES % {"minutes": max(1, round(seconds / 60))})
    if not person.check_password(password):
        return _("That is not the password of this account.")
    return ""
