"""A line of the checklist, and what a check is told."""

from dataclasses import dataclass
from enum import IntEnum

from django.urls import reverse

from posts.content.models import PostPage
from posts.content.rendering import RenderedMail


class ItemLevel(IntEnum):
    """In the order in which they are shown. What is to be mended keeps a letter from leaving."""

    MEND = 0
    LOOK = 1
    UNKNOWN = 2
    FINE = 3


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """What was looked at and found. `url` leads to where it is changed, `paste` is what to write
    there. `for_worker`: not known yet, and a worker can look when somebody presses."""

    level: ItemLevel
    said: str
    url: str = ""
    paste: str = ""
    for_worker: bool = False


@dataclass(frozen=True)
class Subject:
    """What is looked at: a post as it would leave, and to how many. `too_long` says why there is no
    mail of it; `stays_here` that no reader is reached from this site, as it is."""

    post: PostPage
    mail: RenderedMail | None
    too_long: str
    stays_here: bool
    people: int

    @property
    def seriously(self) -> ItemLevel:
        """How grave it is what only readers elsewhere would suffer from."""
        return ItemLevel.LOOK if self.stays_here else ItemLevel.MEND

    def place(self, path: str) -> str:
        """In the post's editor, at a field or a block of the body."""
        edit = reverse("wagtailadmin_pages:edit", args=[self.post.pk])
        return f"{edit}#:w:contentpath={path}"

    def of_newsletter(self, field: str) -> str:
        edit = reverse("newsletters:edit", args=[self.post.newsletter_id])
        return f"{edit}#id_{field}"
