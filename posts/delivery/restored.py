"""That this database came back from a backup, and what it therefore cannot know.

Whatever was mailed after the backup was taken is not in it. So nothing that may have gone out since
goes out again by itself, and a post that was there goes out only after somebody said that it did
not. Who objected since is known from beside the database (see `subscribers.objections`); where that
is not whole, mailing stays shut until somebody opens it.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from subscribers.run_here import manage
from subscribers.saying import sentence

__all__ = ["Restoration"]

# Who has opened a return that is not finished: nobody can. (No column of its own: a backup of an
# older version is loaded into that version's tables, which have none.)
UNFINISHED = "(unfinished)"
BROKEN_OFF = sentence(
    "A backup was being restored here, and that was broken off half way. "
    "Nothing starts and no letter leaves before it is whole. Run `%(command)s` again, into an "
    "empty place or here with --replace; the file was only read.",
    command=manage("restore FILE"),
)


class Restoration(models.Model):
    """One return from a backup. The latest counts."""

    taken_at = models.DateTimeField()
    restored_at = models.DateTimeField(default=timezone.now)
    known_until = models.DateTimeField(null=True)
    objectors = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=150, blank=True)
    # Posts up to this number were in the backup, and may have been mailed since.
    newest_post = models.PositiveIntegerField(default=0)
    mailable = models.JSONField(default=list)
    # How many mails that were waiting are not sent by themselves, by what they were.
    set_aside = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"back from {self.taken_at}"


def latest() -> Restoration | None:
    return Restoration.objects.order_by("-pk").first()


def shut() -> Restoration | None:
    """The return after which nobody has opened mailing yet."""
    found = latest()
    return found if found is not None and found.opened_at is None else None


def is_broken_off() -> bool:
    """Whether the rows came back and nothing was paused yet: the command died in between. Asks for
    no column that an older version lacks."""
    return Restoration.objects.filter(opened_by=UNFINISHED).exists()


def why_shut(back: Restoration) -> str:
    if back.opened_by == UNFINISHED:
        return BROKEN_OFF
    return sentence(
        "This site came back from a backup of %(taken)s, and who said no "
        "since then is not known for certain. No letter leaves before somebody "
        "has looked at %(screen)s and let them go.",
        taken=back.taken_at,
        screen=screen_url(),
    )


def is_uncertain(post_id: int) -> bool:
    """Whether a post may have been mailed between the backup and its return."""
    back = latest()
    return back is not None and post_id <= back.newest_post and post_id not in back.mailable


def why_uncertain(post_id: int) -> str:
    back = latest()
    return sentence(
        "This site came back from a backup of %(taken)s. Whether anything of "
        "this post was emailed after that is not known here. If nothing was, "
        "say so on %(screen)s and try again.",
        taken=back.taken_at if back else "",
        screen=f"{settings.SITE_URL}/admin/posts/{post_id}/email/",
    )


def went_by(moment: datetime) -> bool:
    """Whether what was due at this moment may have gone out from what the backup was taken of."""
    back = latest()
    return back is not None and moment <= back.restored_at


def screen_url() -> str:
    return f"{settings.SITE_URL}/admin/restored/"
