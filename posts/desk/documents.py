"""Wagtail's documents are off: what was uploaded as one could be shown nowhere, and broke a screen.

Wagtail's editor asks for their API, so the app stays installed. What it puts into the desk is taken
back: menu, addresses, chooser, search, permissions, and the button in the text editor.
"""

from wagtail import hooks
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.documents import get_document_model
from wagtail.documents import wagtail_hooks as theirs

__all__ = ["switch_off"]

_NEEDED = {theirs.construct_admin_api}
_ROOM = "wagtail.documents."


class _Nowhere(ModelAdminURLFinder):
    """One that was uploaded before has no address in the desk any more; reports may name it."""

    def get_edit_url(self, instance: object) -> None:
        return None


def switch_off() -> None:
    """Importing their hooks has registered them, once; there is no public way to take one back."""
    for registered in hooks._hooks.values():
        registered[:] = [
            (hook, order)
            for hook, order in registered
            if hook in _NEEDED or not _module_of(hook).startswith(_ROOM)
        ]
    register_admin_url_finder(get_document_model(), _Nowhere)


def _module_of(hook: object) -> str:
    return getattr(hook, "__module__", "") or type(hook).__module__
