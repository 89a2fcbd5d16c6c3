"""The blocks a post is made of. Each has three renderings: web, email and text.

Web and email are templates, in `content/blocks/<medium>/<block>.html`; text is made in Python,
in `posts.content.text`, since templates escape and mangle white space.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

INLINE = ["bold", "italic", "link"]
PROSE = [*INLINE, "ol", "ul"]
_validate_address = URLValidator(schemes=["http", "https"])


class InThreeMedia:
    """Mixed into a block, chooses its template by the medium that the context names."""

    name: str

    def get_template(self, value: Any = None, context: dict[str, Any] | None = None) -> str:
        """The template for the medium; a page that names none is the web."""
        medium = (context or {}).get("medium", "web")
        return f"content/blocks/{medium}/{self.name}.html"

    def get_preview_template(self, value: Any = None, context: dict[str, Any] | None = None) -> str:
        """The page on which the editor shows what the block will look like."""
        return "content/blocks/preview.html"


class HeadingBlock(InThreeMedia, blocks.StructBlock):
    text = blocks.CharBlock(max_length=255)
    level = blocks.ChoiceBlock(choices=[("2", _("Section")), ("3", _("Part"))], default="2")

    class Meta:
        icon = "h2"
        label = _("Heading")
        label_format = "{text}"
        description = _("Opens a section, or a part of one.")
        preview_value = {"text": _("A slower kind of morning"), "level": "2"}


class ParagraphBlock(InThreeMedia, blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs, with bold, italics, links and simple lists.")
        preview_value = _("<p>Some days the <b>kettle</b> is the whole plan, and that is fine.</p>")


class QuoteBlock(InThreeMedia, blocks.StructBlock):
    lines = blocks.ListBlock(
        blocks.CharBlock(), min_num=1, help_text=_("Each line is shown on a line of its own.")
    )
    attribution = blocks.CharBlock(
        required=False, max_length=255, help_text=_("Who said it, or where it stands. Optional.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("Somebody else’s words, or a few lines that should stand alone.")
        preview_value = {
            "lines": [_("“I will rest when it is done.”"), _("“It is never done.”")],
            "attribution": _("Two voices at my desk"),
        }


class TextListBlock(InThreeMedia, blocks.StructBlock):
    style = blocks.ChoiceBlock(
        choices=[("bulleted", _("Bulleted")), ("numbered", _("Numbered"))], default="bulleted"
    )
    entries = blocks.ListBlock(blocks.RichTextBlock(features=INLINE), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("List")
        description = _("Short things in a row, with bullets or numbers.")
        preview_value = {
            "style": "bulleted",
            "entries": [_("<p>one warm drink</p>"), _("<p>one open window</p>")],
        }


class ReasonBlock(blocks.StructBlock):
    term = blocks.CharBlock(max_length=255, help_text=_("Its name, without a colon."))
    explanation = blocks.RichTextBlock(features=INLINE)


class ReasonsBlock(InThreeMedia, blocks.StructBlock):
    reasons = blocks.ListBlock(ReasonBlock(), min_num=1)

    class Meta:
        icon = "tag"
        label = _("Named reasons")
        description = _("Terms, each with its explanation.")
        preview_value = {
            "reasons": [
                {
                    "term": _("Habit"),
                    "explanation": _("<p>We hurry because we always have.</p>"),
                },
            ],
        }


class PictureBlock(InThreeMedia, blocks.StructBlock):
    image = ImageBlock(
        help_text=_(
            "Describe what matters in it, for readers who cannot see it and for mails that show "
            "no pictures. Mark it as decorative when nothing would be missed."
        )
    )
    caption = blocks.CharBlock(required=False, help_text=_("Shown below the picture. Optional."))

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A picture with its description, and a caption if you like.")

    is_previewable = False  # no picture is in every library


class CalloutBlock(InThreeMedia, blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=255)
    text = blocks.RichTextBlock(features=PROSE)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        description = _("A few words set apart in a quiet panel.")
        preview_value = {
            "title": _("Before you read on"),
            "text": _("<p>This one speaks of hospitals. Skip it if today is not the day.</p>"),
        }


class DividerBlock(InThreeMedia, blocks.StaticBlock):
    class Meta:
        icon = "minus"
        label = _("Divider")
        admin_text = _("A pause: a thin line between two thoughts.")
        description = _("A pause between two thoughts.")
        preview_value = None


class AddressBlock(blocks.URLBlock):
    """A web address. One that is none, as a program may have stored it, leads nowhere."""

    def to_python(self, value: Any) -> str:
        address = str(super().to_python(value) or "")
        try:
            _validate_address(address)
        except ValidationError:
            return ""
        return address


class ButtonBlock(InThreeMedia, blocks.StructBlock):
    label = blocks.CharBlock(max_length=80, help_text=_("A verb first, as in “Read the guide”."))
    url = AddressBlock(label=_("Address"), help_text=_("Begins with https://"))

    class Meta:
        icon = "link"
        label = _("Button")
        description = _("One link that should be easy to find and to press.")
        preview_value = {"label": _("Read the guide"), "url": "https://example.org/guide"}


class EmbedBlock(InThreeMedia, blocks.StructBlock):
    url = AddressBlock(label=_("Address"), help_text=_("Of the video, talk or article."))
    title = blocks.CharBlock(max_length=255)
    description = blocks.CharBlock(required=False)

    class Meta:
        icon = "link-external"
        label = _("Link card")
        description = _(
            "A video, talk or article elsewhere. Shown as a card: nothing is loaded from there, so "
            "nobody is told what your readers read."
        )
        preview_value = {
            "url": "https://example.org/talks/rest",
            "title": _("A talk on resting without guilt"),
            "description": _("Eleven minutes, with captions."),
        }


class InviteBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("reflect", _("Reflect")), ("try", _("Try")), ("share", _("Share"))],
        default="reflect",
        help_text=_("“Share” leads to the page on which a reader passes the post on."),
    )
    text = blocks.RichTextBlock(features=INLINE)


class InvitationBlock(InThreeMedia, blocks.StructBlock):
    intro = blocks.CharBlock(required=False)
    invites = blocks.ListBlock(InviteBlock(), min_num=1)

    class Meta:
        icon = "mail"
        label = _("Invitation")
        description = _("What a reader may do with the post: reflect, try something, share it.")
        preview_value = {
            "intro": _("If you have a moment, you could:"),
            "invites": [
                {"kind": "reflect", "text": _("<p>notice what you did today</p>")},
                {"kind": "try", "text": _("<p>leave one thing for tomorrow</p>")},
                {"kind": "share", "text": _("<p>pass this on to a tired friend</p>")},
            ],
        }


class SignOffBlock(InThreeMedia, blocks.StructBlock):
    text = blocks.CharBlock(required=False, help_text=_("As in “Until next week”."))
    name = blocks.CharBlock(required=False, max_length=255, help_text=_("Your name."))

    class Meta:
        icon = "edit"
        label = _("Sign-off")
        description = _("The end of a letter: a last line, and your name.")
        preview_value = {"text": _("Until next week"), "name": _("Ada")}


class BodyBlock(blocks.StreamBlock):
    heading = HeadingBlock()
    paragraph = ParagraphBlock(features=PROSE)
    quote = QuoteBlock()
    list = TextListBlock()
    reasons = ReasonsBlock()
    image = PictureBlock()
    callout = CalloutBlock()
    divider = DividerBlock()
    button = ButtonBlock()
    embed = EmbedBlock()
    invitation = InvitationBlock()
    sign_off = SignOffBlock()

    def render_basic(self, value: Any, context: dict[str, Any] | None = None) -> SafeString:
        """The blocks one after another, without Wagtail's wrappers around each."""
        return format_html_join("\n", "{}", ((child.render(context),) for child in value))
