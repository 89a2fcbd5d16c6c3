"""The share links of one post: what they are, changing them, switching them off and on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.models import PageLogEntry

from posts.content.models import PostPage
from posts.desk.frame import screen
from posts.desk.permissions import signed_in
from posts.desk.queries import first_mailing_of
from posts.desk.texts import LINK_ACTIONS
from posts.sharing import actions
from posts.sharing.models import ShareLink
from posts.sharing.queries import absolute

EVENTS_SHOWN = 20


@require_safe
def detail(request: HttpRequest, post_id: int) -> HttpResponse:
    """`/admin/posts/<id>/links/`"""
    post = _publishable(request, post_id)
    link = ShareLink.objects.filter(post=post).first()
    return screen(
        request,
        "desk/links.html",
        title=_("Share links"),
        icon="link",
        trail=(
            (reverse("post_listing:index"), _("Posts")),
            (reverse("wagtailadmin_pages:edit", args=[post.pk]), post.title),
        ),
        post=post,
        link=link,
        plain=link and absolute(link.code),
        discreet=link and absolute(link.discreet_code),
        only_by_link=post.visibility == PostPage.Visibility.SUBSCRIBERS,
        was_mailed=first_mailing_of(post) is not None,
        former=post.former_codes.filter(is_discreet=False).count(),
        events=_events(post),
    )


@require_POST
def change(request: HttpRequest, post_id: int) -> HttpResponse:
    """Give the post two new codes."""
    post, seen = _publishable(request, post_id), request.POST.get("seen", "")
    get_object_or_404(ShareLink, post=post)
    user = signed_in(request)
    _link, changed = actions.rotate(post=post, seen=seen, by=user.get_username(), user=user)
    if changed:
        messages.success(request, _("The links are changed. Below are the new ones."))
    else:
        messages.info(
            request,
            _("The links were changed since you opened that page, so this press changed nothing."),
        )
    return redirect("desk:links", post.pk)


@require_POST
def switch(request: HttpRequest, post_id: int) -> HttpResponse:
    """Off or on, as the button said that was pressed."""
    post, on = _publishable(request, post_id), request.POST.get("press") == "on"
    get_object_or_404(ShareLink, post=post)
    user = signed_in(request)
    if not actions.switch(post=post, on=on, by=user.get_username(), user=user):
        messages.info(request, _("That was done already, so this press changed nothing."))
    elif on:
        messages.success(request, _("The links open the post again."))
    else:
        messages.success(request, _("The links are off. Switch them on again whenever you like."))
    return redirect("desk:links", post.pk)


def _publishable(request: HttpRequest, post_id: int) -> PostPage:
    """The post, for whoever may publish it: its links are part of that."""
    post: PostPage = get_object_or_404(PostPage, pk=post_id)
    if not post.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    return post


def _events(post: PostPage) -> list[PageLogEntry]:
    """Who did what to the links, the latest first."""
    rows = PageLogEntry.objects.filter(page=post.pk, action__in=LINK_ACTIONS)
    return list(rows.select_related("user").order_by("-timestamp")[:EVENTS_SHOWN])
