"""The blocks a post is made of. Each has three renderings: web, email and text.

Web and email are templates, in `content/blocks/<medium>/<block>.html`; text is made in Python,
in `posts.content.text`, since templates escape and mangle white space.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.blocks.struct_block import BlockGroup
from wagtail.images.blocks import ImageBlock

from posts.content.enclosures.choosers import FileChooserBlock, SoundChooserBlock
from posts.content.words import plain

INLINE = ["bold", "italic", "link", "strikethrough", "superscript"]
PROSE = [*INLINE, "ol", "ul"]
TEXT = ["h2", "h3", "blockquote", *PROSE, "hr"]
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
        form_layout = BlockGroup(children=["text"], settings=["level"])
        preview_value = {"text": _("A slower kind of morning"), "level": "2"}


class TextBlock(blocks.RichTextBlock):
    """Rich text, with what its editor is told beside the features."""

    PLACEHOLDER: Any = ""
    HANDED_OVER_AFTER = 50  # milliseconds in which the editor keeps what was typed to itself

    @cached_property
    def field(self) -> forms.Field:
        field: forms.Field = super().field
        options = field.widget.options
        options["placeholder"] = str(self.PLACEHOLDER)
        options["stateSaveInterval"] = self.HANDED_OVER_AFTER
        return field


class LineBlock(TextBlock):
    """A single paragraph on the screen: in the editor Enter goes on to the next field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=INLINE, **kwargs)

    class Meta:
        form_attrs = {"data-letter-line": ""}


class ParagraphBlock(InThreeMedia, TextBlock):
    PLACEHOLDER = _("Write, or type / for a card")

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs, headings, quotations and lists: most of a letter.")
        preview_value = _("<p>Some days the <b>kettle</b> is the whole plan, and that is fine.</p>")


class LinesBlock(blocks.FieldBlock):
    """Lines of text, written in one text area and kept as a list.

    Posts hold them as a list of entries, too, each with a name of its own.
    """

    def __init__(self, required: bool = True, help_text: Any = None, **kwargs: Any) -> None:
        self.field = forms.CharField(
            required=required, help_text=help_text, widget=AdminAutoHeightTextInput()
        )
        super().__init__(**kwargs)

    def to_python(self, value: Iterable[Any] | None) -> list[str]:
        entries = [line["value"] if isinstance(line, dict) else line for line in value or []]
        return [str(entry) for entry in entries]

    def normalize(self, value: Iterable[Any] | None) -> list[str]:
        return self.to_python(value)

    def value_from_form(self, value: str | None) -> list[str]:
        return [line for text in (value or "").splitlines() if (line := text.strip())]

    def value_for_form(self, value: Iterable[str] | None) -> str:
        return "\n".join(value or [])

    def get_searchable_content(self, value: Iterable[str] | None) -> list[str]:
        return list(value or [])

    class Meta:
        default: list[str] = []


class QuoteBlock(InThreeMedia, blocks.StructBlock):
    lines = LinesBlock(label=_("Words"), help_text=_("Each line is shown on a line of its own."))
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
        form_layout = BlockGroup(children=["lines"], settings=["attribution"])


class TextListBlock(InThreeMedia, blocks.StructBlock):
    style = blocks.ChoiceBlock(
        choices=[("bulleted", _("Bulleted")), ("numbered", _("Numbered"))], default="bulleted"
    )
    entries = blocks.ListBlock(LineBlock(), min_num=1)

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
    explanation = LineBlock()


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
        form_layout = BlockGroup(children=["image"], settings=["caption"])

    is_previewable = False  # no picture is in every library


class CalloutBlock(InThreeMedia, blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=255)
    text = TextBlock(features=PROSE)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        description = _("A few words set apart in a quiet panel.")
        form_layout = BlockGroup(children=["text"], settings=["title"])
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
        form_layout = BlockGroup(children=["url", "title"], settings=["description"])
        preview_value = {
            "url": "https://example.org/talks/rest",
            "title": _("A talk on resting without guilt"),
            "description": _("Eleven minutes, with captions."),
        }


class FileBlock(InThreeMedia, blocks.StructBlock):
    file = FileChooserBlock(label=_("File"))
    title = blocks.CharBlock(
        max_length=255,
        label=_("What it is"),
        help_text=_("As in “A worksheet for slow mornings”. A reader’s device keeps it as that."),
    )
    description = blocks.CharBlock(required=False, label=_("A line about it"))

    class Meta:
        icon = "doc-full"
        label = _("File")
        description = _("A worksheet or another document that readers can download.")
        form_layout = BlockGroup(children=["file", "title"], settings=["description"])

    is_previewable = False  # no file is with every site


class SoundBlock(InThreeMedia, blocks.StructBlock):
    sound = SoundChooserBlock(label=_("Sound"))
    title = blocks.CharBlock(
        max_length=255, label=_("What it is"), help_text=_("As in “Seven slow breaths”.")
    )
    transcript = TextBlock(
        features=PROSE,
        required=False,
        label=_("What is said in it"),
        help_text=_(
            "For readers who cannot hear it, or would rather read it today. It folds out below the "
            "sound, and mails link to it."
        ),
    )

    class Meta:
        icon = "media"
        label = _("Sound")
        description = _(
            "A guided exercise, or your voice: played on the page, nothing from elsewhere."
        )
        form_layout = BlockGroup(children=["sound", "title", "transcript"])

    is_previewable = False


class InviteBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("reflect", _("Reflect")), ("try", _("Try")), ("share", _("Share"))],
        default="reflect",
        help_text=_("“Share” leads to the page on which a reader passes the post on."),
    )
    text = LineBlock()


class InvitationBlock(InThreeMedia, blocks.StructBlock):
    intro = blocks.CharBlock(required=False)
    invites = blocks.ListBlock(
        InviteBlock(),
        min_num=1,
        default=[{"kind": kind, "text": ""} for kind in ("reflect", "try", "share")],
    )

    def clean(self, value: Any) -> Any:
        """Without those of the three that were left empty."""
        written = [one for one in value["invites"] if not _is_empty(one["text"].source)]
        if written:
            value["invites"] = self.child_blocks["invites"].normalize(written)
        return super().clean(value)

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
    """A text, with cards between. It may end in an empty text, where one goes on writing."""

    # What the text does by itself. Posts that hold them keep them; nobody is offered new ones.
    RETIRED = ("heading", "list", "divider")

    heading = HeadingBlock()
    paragraph = ParagraphBlock(features=TEXT, required=False)
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
    file = FileBlock()
    sound = SoundBlock()

    def clean(self, value: Any) -> Any:
        """Without texts in which nothing stands."""
        for at in reversed(range(len(value))):
            if value[at].block_type == "paragraph" and _is_empty(value[at].value.source):
                del value[at]
        return super().clean(value)

    class Meta:
        form_classname = "letter"

    def render_basic(self, value: Any, context: dict[str, Any] | None = None) -> SafeString:
        """The blocks one after another, without Wagtail's wrappers around each."""
        return format_html_join("\n", "{}", ((child.render(context),) for child in value))


def _is_empty(html: str) -> bool:
    return "<hr" not in html and not plain(html)
