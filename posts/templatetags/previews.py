"""What machines are told of a page: previews for chats, and data for search engines."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from posts.content.models import PostPage, SiteSettings
from posts.sharing.cards import previews
from posts.sharing.cards.previews import Preview

register = template.Library()

_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
_TEMPLATE = "sharing/preview.html"


@register.inclusion_tag(_TEMPLATE, takes_context=True)
def post_preview(context: Context, page: PostPage, site: SiteSettings) -> dict[str, Preview]:
    """A post's; on the page behind its share link, of that address."""
    code = _code(context) if context.get("passed_along") else ""
    return {"preview": previews.of_post(page, site, cover=context.get("cover"), code=code)}


@register.inclusion_tag(_TEMPLATE, takes_context=True)
def discreet_preview(context: Context, page: PostPage, site: SiteSettings) -> dict[str, Preview]:
    """That of the page behind a post's discreet link: it names nothing."""
    return {"preview": previews.of_stranger(page, site, code=_code(context))}


@register.inclusion_tag(_TEMPLATE)
def site_preview(
    site: SiteSettings, title: str, description: str, address: str
) -> dict[str, Preview]:
    """That of a page which is no post. `address` may begin with a slash."""
    if address.startswith("/"):
        address = f"{settings.SITE_URL}{address}"
    preview = previews.of_site(site, title=title, description=description, address=address)
    return {"preview": preview}


@register.simple_tag
def canonical(path: str) -> SafeString:
    """The one address of a page that has several, or might be asked for by another host's name."""
    return format_html('<link rel="canonical" href="{}{}">', settings.SITE_URL, path)


@register.simple_tag(takes_context=True)
def article_data(context: Context, page: PostPage, site: SiteSettings) -> SafeString:
    """The post as search engines read it (schema.org Article): what everybody may see of it.

    A block of data, not a script: the Content-Security-Policy need not allow it.
    """
    picture = previews.picture_of_post(page, site, cover=context.get("cover"))
    address = page.canonical_address or page.public_url
    home = f"{settings.SITE_URL}/"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": page.title,
        "description": page.search_description or page.lead,
        "inLanguage": page.language,
        "url": address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "isAccessibleForFree": page.visibility == PostPage.Visibility.PUBLIC,
        "image": {
            "@type": "ImageObject",
            "url": picture.address,
            "width": picture.width,
            "height": picture.height,
        },
        "author": {"@type": "Person", "name": site.author or site.name, "url": home},
        "publisher": {"@type": "Organization", "name": site.name, "url": home},
    }
    for name, at in (
        ("datePublished", page.first_published_at),
        ("dateModified", page.last_published_at),
    ):
        if at is not None:
            data[name] = at.isoformat()
    # As Django's `json_script` does: no text of a writer ends the element.
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


def _code(context: Context) -> str:
    """The code in the address that was asked for, as it was asked for."""
    code: str = context["request"].resolver_match.kwargs["code"]
    return code
