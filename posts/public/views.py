"""Small public answers: am I up, what may robots read, and the writer's pictures."""

import posixpath

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

ROBOTS = "User-agent: *\nDisallow: /admin/\n"
# Renditions, which pages show, and the faces in the desk, whose names hold a UUID. Not what was
# uploaded as it was uploaded: a camera or a word processor may have written anything into it.
SERVED = frozenset({"images", "avatar_images"})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers. It asks nobody else, so that a slow database is not a kill."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep robots out of the desk only.

    `/s/` is not listed: a robot must be able to read there that it may not list the page.
    """
    return HttpResponse(ROBOTS, content_type="text/plain")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture that a page shows."""
    if posixpath.normpath(path).lstrip("/").split("/")[0] not in SERVED:
        raise Http404("Only renditions are public.")
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except OSError as error:  # a name longer than any file's, for example
        raise Http404("No file has this name.") from error
    # A rendition's name changes with its content, so it may be kept for long.
    response["Cache-Control"] = f"public, max-age={30 * 24 * 3600}"
    # Whatever was uploaded: it is a picture here, never a page that runs scripts as this site.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
