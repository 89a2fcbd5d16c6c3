"""What the page of a post needs of its share link."""

from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from posts.content.models import PostPage
from posts.sharing.invitations import ShareMessage
from posts.sharing.models import ShareLink
from posts.sharing.offers import offered
from posts.sharing.qr import qr_svg
from posts.sharing.queries import absolute

register = template.Library()


@dataclass(frozen=True)
class Handout:
    """How who was handed a printed post finds it again: an address in two parts, each of which
    stays on one line, so that nobody wonders whether a break belongs to it."""

    before: str
    code: str
    qr: SafeString


@register.simple_tag
def pass_on(page: PostPage) -> ShareMessage:
    """What its reader passes on by one tap: the link by which it was opened, or the usual one."""
    link: ShareLink | None = getattr(page, "share_link", None)
    discreet = link is not None and page.opened_by == link.discreet_code
    return offered(page, discreet=discreet)


@register.simple_tag
def handout(page: PostPage) -> Handout:
    """The link by which the post was opened, its share link, or else its public address."""
    link: ShareLink | None = getattr(page, "share_link", None)
    code = page.opened_by or (link.code if link is not None and link.is_on else "")
    address = absolute(code) if code else page.public_url
    return Handout(address.removesuffix(code), code, _square(address, get_language() or "en"))


@lru_cache(maxsize=256)
def _square(address: str, language: str) -> SafeString:
    """Drawn once: it takes longer than the rest of the page. The language is that of its name."""
    return qr_svg(address)
