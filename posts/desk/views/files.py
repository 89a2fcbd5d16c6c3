"""A file as it is kept, for who writes: before there is a page on which readers find it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from posts.content.enclosures.answers import hand_out
from posts.content.enclosures.models import Enclosure
from posts.desk.permissions import writers_only


@require_safe
@writers_only
def file(request: HttpRequest, enclosure_id: int, ending: str) -> HttpResponseBase:
    """`/admin/kept/files/7.pdf`, below which previews look for theirs."""
    enclosure = get_object_or_404(Enclosure, pk=enclosure_id)
    return hand_out(request, enclosure, name=enclosure.title, secret=True)
