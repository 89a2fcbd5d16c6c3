"""What the templates of blocks need: rich text and pictures for the medium they are for."""

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from posts.content import invitations, pictures, richtext
from posts.content.enclosures import within
from posts.content.enclosures.models import Enclosure

register = template.Library()


@register.simple_tag(takes_context=True)
def rich(context: Context, value: Any) -> SafeString:
    """Rich text as HTML, its links as the medium needs them."""
    # Rich text is HTML that was cleaned when it was expanded.
    return mark_safe(richtext.dressed(_expanded(context, value), _medium(context)))  # noqa: S308


@register.simple_tag(takes_context=True)
def rich_inline(context: Context, value: Any) -> SafeString:
    """Rich text without its paragraphs, for a place that is one already."""
    return mark_safe(richtext.inline(_expanded(context, value)))  # noqa: S308


@register.filter
def has_link(value: Any) -> bool:
    """Whether the rich text has a link of its own."""
    return richtext.has_link(_source(value))


register.filter("label", invitations.label)


@register.simple_tag
def web_picture(image: Any) -> SafeString:
    """The picture for a page."""
    return pictures.web_picture(image)


@register.simple_tag
def cover_picture(cover: pictures.Shown) -> SafeString:
    """The cover for its page."""
    return pictures.cover_picture(cover)


@register.simple_tag
def mail_picture(image: Any) -> SafeString:
    """The picture for a mail."""
    return pictures.mail_picture(image)


@register.simple_tag(takes_context=True)
def enclosed_at(context: Context, enclosure: Enclosure) -> str:
    """The address of a file."""
    return within.address(enclosure, context["page_url"])


@register.simple_tag(takes_context=True)
def transcript_at(context: Context, enclosure: Enclosure) -> str:
    """The address of what is said in a sound."""
    return within.transcript(enclosure, context["page_url"])


register.filter("about", within.about)


@register.filter
def host(url: str) -> str:
    """The name of the site that the address is on."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _expanded(context: Context, value: Any) -> str:
    source = _source(value)
    links: richtext.PageLinks = context.get("page_links") or richtext.page_links(source)
    return links.expand(source)


def _medium(context: Context) -> str:
    return str(context.get("medium", "web"))


def _source(value: Any) -> str:
    return str(getattr(value, "source", value))
