"""Making what the checks look at: the post, and its mail as every reader would get it."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from posts.content.models import PostPage
from posts.content.rendering import LetterTooLong, MailLinks, render_mail
from posts.delivery.transports import current
from posts.desk.checklist.items import Subject
from posts.desk.checklist.letter import UNSUBSCRIBE


def see(post: PostPage, *, people: int = 0) -> Subject:
    """Renders the mail once. Reaches nobody, and writes nothing."""
    mail, too_long = None, ""
    try:
        mail = render_mail(post, links=_links(post))
    except LetterTooLong as error:
        too_long = str(error)
    return Subject(post, mail, too_long, _stays_here(), people)


def _links(post: PostPage) -> MailLinks:
    """As in a letter; a post that was never public has no share link yet, so its page stands in."""
    return MailLinks(
        online=post.public_url,
        share=post.share_page_url,
        passed=post.public_url,
        write="",
        subscribe=f"{settings.SITE_URL}/subscribe/",
        home=f"{settings.SITE_URL}/",
        unsubscribe=UNSUBSCRIBE,
        manage=f"{settings.SITE_URL}/preferences/",
    )


def _stays_here() -> bool:
    try:
        return current().stays_here
    except ImproperlyConfigured:  # the page says so, and that it can't be emailed
        return True
