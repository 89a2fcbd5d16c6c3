"""Where a passed-along link leads, and the page that helps to pass a post along."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from posts.content import routing
from posts.content.models import PostAddress, PostPage, SiteSettings
from posts.sharing import offers, queries
from posts.sharing.cards import previews
from posts.sharing.cards.previews import Preview
from posts.sharing.counting import count_read
from posts.sharing.guessing import limit_misses
from posts.sharing.helping import note_press
from posts.sharing.models import ShareLink
from posts.sharing.offers import ShareOffer
from posts.sharing.qr import qr_svg
from subscribers.guards import guarded, say
from subscribers.languages import spoken


@require_safe
@limit_misses
def passed_along(request: HttpRequest, code: str) -> HttpResponse:
    """Show the whole post to the friend who got its link."""
    way = queries.find_way(code)
    if (post := way.opens) is None:
        return lead_on(request, way, to="wagtail_serve")
    post.opened_by = code
    secret = _for_subscribers(post)
    context = {
        **post.get_context(request),
        "passed_along": True,
        "whole": True,
        "secret": secret,
        "discreet": way.is_discreet,
        "address": queries.absolute(code),
        "helped_address": reverse("passed_along_helped", args=[code]),
    }
    template = "sharing/discreet_post.html" if way.is_discreet else post.get_template(request)
    response = render(request, template, context)
    count_read(response, post_id=post.pk, meta=request.META)
    return _unlisted(response, secret=secret)


@require_safe
def tidied(request: HttpRequest, code: str) -> HttpResponse:
    """A link that a chat or a mail gave the full stop after it, or a bracket."""
    return _led_on(reverse("passed_along", args=[code]))


@require_safe
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """Help to pass a post along, reached by the post's own address."""
    post = PostAddress.post_at(slug)
    if post is None:
        return routing.gone(request)
    if post.slug != slug:
        return routing.moved(reverse("share", args=[post.slug]))
    # Anybody can type this address. It must not give away the link that opens a post for
    # subscribers; any other got one when it was published.
    hidden = _for_subscribers(post)
    link = None if hidden else ShareLink.objects.filter(post=post, is_on=True).first()
    with translation.override(spoken(post.language)):
        offer = ShareOffer(post, link, request.GET)
        return _share_page(request, post, offer, back=routing.path_of(post), opens_all=not hidden)


@require_safe
@limit_misses
def share_passed_along(request: HttpRequest, code: str) -> HttpResponse:
    """Help to pass a post along, reached by its share link: who holds it may hand it on."""
    way = queries.find_way(code)
    if (post := way.opens) is None:
        return lead_on(request, way, to="share")
    kind = offers.DISCREET if way.is_discreet else offers.PLAIN
    back = reverse("passed_along", args=[code])
    with translation.override(spoken(post.language)):
        offer = ShareOffer(post, way.link, request.GET, by_default=kind)
        return _share_page(request, post, offer, back=back, opens_all=True)


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def helped(request: HttpRequest, slug: str) -> HttpResponse:
    """ "This helped me", pressed on the post's own page; GET thanks, and counts nothing."""
    post = PostAddress.post_at(slug)
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
@limit_misses
def passed_along_helped(request: HttpRequest, code: str) -> HttpResponse:
    """The same, pressed on the page behind a share link."""
    way = queries.find_way(code)
    if (post := way.opens) is None:
        return lead_on(request, way, to="wagtail_serve")
    if request.method == "POST":
        note_press(request, post)
    back = reverse("passed_along", args=[code])
    pass_on = reverse("share_passed_along", args=[code])
    response = _thanks(request, post, back=back, pass_on=pass_on, discreet=way.is_discreet)
    return _unlisted(response, secret=_for_subscribers(post))


def _thanks(
    request: HttpRequest, post: PostPage, *, back: str, pass_on: str, discreet: bool = False
) -> HttpResponse:
    """The same thanks to everybody. After a press by a redirect, so that no reload presses
    again."""
    if request.method == "POST":
        return redirect(request.path)
    with translation.override(spoken(post.language)):
        context = {
            "page": post,
            "speaks": spoken(post.language),  # the page is ours, and about the post
            "back": back,
            "pass_on": pass_on,
            "discreet": discreet,
        }
        return render(request, "sharing/thanks.html", context)


def _share_page(
    request: HttpRequest, post: PostPage, offer: ShareOffer, *, back: str, opens_all: bool
) -> HttpResponse:
    message = offer.message
    context = {
        "page": post,
        "speaks": spoken(post.language),  # the page is ours, and about the post
        "offer": offer,
        "message": message,
        # Sent by mistake, its own address shows what it was meant to pass on.
        "preview": _preview(request, post, offer),
        "qr": qr_svg(message.link),
        "opens_all": opens_all,
        "back": back,
    }
    response = render(request, "sharing/share_page.html", context)
    # No form here, so nothing needs a referrer: what opens the post stays within this page.
    return _unlisted(response, secret=_for_subscribers(post), referrer="no-referrer")


def _preview(request: HttpRequest, post: PostPage, offer: ShareOffer) -> Preview:
    site = SiteSettings.load(request_or_site=request)
    if offer.is_discreet:
        return previews.of_stranger(post, site, code=offer.code)
    return previews.of_post(post, site, code=offer.code)


def lead_on(request: HttpRequest, way: queries.Way, *, to: str) -> HttpResponse:
    """From a code that opens nothing now: to the public page about the post, where there is one.

    From a discreet one to a page that names nothing: where it led must not show in an address.
    """
    if way.is_discreet:
        return _unlisted(say(request, "sharing/closed_link.html", status=410), secret=True)
    if way.post is None:
        return _unlisted(routing.gone(request), secret=True)
    # A post's own address is below Wagtail's, and ends with a slash.
    name = f"{way.post.slug}/" if to == "wagtail_serve" else way.post.slug
    return _led_on(reverse(to, args=[name]))


def _led_on(address: str) -> HttpResponse:
    """For now only: a link that is off may be switched on again."""
    return _unlisted(HttpResponseRedirect(address), secret=True)


def _for_subscribers(post: PostPage) -> bool:
    return post.visibility == PostPage.Visibility.SUBSCRIBERS


def _unlisted(response: HttpResponse, *, secret: bool, referrer: str = "") -> HttpResponse:
    """Keep the address out of search engines and of other sites' logs, a secret out of caches.

    `same-origin` tells other sites nothing either, and lets the page's own forms say where they
    were sent from. With `no-referrer` browsers send `Origin: null`. Those since 2020 (Safari since
    2023) also say that the page was ours, by `Sec-Fetch-Site`; with older ones our guard must
    refuse. So behind a secret the one form is that of "This helped me", which nobody misses.
    """
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = referrer or ("no-referrer" if secret else "same-origin")
    if secret:
        response["Cache-Control"] = "no-store"
    return response
