"""The HTML part of a mail: a letter in one column, its style on each element.

Mail programs drop style sheets, so what a letter cannot do without is inlined. What only some
understand (dark mode, narrow screens) stays in a style element of its own.
"""

import css_inline
from django.template.loader import render_to_string
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

from posts.content.mail import Mail

_ORDINARY = {"text": 18, "title": 30, "section": 23, "part": 20, "small": 15}
_LARGE = {"text": 24, "title": 38, "section": 30, "part": 26, "small": 20}


def write(mail: Mail) -> str:
    """The whole mail as an HTML document."""
    look = {"size": _LARGE if mail.large_text else _ORDINARY, "accent": mail.site.accents}
    context = {
        "mail": mail,
        "body": _body(mail),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "gaps": range(100),
        **look,
    }
    html = render_to_string("content/mail/letter.html", context)
    inliner = css_inline.CSSInliner(
        extra_css=render_to_string("content/mail/letter.css", look),
        inline_style_tags=False,
        keep_style_tags=True,
        load_remote_stylesheets=False,
    )
    return str(inliner.inline(html))


def _body(mail: Mail) -> SafeString:
    if mail.edition == "short":
        # Rich text is HTML that the editor has already cleaned.
        return mark_safe(mail.page_links.expand(mail.post.short_version))  # noqa: S308
    if mail.edition == "step":
        return mark_safe(linebreaks(mail.post.small_step, autoescape=True))  # noqa: S308
    body = mail.post.body
    context = {
        "medium": "email",
        "share_url": mail.links.share,
        "page_links": mail.page_links,
    }
    html: SafeString = body.stream_block.render_basic(body, context)
    return html
