"""The blocks a post is made of. Each has three renderings: web, email and text."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

INLINE = ["bold", "italic", "link"]


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=255)
    level = blocks.ChoiceBlock(choices=[("2", _("Section")), ("3", _("Part"))], default="2")


class QuoteBlock(blocks.StructBlock):
    lines = blocks.ListBlock(blocks.CharBlock(), min_num=1)
    attribution = blocks.CharBlock(required=False)


class TextListBlock(blocks.StructBlock):
    style = blocks.ChoiceBlock(
        choices=[("bulleted", _("Bulleted")), ("numbered", _("Numbered"))], default="bulleted"
    )
    entries = blocks.ListBlock(blocks.RichTextBlock(features=INLINE), min_num=1)


class ReasonBlock(blocks.StructBlock):
    term = blocks.CharBlock()
    explanation = blocks.RichTextBlock(features=INLINE)


class ReasonsBlock(blocks.StructBlock):
    reasons = blocks.ListBlock(ReasonBlock(), min_num=1)


class PictureBlock(blocks.StructBlock):
    image = ImageBlock()
    caption = blocks.CharBlock(required=False)


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False)
    text = blocks.RichTextBlock(features=[*INLINE, "ol", "ul"])


class ButtonBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=80)
    url = blocks.URLBlock()


class EmbedBlock(blocks.StructBlock):
    url = blocks.URLBlock()
    title = blocks.CharBlock()
    description = blocks.CharBlock(required=False)


class InviteBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("reflect", _("Reflect")), ("try", _("Try")), ("share", _("Share"))]
    )
    text = blocks.RichTextBlock(features=INLINE)


class InvitationBlock(blocks.StructBlock):
    intro = blocks.CharBlock(required=False)
    invites = blocks.ListBlock(InviteBlock(), min_num=1)


class SignOffBlock(blocks.StructBlock):
    text = blocks.CharBlock(required=False)
    name = blocks.CharBlock(required=False)


class BodyBlock(blocks.StreamBlock):
    heading = HeadingBlock()
    paragraph = blocks.RichTextBlock(features=[*INLINE, "ol", "ul"])
    quote = QuoteBlock()
    list = TextListBlock()
    reasons = ReasonsBlock()
    image = PictureBlock()
    callout = CalloutBlock()
    divider = blocks.StaticBlock()
    button = ButtonBlock()
    embed = EmbedBlock()
    invitation = InvitationBlock()
    sign_off = SignOffBlock()
