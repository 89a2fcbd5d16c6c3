"""What stands beside the text in the editor of a post: help, in the place of Wagtail's checks.

Those count words of a picture of the page and rate every language by one formula. Ours reads the
text that is being written, and is silent where it cannot tell; what axe finds stays below it.
"""

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import ChecksSidePanel


class WritingHelpPanel(ChecksSidePanel):
    """Its script is `desk/help.js`; what it says is made by `posts.desk.writing_help`."""

    class SidePanelToggle(ChecksSidePanel.SidePanelToggle):
        aria_label = _("Toggle help while writing")

    title = _("Help while writing")
    template_name = "desk/help_panel.html"

    @property
    def media(self) -> forms.Media:
        script: Any = Script(static("desk/help.js"), type="module")
        return forms.Media(js=[script])


class HelpfulMixin:
    """For a view that edits a post."""

    def get_side_panels(self) -> Any:
        panels = super().get_side_panels()  # type: ignore[misc]
        panels[:] = [_ours(panel) for panel in panels]
        return panels


def _ours(panel: Any) -> Any:
    if type(panel) is not ChecksSidePanel:
        return panel
    return WritingHelpPanel(panel.object, panel.request)
