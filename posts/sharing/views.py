"""Where a passed-along link leads, and the page that helps to pass a post along."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from posts.content import routing
from posts.content.models import PostPage
from posts.sharing import queries
from posts.sharing.helping import note_press
from posts.sharing.invitations import Invitation
from posts.sharing.models import ShareLink
from posts.sharing.qr import qr_svg
from subscribers.guards import guarded


@require_safe
def passed_along(request: HttpRequest, code: str) -> HttpResponse:
    """Show the whole post to the friend who got its link."""
    post = queries.post_for_code(code)
    if post is None:
        return _unlisted(routing.gone(request), secret=True)
    context = {
        **post.get_context(request),
        "passed_along": True,
        "whole": True,
        "helped_address": reverse("passed_along_helped", args=[code]),
    }
    response = render(request, post.get_template(request), context)
    response.counts_read_of = post.pk  # type: ignore[attr-defined] # see `middleware`
    return _unlisted(response, secret=_for_subscribers(post))


@require_safe
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """Help to pass a post along, reached by the post's own address."""
    post = routing.find_post(slug)
    if post is None:
        return routing.gone(request)
    if post.slug != slug:
        return routing.moved(reverse("share", args=[post.slug]))
    # Anybody can type this address. It must not give away the link that opens a post for
    # subscribers; any other got one when it was published.
    hidden = _for_subscribers(post)
    made = None if hidden else ShareLink.objects.filter(post=post).first()
    link = queries.absolute(made) if made else post.public_url
    back = routing.path_of(post)
    return _share_page(request, post, link=link, back=back, opens_all=not hidden)


@require_safe
def share_passed_along(request: HttpRequest, code: str) -> HttpResponse:
    """Help to pass a post along, reached by its share link: who holds it may hand it on."""
    post = queries.post_for_code(code)
    if post is None:
        return _unlisted(routing.gone(request), secret=True)
    back = reverse("passed_along", args=[code])
    link = f"{settings.SITE_URL}{back}"
    return _share_page(request, post, link=link, back=back, opens_all=True)


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def helped(request: HttpRequest, slug: str) -> HttpResponse:
    """ "This helped me", pressed on the post's own page; GET thanks, and counts nothing."""
    post = routing.find_post(slug)
    if post is None:
        return routing.gone(request)
    # Whoever was not shown the whole of it has no button: see the template.
    if request.method == "POST" and not _for_subscribers(post):
        note_press(request, post)
    return _thanks(
        request, post, back=routing.path_of(post), pass_on=reverse("share", args=[post.slug])
    )


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def passed_along_helped(request: HttpRequest, code: str) -> HttpResponse:
    """The same, pressed on the page behind a share link."""
    post = queries.post_for_code(code)
    if post is None:
        return _unlisted(routing.gone(request), secret=True)
    if request.method == "POST":
        note_press(request, post)
    back = reverse("passed_along", args=[code])
    pass_on = reverse("share_passed_along", args=[code])
    response = _thanks(request, post, back=back, pass_on=pass_on)
    return _unlisted(response, secret=_for_subscribers(post))


def _thanks(request: HttpRequest, post: PostPage, *, back: str, pass_on: str) -> HttpResponse:
    """The same thanks to everybody. After a press by a redirect, so that no reload presses
    again."""
    if request.method == "POST":
        return redirect(request.path)
    with translation.override(post.language):
        context = {"page": post, "back": back, "pass_on": pass_on}
        return render(request, "sharing/thanks.html", context)


def _share_page(
    request: HttpRequest, post: PostPage, *, link: str, back: str, opens_all: bool
) -> HttpResponse:
    with translation.override(post.language):
        context = {
            "page": post,
            "invitation": Invitation(title=post.title, link=link),
            "qr": qr_svg(link),
            "opens_all": opens_all,
            "back": back,
        }
        response = render(request, "sharing/share_page.html", context)
    return _unlisted(response, secret=_for_subscribers(post))


def _for_subscribers(post: PostPage) -> bool:
    return post.visibility == PostPage.Visibility.SUBSCRIBERS


def _unlisted(response: HttpResponse, *, secret: bool) -> HttpResponse:
    """Keep the address out of search engines and of other sites' logs, a secret out of caches.

    Without a referrer browsers send `Origin: null` with forms. Those since 2020 (Safari since
    2023) also say that the page was ours, by `Sec-Fetch-Site`; with older ones our guard must
    refuse. So the one form here is that of "This helped me", without which nobody misses a thing.
    """
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    if secret:
        response["Cache-Control"] = "no-store"
    return response
