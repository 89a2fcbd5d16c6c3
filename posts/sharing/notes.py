"""The sentences that a reader may send along, to choose from by their names in an address.

What stands in the address is never shown: only a name that we know chooses a sentence.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from posts.sharing.models import CoveringNote


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence, and the name it is chosen by."""

    name: str
    text: str


NO_NOTE = Note("none", "")


def notes_in(language: str) -> list[Note]:
    """The writer's, or ours where she wrote none in this language (which must be active).

    Each asks nothing of the friend who gets it.
    """
    hers = CoveringNote.objects.filter(language=language)
    if notes := [Note(str(note.pk), note.text) for note in hers]:
        return notes
    return [
        Note("a", _("I thought of you when I read this. No need to reply.")),
        Note("b", _("This did me good. Perhaps it does you good too.")),
        Note("c", _("For a quiet moment, whenever you have one. It can wait.")),
    ]


def chosen(notes: list[Note], name: str) -> Note:
    """The note of that name; the first one for a name that is none of theirs."""
    return next((note for note in (*notes, NO_NOTE) if note.name == name), notes[0])
