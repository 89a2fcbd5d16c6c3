"""How a file or a sound comes into a letter: chosen among those that are kept, or uploaded."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.blocks import ChooserBlock

from posts.content.enclosures.kinds import FILES, SOUNDS
from posts.content.enclosures.models import Enclosure

__all__ = ["FileChooserBlock", "SoundChooserBlock", "file_chooser", "sound_chooser"]

# By name: blocks are read while models still are, and forms only after them.
_FORMS = "posts.content.enclosures.forms"


def _kept(kinds: Any) -> QuerySet[Enclosure]:
    return Enclosure.objects.filter(ending__in=[kind.ending for kind in kinds])


class _EnclosureBlock(ChooserBlock):
    """Looks also where no chooser was asked, as at a block that was put there by a program: a sound
    is no file, nor a file a sound."""

    IS_SOUND = False

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        if chosen is not None and chosen.kind.is_sound != self.IS_SOUND:
            raise ValidationError(
                _("Sounds are put into a letter as a Sound, everything else as a File.")
            )
        return chosen


class _SoundBlock(_EnclosureBlock):
    IS_SOUND = True


class _EnclosureChooser(ChooserViewSet):
    model = Enclosure
    register_widget = False
    choose_another_text = _("Choose another")
    edit_item_text = _("Replace or rename it")
    search_tab_label = _("Kept here")
    creation_tab_label = _("Upload")
    create_action_label = _("Upload")
    create_action_clicked_label = _("Uploading…")


class _FileChooser(_EnclosureChooser):
    icon = "doc-full"
    choose_one_text = _("Choose a file")
    creation_form_class = f"{_FORMS}.FileForm"
    base_block_class = _EnclosureBlock

    def get_object_list(self) -> QuerySet[Enclosure]:
        return _kept(FILES)


class _SoundChooser(_EnclosureChooser):
    icon = "media"
    choose_one_text = _("Choose a sound")
    creation_form_class = f"{_FORMS}.SoundForm"
    base_block_class = _SoundBlock

    def get_object_list(self) -> QuerySet[Enclosure]:
        return _kept(SOUNDS)


file_chooser = _FileChooser("file_chooser", url_prefix="files/choose")
sound_chooser = _SoundChooser("sound_chooser", url_prefix="sounds/choose")
FileChooserBlock = file_chooser.get_block_class("FileChooserBlock", __name__)
SoundChooserBlock = sound_chooser.get_block_class("SoundChooserBlock", __name__)
