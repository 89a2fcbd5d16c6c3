"""The body of a post in the editor: what `desk/letter.js` is told of it, and the scripts' words.

Beside it `desk/keep.js` sees to it that none of its sentences is lost, `desk/paste.js` that what is
pasted keeps its form, and `desk/typing.js` knows some keys that the editor does not.
"""

from typing import Any, Final

from django import forms
from django.forms.widgets import Script
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.translation import gettext_lazy as _
from wagtail.admin.telepath import register
from wagtail.blocks.stream_block import StreamBlockAdapter

from posts.content.blocks import BodyBlock

__all__ = ["WORDS", "held", "words"]

_BODY = BodyBlock()

# What the scripts say.
WORDS: Final = {
    "letter": _("Text of the letter"),
    "saved": _("Saved"),
    "saving": _("Saving…"),
    "kept": _("Kept on this device."),
    "noRoom": _("This device has no room for a copy."),
    "signedOut": _("Not saved: you are signed out."),
    "mayNot": _("Not saved: you may not change this letter any more."),
    "refused": _(
        "You may not change this letter any more, so it is not saved. What you wrote stays here "
        "and on this device: copy it, or ask an owner of this site."
    ),
    "needsYou": _("Not saved yet: something in the letter needs you."),
    "noAnswer": _("Not saved yet: the site does not answer."),
    "signInAgain": _("Sign in again"),
    "wasSignedOut": _("You have been signed out. What you wrote is kept on this device."),
    "moreHere": _(
        "On this device there is more of this letter than the site has, of %(when)s. It ends: "
        "“%(last)s”"
    ),
    "bringBack": _("Bring it back"),
    "forget": _("Forget it"),
    "sure": _("Forget these words? They are nowhere else."),
    "noPictures": _(
        "What you pasted had pictures that did not come along: %(which)s. Save each on your "
        "device, then add it with / and “Picture”."
    ),
    "allRight": _("All right"),
    "farPictures": _(
        "What you pasted has pictures that are elsewhere on the web: %(which)s. Your site can "
        "bring them in, if they are yours to use."
    ),
    "bringIn": _("Bring them in"),
    "leaveThem": _("Leave them"),
}


def words() -> str:
    """Those words in the language in force, for the page of the editor."""
    return json_script(WORDS, "letter-words")


class BodyBlockAdapter(StreamBlockAdapter):
    js_constructor = "posts.content.blocks.BodyBlock"

    def js_args(self, block: BodyBlock) -> list[Any]:
        *args, meta = super().js_args(block)
        return [*args, {**meta, "retired": list(block.RETIRED)}]

    @property
    def media(self) -> forms.Media:
        modules = [
            Script(static(f"desk/{name}.js"), type="module") for name in ("keep", "paste", "typing")
        ]
        media: forms.Media = super().media + forms.Media(
            js=[static("desk/letter.js"), *modules],  # type: ignore[list-item]
            css={"all": [static("desk/letter.css")]},
        )
        return media


register(BodyBlockAdapter(), BodyBlock)


def held(block: dict[str, Any]) -> dict[str, Any]:
    """A block (raw value) as the editor in the browser holds it."""
    child = _BODY.child_blocks[block["type"]]
    return {"type": block["type"], "value": child.get_form_state(child.to_python(block["value"]))}
