"""Our pages speak the language that their link asks for, or else the one chosen for the site, and
go by its clock.

Not the one a browser asks for: every page is then the same for everybody, and can be kept for all.
(Only the desk, which is kept for nobody, asks it.) Who came in by a post in another language goes
on in it, for the links there say so (`subscribers.languages.stay`). A post's page speaks the
post's, a reader's own page hers; their templates and views see to it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from posts.content import zone
from posts.content.models import SiteSettings
from subscribers.languages import of_the_link, of_the_reader

# Read by machines: what must answer without a look into the database.
SPEECHLESS = (
    *("/healthz", "/readyz", "/metrics", "/hooks/", "/media/", "/.well-known/"),
    *("/robots.txt", "/favicon.ico", "/sitemap.xml", "/subscribe/challenge/"),
)
_DESK = "/admin/"

GetResponse = Callable[[HttpRequest], HttpResponse]


def in_the_language_of_the_link(get_response: GetResponse) -> GetResponse:
    """Middleware, the innermost: the settings that it loads are the ones the page uses."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(SPEECHLESS):
            return get_response(request)
        site: SiteSettings = SiteSettings.load(request_or_site=request)
        zone.adopt(site.time_zone)
        # The desk is kept for nobody, so it may ask a browser. An account's own choice is looked at
        # behind the sign-in, by Wagtail.
        at_the_desk = request.path.startswith(_DESK)
        language = of_the_reader(request, site.language) if at_the_desk else of_the_link(request)
        with override(language or site.language):
            return get_response(request)

    return middleware
