"""The body of a post in the editor: what `desk/letter.js` is told of it, and what fills it.

Beside it `desk/keep.js` sees to it that none of its sentences is lost, `desk/paste.js` that what is
pasted keeps its form, and `desk/typing.js` knows some keys that the editor does not.
"""

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.templatetags.static import static
from wagtail.admin.telepath import register
from wagtail.blocks.stream_block import StreamBlockAdapter

from posts.content.blocks import BodyBlock

__all__ = ["held"]

_BODY = BodyBlock()


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
