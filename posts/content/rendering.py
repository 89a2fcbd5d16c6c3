"""A post in its three media: the body of a web page, a mail, a plain text.

A mail is rendered once for each variant its audience needs, never once per reader. So nothing here
knows a reader: what differs between two of them is a marker that delivery fills in.
"""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from posts.content import mail_html, mail_text, pictures, text
from posts.content.mail import Mail, MailLinks
from posts.content.richtext import page_links
from posts.content.site_settings import SiteSettings
from subscribers.languages import spoken
from subscribers.templatetags.languages import set_off

if TYPE_CHECKING:
    from posts.content.models import PlainPage, PostPage


__all__ = [
    "LARGEST_MAIL",
    "LetterTooLong",
    "MailLinks",
    "RenderedMail",
    "page_path",
    "render_mail",
    "render_text_body",
    "render_web_body",
]

DESK = "/admin/kept"
LARGEST_MAIL = 90_000  # bytes; Gmail hides what comes after about 102,000


class LetterTooLong(Exception):
    """The mail would be cut by mail programs. The message is for the writer."""

    def __init__(self, size: int) -> None:
        self.size = size
        message = _(
            "As a mail this post would be %(size)d KB. Mail programs hide whatever comes after "
            "%(limit)d KB, the link for unsubscribing too. Shorten the post by about "
            "%(percent)d percent, or make two of it."
        )
        super().__init__(
            message
            % {
                "size": ceil(size / 1000),
                "limit": LARGEST_MAIL // 1000,
                "percent": ceil(100 * (size - LARGEST_MAIL) / size),
            }
        )


@dataclass(frozen=True)
class RenderedMail:
    """One variant of a mail, complete. Markers in its links are still to be filled in."""

    subject: str
    preheader: str
    html: str
    text: str


def render_mail(
    post: "PostPage",
    *,
    links: MailLinks,
    edition: str = "full",
    large_text: bool = False,
    discreet: bool = False,
    subject: str = "",
    note: str = "",
) -> RenderedMail:
    """The mail of a post in one variant. Raises LetterTooLong where mail programs would cut it.

    `note` is plain text that stands before the post; `subject` takes the place of the post's.
    """
    mail = Mail(
        post=post,
        site=SiteSettings.load(),
        newsletter=post.newsletter,
        links=links,
        page_links=page_links([post.body.raw_data, post.short_version], base=settings.SITE_URL),
        wanted=edition,
        large_text=large_text,
        discreet=discreet,
        other_subject=subject,
        note=note,
    )
    _prepare_pictures(post)
    with override(spoken(post.language)):
        html = mail_html.write(mail)
        rendered = RenderedMail(mail.subject, mail.preheader, html, mail_text.write(mail))
    if (size := len(html.encode())) > LARGEST_MAIL:
        raise LetterTooLong(size)
    return rendered


def render_web_body(page: "PostPage | PlainPage", *, previewed: bool = False) -> SafeString:
    """The body of a post or a plain page, for its place in a web page. One that is `previewed` has
    its files from the desk: who writes it may look at them before there is a page."""
    _prepare_pictures(page)
    context = {
        "medium": "web",
        "share_url": _share_path(page),
        "page_url": DESK if previewed else page_path(page),
        "page_links": page_links(page.body.raw_data),
        "our_words": set_off(spoken(_language(page)), _language(page)),
    }
    with override(spoken(_language(page))):
        html: SafeString = page.body.stream_block.render_basic(page.body, context)
    return html


def render_text_body(post: "PostPage") -> str:
    """The body of a post as text, the list of its links at the end."""
    links = page_links(post.body.raw_data, base=settings.SITE_URL)
    page_url = f"{settings.SITE_URL}{page_path(post)}"
    page = text.TextPage(post.share_page_url, links, page_url)
    with override(spoken(post.language)):
        return text.joined([text.body_text(post.body, page), page.list_of_links()])


def page_path(page: "PostPage | PlainPage") -> str:
    """Where a page is read now, without a slash at its end: also of one behind its share link."""
    code = getattr(page, "opened_by", "")  # only a post has one
    return f"/s/{code}" if code else f"/{quote(page.slug)}"


def _share_path(page: "PostPage | PlainPage") -> str:
    """Where a web page's reader passes it on; a plain page has nothing but its own address."""
    share_page = getattr(page, "share_page_url", "")  # only a post has one
    return urlsplit(share_page).path or f"/{page.slug}/"


def _prepare_pictures(page: Any) -> None:
    pictures.prepare(pictures.in_body(page.body))


def _language(page: "PostPage | PlainPage") -> str:
    return getattr(page, "language", None) or get_language() or settings.LANGUAGE_CODE
