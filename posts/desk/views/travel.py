"""How far a post travelled: the screen, and the same numbers as a file."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from posts.content.models import PostPage
from posts.desk.frame import screen
from posts.desk.permissions import publishers_only
from posts.desk.travel import series
from posts.sharing.counting import today
from posts.sharing.travels import SERIES, travels
from subscribers.lists.exporter import BYTE_ORDER_MARK


@require_safe
@never_cache
@publishers_only
def travel(request: HttpRequest, post_id: int) -> HttpResponse:
    """`/admin/posts/<id>/travel/`"""
    post = get_object_or_404(PostPage, pk=post_id)
    return screen(
        request,
        "desk/travel.html",
        title=_("How far it travelled"),
        icon="link",
        trail=((reverse("wagtailadmin_pages:edit", args=[post.pk]), post.title),),
        post=post,
        series=series(travels([post.pk])[post.pk], today=today()),
    )


@require_safe
@never_cache
@publishers_only
def travel_csv(request: HttpRequest, post_id: int) -> HttpResponse:
    """`/admin/posts/<id>/travel/travel.csv`: a row for each number that the screen may show."""
    post = get_object_or_404(PostPage, pk=post_id)
    name = slugify(post.slug) or f"post-{post.pk}"
    response = HttpResponse(
        BYTE_ORDER_MARK,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{today()}-travel.csv"'},
    )
    rows = csv.writer(response)
    rows.writerow(["what", "from", "to", "times"])
    travel = travels([post.pk])[post.pk]
    for what in SERIES:
        rows.writerows([what, one.first, one.last, one.count] for one in getattr(travel, what))
    return response
