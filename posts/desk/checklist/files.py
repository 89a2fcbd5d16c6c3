"""What the letter encloses."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from posts.content import words
from posts.desk.checklist.items import ChecklistItem, ItemLevel, Subject


def enclosed(seen: Subject) -> Iterator[ChecklistItem]:
    """Whether each file is there, and each sound can be read by who cannot hear it."""
    blocks = [block for block in seen.post.body if block.block_type in ("file", "sound")]
    fine = True
    for block in blocks:
        name = words.shortened(block.value["title"], 40)
        place = seen.place(f"body.{block.id}")
        file = block.value[block.block_type]
        if file is None or not file.file.storage.exists(file.file.name):
            fine = False
            said = _("“%(name)s” is not here any more. Choose another, or take it out.")
            yield ChecklistItem(ItemLevel.MEND, said % {"name": name}, place)
        elif file.kind.is_sound and not words.plain(block.value["transcript"].source):
            fine = False
            said = _(
                "“%(name)s” has no words to read: who cannot hear it misses it. Write down what is "
                "said in it, as well as you can."
            )
            yield ChecklistItem(ItemLevel.LOOK, said % {"name": name}, place)
    if blocks and fine:
        yield ChecklistItem(ItemLevel.FINE, _("What you enclose is here."))
