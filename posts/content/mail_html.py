"""The HTML part of a mail: a letter in one column, its style on each element.

Mail programs drop style sheets, so what a letter cannot do without is inlined. What only some
understand (dark mode, narrow screens) stays in a style element of its own.
"""

from typing import Any

import css_inline
from django.template.loader import render_to_string
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from posts.content.mail import Mail
from posts.content.richtext import dressed
from posts.content.site_settings import SiteSettings
from subscribers.languages import direction, spoken
from subscribers.templatetags.languages import set_off

_ORDINARY = {"text": 18, "title": 30, "section": 23, "part": 20, "small": 15}
_LARGE = {"text": 24, "title": 38, "section": 30, "part": 26, "small": 20}


def look_of(site: SiteSettings, *, large_text: bool) -> dict[str, Any]:
    """Sizes and colours of a letter."""
    return {"size": _LARGE if large_text else _ORDINARY, "accent": site.accents}


def write(mail: Mail) -> str:
    """The whole mail as an HTML document."""
    look = look_of(mail.site, large_text=mail.large_text)
    context = {
        "mail": mail,
        "language": mail.post.language,
        "body": body(mail),
        "direction": direction(mail.post.language),
        "our_words": our_words(mail.post.language),
        "gaps": range(100),
        **look,
    }
    return inlined(render_to_string("content/mail/letter.html", context), look)


def our_words(around: str) -> SafeString | str:
    """What marks our words in a mail that is in a language we don't speak."""
    return set_off(spoken(around), around)


def inlined(html: str, look: dict[str, Any]) -> str:
    """The document with the style of a letter on each of its elements."""
    inliner = css_inline.CSSInliner(
        extra_css=render_to_string("content/mail/letter.css", look),
        inline_style_tags=False,
        keep_style_tags=True,
        load_remote_stylesheets=False,
    )
    return str(inliner.inline(html))


def body(mail: Mail) -> SafeString:
    """The post alone, in the edition of this mail."""
    if mail.edition == "short":
        html = mail.page_links.expand(mail.post.short_version)
        return mark_safe(dressed(html, "email"))  # noqa: S308
    if mail.edition == "step":
        return mark_safe(linebreaks(mail.post.small_step, autoescape=True))  # noqa: S308
    blocks = mail.post.body
    context = {
        "medium": "email",
        "share_url": mail.links.share,
        "page_url": mail.page_url,
        "page_links": mail.page_links,
        "our_words": our_words(mail.post.language),
    }
    rendered: SafeString = blocks.stream_block.render_basic(blocks, context)
    return rendered
