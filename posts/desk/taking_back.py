"""What readers see of a post that is taken off the web after it was mailed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.content.models import PostPage
from posts.delivery.mailings.queries import count
from posts.delivery.models import Mailing
from posts.desk.outcome import numbers
from posts.desk.texts import people

_GOING = (Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.HELD)


def what_readers_keep(post: PostPage) -> str:
    """Empty where it was not mailed. Digests are left out: they hold other posts, too."""
    mailings = list(Mailing.objects.filter(post=post, undone_at=None))
    reached = sum(numbers(count(mailing))["reached"] for mailing in mailings)
    going = any(mailing.state in _GOING for mailing in mailings)
    if not reached and not going:
        return ""
    have_it = ngettext(
        "%(people)s has it as a letter, which stays in the mailbox as it is.",
        "%(people)s have it as a letter, which stays in their mailboxes as it is.",
        reached,
    )
    said = have_it % {"people": people(reached)} + " "
    said += _(
        "Whoever follows a link to the post from there, or one that was passed along, reads that "
        "it was taken back. The mailing stays, with its subject and its numbers."
    )
    if going:
        said += " " + _(
            "It is still going out, and goes on: cancel the mailing first if that is to stop, too."
        )
    return said
