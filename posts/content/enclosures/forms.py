"""The forms by which a writer gives us a file, and puts another in its place."""

from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from posts.content.enclosures.checking import LARGEST_FILE, LARGEST_SOUND, Checked, check
from posts.content.enclosures.kinds import FILES, SOUNDS, FileKind
from posts.content.enclosures.models import Enclosure
from subscribers.one_line import one_line

__all__ = ["EnclosureForm", "FileForm", "SoundForm"]

_AS_FILE = format_lazy(
    _(
        "PDF, Word, Excel, PowerPoint, OpenDocument, RTF, EPUB or plain text; {most} MB at most. "
        "Readers get it as it is: look whether it names anybody, also under its properties."
    ),
    most=LARGEST_FILE,
)
_AS_SOUND = format_lazy(
    _("MP3 or M4A, which every phone plays, or Ogg; {most} MB at most."), most=LARGEST_SOUND
)


class EnclosureForm(WagtailAdminModelForm):
    """A file and its name. Another file in its place is found where the one before was."""

    KINDS: ClassVar[tuple[FileKind, ...]] = (*FILES, *SOUNDS)
    OTHERWISE: ClassVar[Any] = ""  # what is said of a kind that is none of these
    HELP: ClassVar[Any] = format_lazy("{} {}", _AS_FILE, _AS_SOUND)

    # Django's own would link to an address where nothing is, and refuse long names.
    file = forms.FileField(label=_("File"), widget=forms.FileInput)
    title = forms.CharField(
        label=_("Name"),
        max_length=255,
        required=False,
        help_text=_("By which you find it again. Left empty, the file’s own."),
    )

    class Meta:
        model = Enclosure
        fields: ClassVar = ["file", "title"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._checked: Checked | None = None
        self._before = self.instance.file.name if self.instance.pk else ""
        field = self.fields["file"]
        endings = ",".join(f".{kind.ending}" for kind in self.KINDS)
        field.widget.attrs["accept"] = f"{endings},.oga,.opus"
        field.help_text = self.HELP

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            self._checked = check(file, size=file.size)
            self._require_fitting(self._checked.kind)
        return file

    def _require_fitting(self, kind: FileKind) -> None:
        if kind not in self.KINDS:
            raise ValidationError(self.OTHERWISE)
        if self.instance.pk and kind.is_sound != self.instance.kind.is_sound:
            raise ValidationError(
                _(
                    "A sound takes the place of a sound only, and a file that of a file: letters "
                    "show them differently. Keep this one beside the other."
                )
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        file = given.get("file")
        if file and not one_line(given.get("title") or ""):
            given["title"] = one_line(Path(file.name).stem)[:255] or str(_("A file"))
        return given

    def save(self, commit: bool = True) -> Enclosure:
        if (found := self._checked) is not None:
            self.instance.ending = found.kind.ending
            self.instance.size = found.size
            self.instance.seconds = found.seconds
            self.instance.digest = found.digest
        kept: Enclosure = super().save(commit)
        if self._checked and self._before:
            # Who is just reading the one before has it open; a rollback still finds it.
            storage, name = kept.file.storage, self._before
            transaction.on_commit(lambda: storage.delete(name))
        return kept


class FileForm(EnclosureForm):
    KINDS = FILES
    OTHERWISE = _("This is a sound. Put it into the letter as a Sound: it can be played there.")
    HELP = _AS_FILE


class SoundForm(EnclosureForm):
    KINDS = SOUNDS
    OTHERWISE = _("This is no sound. Put it into the letter as a File.")
    HELP = _AS_SOUND
