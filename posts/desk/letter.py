"""The body of a post in the editor: what `desk/letter.js` is told of it."""

from typing import Any

from django import forms
from django.templatetags.static import static
from wagtail.admin.telepath import register
from wagtail.blocks.stream_block import StreamBlockAdapter

from posts.content.blocks import BodyBlock

__all__: list[str] = []


class BodyBlockAdapter(StreamBlockAdapter):
    js_constructor = "posts.content.blocks.BodyBlock"

    def js_args(self, block: BodyBlock) -> list[Any]:
        *args, meta = super().js_args(block)
        return [*args, {**meta, "retired": list(block.RETIRED)}]

    @property
    def media(self) -> forms.Media:
        media: forms.Media = super().media + forms.Media(
            js=[static("desk/letter.js")], css={"all": [static("desk/letter.css")]}
        )
        return media


register(BodyBlockAdapter(), BodyBlock)
