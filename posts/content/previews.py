"""What the editor's side panel shows of a mail: exactly what readers would get."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from posts.content.rendering import LetterTooLong, MailLinks, render_mail

if TYPE_CHECKING:
    from posts.content.models import PostPage


# A mail is styled on its elements and runs nothing; a page of ours is the other way round.
_POLICY = "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; frame-ancestors 'self'"


def respond(post: "PostPage", mode: str) -> HttpResponse:
    """The mail of the post as it stands in the editor; `mode` is "email" or "text"."""
    try:
        mail = render_mail(post, links=preview_links(post))
    except LetterTooLong as error:
        return render(None, "content/desk/no_preview.html", {"message": str(error)})
    if mode == "text":
        return HttpResponse(mail.text, content_type="text/plain; charset=utf-8")
    return HttpResponse(mail.html, headers={"Content-Security-Policy": _POLICY})


def preview_links(post: "PostPage") -> MailLinks:
    """The links of a mail that nobody gets: the two personal ones lead nowhere."""
    return MailLinks(
        online=post.public_url,
        share=post.share_page_url,
        passed=post.public_url,  # what is no post yet has no other link
        write="#write",
        subscribe=f"{settings.SITE_URL}/subscribe/",
        home=f"{settings.SITE_URL}/",
        unsubscribe="#unsubscribe",
        manage="#preferences",
    )
