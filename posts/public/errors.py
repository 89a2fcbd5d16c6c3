"""What is answered where there is no page: kept for nobody, it may speak as her browser does."""

from django.http import HttpRequest, HttpResponse

from posts.content import routing
from posts.content.arrivals import address_now, in_small_letters
from subscribers.guards import say

_READING = ("GET", "HEAD")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A post may have come from elsewhere, with the links that lead to it there; and some programs
    do not tell capitals from small letters. Else a link may have lost a letter; the friend who got
    it should be able to read that."""
    if request.method in _READING:
        address = address_now(request.path) or in_small_letters(request.path)
        if address and address != request.path:
            return routing.moved(address)
    return say(request, "404.html", status=404)


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    return say(request, "403.html", status=403)
