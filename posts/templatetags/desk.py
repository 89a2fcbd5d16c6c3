"""What the desk's templates say of texts that were written for whoever repairs something, and of
whose page it is."""

from django import template

from posts.content.models import PostPage
from posts.desk import copies, taking_back
from posts.desk.plain import Told, told
from subscribers import languages, run_here, timeline

register = template.Library()
register.filter("inside", languages.inside)
register.filter("as_typed", run_here.manage)
register.filter("said", timeline.said)


@register.filter
def plain_words(text: str) -> Told:
    """The text for everybody, and apart from it what is for an administrator."""
    return told(text)


@register.filter
def writer_of(user: object) -> str:
    """Under which key this person's browser keeps what of a letter is not saved yet."""
    return copies.writer_of(user)


@register.filter
def what_readers_keep(page: object) -> str:
    """What readers of a mailed post see once it is off the web; empty of any other page."""
    return taking_back.what_readers_keep(page) if isinstance(page, PostPage) else ""
