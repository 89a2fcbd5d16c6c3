"""Files and sounds of a letter, below its own address and below its share links.

Who may read all of the page may have them, and only what the page encloses now: a draft's, another
page's and a former one's are nowhere.
"""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from posts.content import routing
from posts.content.enclosures.answers import hand_out
from posts.content.enclosures.models import Enclosure
from posts.content.enclosures.within import name_in
from posts.content.models import PlainPage, PostAddress, PostPage
from posts.sharing import queries
from posts.sharing.guessing import limit_misses
from posts.sharing.views import lead_on
from subscribers.languages import spoken


@require_safe
def of_page(request: HttpRequest, slug: str, number: str, ending: str) -> HttpResponseBase:
    """A file of a page that everybody may read."""
    page = PlainPage.objects.live().filter(slug=slug).first() or PostAddress.post_at(slug)
    if page is None:
        return routing.gone(request)
    if page.slug != slug:
        return routing.moved(reverse("page_file", args=[page.slug, number, ending]))
    if isinstance(page, PostPage) and page.visibility != PostPage.Visibility.PUBLIC:
        raise Http404("The files of this post are behind its share link.")
    return _of(request, page, int(number), secret=False)


@require_safe
@limit_misses
def passed_along_file(
    request: HttpRequest, code: str, number: str, ending: str
) -> HttpResponseBase:
    """A file of the post that a share link opens, the same for whoever holds it."""
    way = queries.find_way(code)
    if (post := way.opens) is None:
        return lead_on(request, way, to="wagtail_serve")
    secret = post.visibility != PostPage.Visibility.PUBLIC
    return _of(request, post, int(number), secret=secret, discreet=way.is_discreet)


def _of(
    request: HttpRequest,
    page: PostPage | PlainPage,
    enclosure_id: int,
    *,
    secret: bool,
    discreet: bool = False,
) -> HttpResponseBase:
    """Whatever its ending was when the address was mailed: another file may have taken its place.

    Behind a discreet link not even the list of downloads names what it is.
    """
    name = name_in(page.body.raw_data, enclosure_id)
    if name is None:
        raise Http404("This page encloses no such file.")
    enclosure = get_object_or_404(Enclosure, pk=enclosure_id)
    if discreet:
        with translation.override(spoken(page.language)):
            name = _("Something to read")
            if enclosure.kind.is_sound:
                name = _("Something to hear")
    return hand_out(request, enclosure, name=name, secret=secret)
