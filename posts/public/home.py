"""The site's first address. Where a site was made with WordPress, each of its posts had a second
one there, by its number."""

from django.http import HttpRequest, HttpResponse
from wagtail.views import serve

from posts.content import routing
from posts.content.arrivals import address_now

_READING = ("GET", "HEAD")


def home(request: HttpRequest) -> HttpResponse:
    """The home page; at `/?p=12`, which a post had where it comes from, the way to it."""
    asked = f"/?{request.META.get('QUERY_STRING', '')}"
    if request.method in _READING and (address := address_now(asked)):
        return routing.moved(address)
    page: HttpResponse = serve(request, "")
    return page
