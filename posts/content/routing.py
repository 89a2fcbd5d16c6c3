"""What an address answers after its post moved, was unpublished or deleted.

A link that somebody passed along must never end at a bare error: an old address leads to the
post, or says kindly that the post is gone. Which post an address stands for, `PostAddress` knows.
"""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from wagtail.models import Page

from subscribers.guards import say


def path_of(page: Page) -> str:
    """The address on this site of a post or a plain page."""
    return path_to(page.slug)


def path_to(slug: str) -> str:
    return reverse("wagtail_serve", args=[f"{slug}/"])


def moved(address: str) -> HttpResponse:
    """Say that the post lives elsewhere for good."""
    response = HttpResponsePermanentRedirect(address)
    # Without a limit browsers keep a 301 for ever: a slug changed back would send readers in
    # circles between two remembered redirects.
    response["Cache-Control"] = "max-age=300"
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """Say kindly that the post was taken back."""
    response = say(request, "410.html", status=410)
    response["X-Robots-Tag"] = "noindex"
    return response
