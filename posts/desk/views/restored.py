"""After a return from a backup: what is uncertain, and letting the mail go again."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from posts.content.models import PostPage, SiteSettings
from posts.delivery import restored
from posts.delivery.mailings.coming_back import (
    let_mail_go,
    mailings_in_question,
    posts_in_question,
    was_not_mailed,
)
from posts.desk.frame import screen
from posts.desk.permissions import (
    is_owner,
    may_change_settings,
    owners_only,
    publishers_only,
    settings_only,
    signed_in,
)
from posts.desk.staff import returned
from posts.desk.staff.notes import note
from subscribers.saying import in_words


@require_safe
@never_cache
@publishers_only
def detail(request: HttpRequest) -> HttpResponse:
    """`/admin/restored/`"""
    back = restored.latest()
    shown = back is not None and is_owner(signed_in(request))
    return screen(
        request,
        "desk/restored.html",
        title=_("Back from a backup"),
        icon="history",
        back=back,
        taken=back and in_words(back.taken_at),
        known_until=back and back.known_until and in_words(back.known_until),
        may_open=may_change_settings(request.user),
        mailings=mailings_in_question(),
        posts=posts_in_question(),
        aside=list(_set_aside(back)) if back else [],
        people=returned.people() if shown else [],
        programs=returned.programs() if shown else 0,
        looked=back and shown and returned.looked(back),
    )


def _set_aside(back: restored.Restoration) -> Iterator[str]:
    what = {
        "own mails": _("mails that confirm, welcome or lead to preferences: %(number)s"),
        "sign-ups": _("sign-ups that were just coming in: %(number)s"),
        "after a rest": _("mails to readers whose rest had ended: %(number)s"),
        "imports": _("lists that were being imported, to be uploaded again: %(number)s"),
    }
    for name, text in what.items():
        if number := back.set_aside.get(name, 0):
            yield text % {"number": intcomma(number)}


@require_POST
@settings_only
def let_go(request: HttpRequest) -> HttpResponse:
    """Letters may leave again. What is paused stays so."""
    if let_mail_go(by=signed_in(request).get_username()):
        note("desk.restored.opened", by=signed_in(request), on=SiteSettings.load())
        messages.success(request, _("Letters may leave again. What is paused still waits for you."))
    return redirect("desk:restored")


@require_POST
@owners_only
def people_are_right(request: HttpRequest) -> HttpResponse:
    """An owner looked who may come in after a return, and what each may."""
    if returned.confirm(by=signed_in(request)):
        messages.success(request, _("Noted. Who may what can be changed at any time."))
    return redirect("desk:restored")


@require_POST
def not_mailed(request: HttpRequest, post_id: int) -> HttpResponse:
    """Somebody who may publish it says that this post was not emailed since the backup."""
    post = get_object_or_404(PostPage, pk=post_id)
    if not post.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    was_not_mailed(post_id=post.pk, by=signed_in(request).get_username())
    return redirect("desk:confirm", post.pk)
