"""What is answered where there is no page: kept for nobody, it may speak as her browser does."""

from django.http import HttpRequest, HttpResponse

from subscribers.guards import say


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A link may have lost a letter; the friend who got it should be able to read that."""
    return say(request, "404.html", status=404)


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    return say(request, "403.html", status=403)
