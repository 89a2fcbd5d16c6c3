"""Covering notes: sentences of the writer's that a reader may send along with a post."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from posts.sharing.models import CoveringNote
from subscribers.one_line import one_line


class CoveringNoteForm(WagtailAdminModelForm):
    """One sentence, on one line."""

    text = forms.CharField(
        label=_("The sentence"),
        max_length=200,
        help_text=_(
            "A reader’s own message begins with it, and the link to the post follows. For example: "
            "“This is for you, whenever you have a quiet moment. No need to reply.” With notes of "
            "yours in a language, ours are not offered in it any more."
        ),
    )

    def clean_text(self) -> str:
        return one_line(self.cleaned_data["text"])

    class Meta:
        model = CoveringNote
        fields: ClassVar = ["text", "language", "sort_order"]
        labels: ClassVar = {"sort_order": _("Place")}
        help_texts: ClassVar = {
            "language": _("It is offered with posts in this language."),
            "sort_order": _("The lowest number comes first, and stands in the message by itself."),
        }


class CoveringNoteViewSet(ModelViewSet):
    """`/admin/covering-notes/`, below Settings."""

    model = CoveringNote
    name = "covering-notes"
    icon = "edit"
    add_to_reference_index = False
    copy_view_enabled = False
    ordering = ["language", "sort_order", "pk"]
    list_display = [
        "text",
        Column("get_language_display", label=_("Language")),
        Column("sort_order", label=_("Place"), classname="desk-wide"),
    ]
    panels = [FieldPanel("text"), FieldPanel("language"), FieldPanel("sort_order")]

    def get_form_class(self, for_update: bool = False) -> Any:
        return CoveringNoteForm
