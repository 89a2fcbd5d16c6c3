"""Small public answers: am I up, what may robots read, feeds, lists, and the writer's pictures."""

import posixpath
from datetime import timedelta
from itertools import groupby
from urllib.parse import quote

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe
from django.views.static import serve

from posts.content.models import PostPage, SiteSettings
from posts.content.queries import topics_in_use
from posts.public import feeds
from posts.public.assets import our_files
from posts.public.queries import LONGEST_SEARCH, find_posts
from subscribers.models import Newsletter

ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /search/\n\nSitemap: {}/sitemap.xml\n"
FOUND_A_PAGE = 12
IN_ARCHIVE_A_PAGE = 60  # titles; more would make a heavy page
# Renditions, which pages show, and the faces in the desk, whose names hold a UUID. Not what was
# uploaded as it was uploaded: a camera or a word processor may have written anything into it.
SERVED = frozenset({"images", "avatar_images"})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers. It asks nobody else, so that a slow database is not a kill."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep robots out of the desk and of endless searches, and tell them what there is.

    `/s/` is not listed: a robot must be able to read there that it may not list the page.
    """
    return HttpResponse(ROBOTS.format(settings.SITE_URL), content_type="text/plain")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116): the address that answers to the letters."""
    newsletter = Newsletter.objects.first()
    if newsletter is None:
        raise Http404
    ends = timezone.now() + timedelta(days=180)  # a file that nobody sees to would say so
    lines = (
        f"Contact: mailto:{quote(newsletter.reply_to or newsletter.from_email, safe='@')}",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    )
    answer = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """For whoever asks for it by this address, and does not read the page."""
    response = FileResponse(our_files()["theme/favicon.ico"].open("rb"))
    response["Cache-Control"] = f"public, max-age={24 * 3600}"
    return response


@require_safe
@conditional_page
def manifest(request: HttpRequest) -> HttpResponse:
    """How the site stands on a home screen (https://www.w3.org/TR/appmanifest/)."""
    site: SiteSettings = SiteSettings.load(request_or_site=request)
    icon = {"src": static("theme/icon-512.png"), "sizes": "512x512", "type": "image/png"}
    told = {
        "name": site.name,
        "lang": site.language,
        "start_url": "/",
        "display": "browser",
        "background_color": "#FBF8F3",
        "theme_color": "#FBF8F3",
        "icons": [icon, {**icon, "purpose": "maskable"}],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
@conditional_page
def atom_feed(request: HttpRequest) -> HttpResponse:
    """The latest posts, whole."""
    site: SiteSettings = SiteSettings.load(request_or_site=request)
    feed = feeds.atom(PostPage.objects.published()[: feeds.LATEST], site)
    return HttpResponse(feed, content_type="application/atom+xml; charset=utf-8")


@require_safe
@conditional_page
def json_feed(request: HttpRequest) -> HttpResponse:
    """The same for readers that prefer JSON."""
    feed = feeds.json_feed(
        PostPage.objects.published()[: feeds.LATEST], SiteSettings.load(request_or_site=request)
    )
    return JsonResponse(
        feed, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@conditional_page
def archive(request: HttpRequest) -> HttpResponse:
    """Every post by year, newest first, and the way to each year and topic."""
    # All of them at once: they are few columns, and tell on which page each year begins.
    posts = list(
        PostPage.objects.published().only(
            "title", "slug", "language", "visibility", "first_published_at", "go_live_at"
        )
    )
    listing = Paginator(posts, IN_ARCHIVE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "years": [(year, list(group)) for year, group in groupby(listing, _year)],
        "listing": listing,
        "pages_of_years": _pages_of_years(posts) if listing.has_other_pages() else {},
        "topics": topics_in_use(),
        "address": f"{settings.SITE_URL}/archive/",
    }
    return render(request, "public/archive.html", context)


def _year(post: PostPage) -> int:
    return post.date.year


def _pages_of_years(posts: list[PostPage]) -> dict[int, int]:
    """For each year the page of the archive on which it begins."""
    pages: dict[int, int] = {}
    for place, post in enumerate(posts):
        pages.setdefault(_year(post), place // IN_ARCHIVE_A_PAGE + 1)
    return pages


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Posts with the words that were typed, the best first. What is typed is kept nowhere."""
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    too_long = len(words) > LONGEST_SEARCH
    found = find_posts(words) if words and not too_long else []
    context = {
        "words": words,
        "too_long": too_long,
        "longest": LONGEST_SEARCH,
        "listing": Paginator(found, FOUND_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "public/search.html", context, status=422 if too_long else 200)


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
