"""How the editor lays out a post, a page and the site's settings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput

from posts.content import starters


class BeginningsPanel(HelpPanel):
    """Above a text in which nothing stands yet: what it could begin with. Whoever writes instead
    has declined."""

    KEPT_SHOWN = 6

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(super().is_shown()) and not self.instance.body

        def get_context_data(self, parent_context: Any = None) -> Mapping[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            kept = apps.get_model("posts", "LetterTemplate").objects.defer("body")
            speaks = starters.is_spoken(self.instance.language)
            context["starters"] = starter_names() if speaks else {}
            context["kept"] = kept[: BeginningsPanel.KEPT_SHOWN]
            return context


def starter_names() -> dict[str, Any]:
    """What a writer calls the beginnings of our starting set."""
    return {
        "letter": _("A letter"),
        "practice": _("A practice"),
        "questions": _("Questions and answers"),
        "resources": _("A list of resources"),
    }


_lines = forms.Textarea(attrs={"rows": 3})

# One line each, which on a phone goes on in the next one instead of out of sight.
_title = AdminAutoHeightTextInput(attrs={"rows": 1})
_subtitle = AdminAutoHeightTextInput(attrs={"rows": 1, "placeholder": _("Subtitle, if you like")})

_content = [
    TitleFieldPanel(
        "title",
        widget=_title,
        placeholder=_("Title"),
        help_text=_("Readers see it on the page and in the inbox."),
    ),
    FieldPanel("subtitle", widget=_subtitle),
    BeginningsPanel(template="content/desk/beginnings.html", heading=_("Begin with a template")),
    FieldPanel("body"),
]
_mail = [
    FieldPanel("newsletter"),
    MultiFieldPanel(
        [FieldPanel("mail_subject"), FieldPanel("preheader")], heading=_("In the inbox")
    ),
    MultiFieldPanel(
        [FieldPanel("short_version"), FieldPanel("small_step", widget=_lines)],
        heading=_("For days with little strength"),
        help_text=_(
            "Readers choose whether they get the whole post, its short version or just the small "
            "step. Where you leave one out, they get the whole post."
        ),
    ),
]
_slug = FieldPanel(
    "slug",
    help_text=_("The end of its address. If you change it later, old links lead to the new one."),
)
# No schedule: a time is chosen where a post is published and emailed, and two places could
# contradict each other.
_sharing = [
    _slug,
    FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
    FieldPanel("visibility"),
    FieldPanel("excerpt", widget=_lines),
    FieldPanel("cover"),
    FieldPanel("language"),
    FieldPanel("canonical_address"),
]


def post_edit_handler(form: type[WagtailAdminPageForm]) -> TabbedInterface:
    """Three tabs: what one writes, what the mail needs, and the rest."""
    return TabbedInterface(
        [
            ObjectList(_content, heading=_("Content")),
            ObjectList(_mail, heading=_("Mail")),
            ObjectList(_sharing, heading=_("Sharing and settings")),
        ],
        base_form_class=form,
    )


plain_page_edit_handler = TabbedInterface(
    [
        ObjectList(
            [
                TitleFieldPanel(
                    "title", placeholder=_("Title"), help_text=_("Readers see it on the page.")
                ),
                FieldPanel("body"),
            ],
            heading=_("Content"),
        ),
        ObjectList(
            [
                FieldPanel("slug", help_text=_("The end of its address.")),
                FieldPanel(
                    "show_in_menus",
                    help_text=_("Whether every page of the site has a link to this one."),
                ),
                PublishingPanel(),
            ],
            heading=_("Settings"),
        ),
    ]
)

site_panels = [
    MultiFieldPanel(
        [
            FieldPanel(name)
            for name in ("name", "tagline", "author", "about_author", "portrait", "language")
        ],
        heading=_("Who writes"),
    ),
    InlinePanel(
        "about_lines",
        panels=[FieldPanel("language"), FieldPanel("text")],
        heading=_("A line about you in other languages"),
        label=_("line about you"),
        help_text=_(
            "Stands under the titles of posts in that language, in place of the one above."
        ),
    ),
    MultiFieldPanel(
        [
            FieldPanel("accent", widget=forms.TextInput(attrs={"type": "color"})),
            HelpPanel(template="content/desk/accent.html"),
        ],
        heading=_("Colour"),
    ),
    InlinePanel(
        "care_notes",
        panels=[FieldPanel("language"), FieldPanel("text", widget=_lines)],
        heading=_("Care notes"),
        label=_("care note"),
        help_text=_(
            "A kind word under every post and mail in a language. A post in a language without a "
            "note of its own has none: the number to call in another country helps nobody."
        ),
    ),
    MultiFieldPanel(
        [FieldPanel("privacy"), FieldPanel("imprint")],
        heading=_("Privacy and imprint"),
        help_text=_("Every page links to them, and the sign-up form to the first."),
    ),
]
