"""What stands above each item of an invitation, on the page and in both parts of a mail."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from posts.content import richtext, words

KINDS = {"reflect": _("Reflect"), "try": _("Try"), "share": _("Share")}


def label(invite: Any) -> str:
    """What kind of item it is, in a word; empty where its own text begins with that word."""
    kind, source = str(KINDS[invite["kind"]]), str(getattr(invite["text"], "source", ""))
    # Beside a link of the writer's own, the label is what leads to the share page.
    leads_on = invite["kind"] == "share" and richtext.has_link(source)
    return "" if words.begins_with(source, kind) and not leads_on else kind
