"""All checks, in the order in which a writer would go through a letter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from posts.content.models import PostPage
from posts.desk.checklist import domain, files, letter, links, readers, writing
from posts.desk.checklist.items import ChecklistItem, ItemLevel, Subject
from posts.desk.checklist.seen import see

Check = Callable[[Subject], Iterable[ChecklistItem]]
CHECKS: tuple[Check, ...] = (
    writing.body,
    writing.leftovers,
    writing.inbox,
    writing.pictures,
    writing.headings,
    files.enclosed,
    links.checked,
    letter.size,
    letter.needed_links,
    letter.sender,
    letter.postal_address,
    domain.vouches,
    letter.colour,
    readers.compared,
)


@dataclass(frozen=True, slots=True)
class Checklist:
    """What was found, by how grave it is."""

    mend: list[ChecklistItem]
    look: list[ChecklistItem]
    unknown: list[ChecklistItem]
    fine: list[ChecklistItem]

    @property
    def for_worker(self) -> bool:
        """Whether somebody can have looked at what is not known yet."""
        return any(item.for_worker for item in self.unknown)


def checklist(post: PostPage, *, people: int) -> Checklist:
    """Go through a post as it would leave now, to so many people."""
    seen = see(post, people=people)
    found = [item for check in CHECKS for item in check(seen)]

    def of(level: ItemLevel) -> list[ChecklistItem]:
        return [item for item in found if item.level is level]

    return Checklist(
        of(ItemLevel.MEND), of(ItemLevel.LOOK), of(ItemLevel.UNKNOWN), of(ItemLevel.FINE)
    )
