"""The site goes by the address that its owner said, and proves there that it is the one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from posts.content import address
from posts.content.models import SiteSettings
from posts.public.language import SPEECHLESS

GetResponse = Callable[[HttpRequest], HttpResponse]


def at_its_address(get_response: GetResponse) -> GetResponse:
    """Middleware, before the name is looked at by which a request came, and behind the page cache:
    what is rendered for a new generation of pages is rendered with an address as new as that.

    Where the environment says the address there is nothing to do, and no proof to give.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.SITE_URL_IS_FIXED:
            if address.is_asked(request.path_info):
                return _proof(request)
            if not request.path_info.startswith(SPEECHLESS):
                saved: SiteSettings = SiteSettings.load(request_or_site=request)
                address.adopt(saved.address)
        return get_response(request)

    return middleware


@require_safe
def _proof(request: HttpRequest) -> HttpResponse:
    """By whatever name it was reached: that it is ours is asked before the name is saved."""
    said = address.proof(request.path_info)
    return HttpResponse(said, content_type="text/plain", headers={"Cache-Control": "no-store"})
