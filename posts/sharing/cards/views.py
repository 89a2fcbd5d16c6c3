"""Pictures of links: the site's, a post's, and that of a share link."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from posts.content.models import PostPage, SiteSettings
from posts.sharing import queries
from posts.sharing.cards import making
from posts.sharing.cards.drawing import CardText
from posts.sharing.guessing import limit_misses

_YEAR = 365 * 24 * 3600
_HOUR = 3600


@require_safe
def site_card(request: HttpRequest) -> HttpResponse:
    """The picture of the home page and of plain pages."""
    return _answer(request, making.text_of_site(_site(request)))


@require_safe
def post_card(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of a post that is public now."""
    post = PostPage.objects.for_pages().filter(slug=slug).first()
    if post is None:
        raise Http404("No post is public at this address.")
    return _answer(request, making.text_of_post(post, _site(request)))


@require_safe
@limit_misses
def card(request: HttpRequest, code: str) -> HttpResponse:
    """The picture of a share link. A discreet code gets one that says nothing of the post."""
    way = queries.find_way(code)
    if (post := way.opens) is None:
        raise Http404("This share link opens nothing now.")
    card_text = making.text_of_stranger if way.is_discreet else making.text_of_post
    response = _answer(request, card_text(post, _site(request)))
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _site(request: HttpRequest) -> SiteSettings:
    site: SiteSettings = SiteSettings.load(request_or_site=request)
    return site


def _answer(request: HttpRequest, card_text: CardText) -> HttpResponse:
    """The picture, or word that the one which is kept is still right."""
    key = making.key_of(card_text)
    tag = quote_etag(key)
    # Weakened by a proxy that compresses, it still names the same picture.
    known = [
        one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))
    ]
    response: HttpResponse
    if tag in known or known == ["*"]:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(making.card(card_text), content_type="image/png")
    response["ETag"] = tag
    # Under its own name a card never changes. Others may look again in an hour.
    named = request.GET.get("v") == key[:12]
    patch_cache_control(response, public=True, max_age=_YEAR if named else _HOUR)
    if named:
        patch_cache_control(response, immutable=True)
    return response
