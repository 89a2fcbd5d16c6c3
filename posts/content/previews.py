"""What the editor's side panel shows of a mail: what readers would get, of the text as it stands.

Each way in which a reader may get it is one mode, so that the writer goes from one to the next
without leaving her text. A mail follows the light or dark of whoever reads it; here the mode says
which.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posts.content.rendering import LetterTooLong, MailLinks, RenderedMail, render_mail
from subscribers.one_line import one_line

if TYPE_CHECKING:
    from posts.content.models import PostPage


@dataclass(frozen=True, slots=True)
class _Way:
    """A way in which a mail is read."""

    edition: str = "full"
    is_dark: bool = False
    has_pictures: bool = True
    is_text: bool = False
    is_discreet: bool = False


_WAYS = {
    "email": _Way(),
    "email-dark": _Way(is_dark=True),
    "email-no-pictures": _Way(has_pictures=False),
    "text": _Way(is_text=True),
    "short": _Way(edition="short"),
    "step": _Way(edition="step"),
    "discreet": _Way(is_discreet=True),
}
PREVIEW_MODES = [
    ("", gettext_lazy("Web page")),
    ("email", gettext_lazy("Email")),
    ("email-dark", gettext_lazy("Email, in the dark")),
    ("email-no-pictures", gettext_lazy("Email, without pictures")),
    ("text", gettext_lazy("Plain text")),
    ("short", gettext_lazy("Short version")),
    ("step", gettext_lazy("One small step")),
    ("discreet", gettext_lazy("Discreet version")),
]

# A mail is styled on its elements and runs nothing; a page of ours is the other way round.
_POLICY = (
    "default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


def respond(post: "PostPage", mode: str) -> HttpResponse:
    """The mail of the post as it stands in the editor, in one of PREVIEW_MODES but the first."""
    way = _WAYS.get(mode, _Way())
    if missing := _missing(post, way.edition):
        return _no_preview(*missing)
    links = preview_links(post, discreet=way.is_discreet)
    try:
        mail = render_mail(post, links=links, edition=way.edition, discreet=way.is_discreet)
    except LetterTooLong as error:
        return _no_preview(_("This mail is too long"), str(error))
    if way.is_text:
        return HttpResponse(mail.text, content_type="text/plain; charset=utf-8")
    policy = _POLICY.format(pictures="* data:" if way.has_pictures else "'none'")
    return HttpResponse(_as_read(mail, way), headers={"Content-Security-Policy": policy})


def _missing(post: "PostPage", edition: str) -> tuple[str, str] | None:
    """Why there is no such edition of this post; readers who want one get the whole of it."""
    if edition == "short" and not one_line(strip_tags(post.short_version)):
        return _("There is no short version"), _(
            "Readers who asked for it get the whole post. You can write one below “Mail”."
        )
    if edition == "step" and not one_line(post.small_step):
        return _("There is no small step"), _(
            "Readers who asked for it get the whole post. You can write one below “Mail”."
        )
    return None


def _no_preview(title: str, message: str) -> HttpResponse:
    return render(None, "content/desk/no_preview.html", {"title": title, "message": message})


def _as_read(mail: RenderedMail, way: _Way) -> str:
    """Its HTML, in light or dark whatever the writer's own screen is in, below what an inbox shows
    of it."""
    scheme = "dark" if way.is_dark else "light"
    html = mail.html.replace("(prefers-color-scheme: dark)", "all" if way.is_dark else "not all")
    for mark in ('content="', "color-scheme: ", "color-schemes: "):
        html = html.replace(f"{mark}light dark", f"{mark}{scheme}")
    inbox = render_to_string("content/desk/inbox.html", {"mail": mail, "is_dark": way.is_dark})
    before, begin, rest = html.partition('<div class="preheader"')
    return f"{before}{inbox.strip()}{begin}{rest}"


def preview_links(post: "PostPage", *, discreet: bool = False) -> MailLinks:
    """The links of a mail that nobody gets: the two personal ones lead nowhere."""
    return MailLinks(
        online=post.public_url,
        share=post.share_page_url,
        # What is no post yet has no other link; a discreet mail has none that names the post.
        passed="" if discreet else post.public_url,
        write="" if discreet else "#write",
        subscribe=f"{settings.SITE_URL}/subscribe/",
        home=f"{settings.SITE_URL}/",
        unsubscribe="#unsubscribe",
        manage="#preferences",
    )
