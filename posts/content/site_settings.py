"""What the whole site shares: its name, its language, its look, the notices that the law wants."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField

from posts.content import colour
from posts.content.blocks import TEXT
from posts.content.panels import site_panels

__all__ = ["SiteSettings"]


@register_setting(icon="site")
class SiteSettings(BaseGenericSetting):
    """There is one row of it."""

    name = models.CharField(
        _("name of the site"),
        max_length=120,
        default="Passalong",
        help_text=_("Stands at the top of every page and mail."),
    )
    tagline = models.CharField(
        max_length=200, blank=True, help_text=_("One line about what you write. Optional.")
    )
    author = models.CharField(
        max_length=120, blank=True, help_text=_("Your name, as readers should see it.")
    )
    language = models.CharField(
        max_length=12,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_(
            "Of everything around your posts: the first page, the archive, forms, our mails to "
            "people whose language we don’t know. Each post has a language of its own."
        ),
    )
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default=colour.HOUSE_ACCENT,
        help_text=_(
            "For links and buttons. A colour too pale to read is shown darker on the light page, "
            "and lighter on the dark one, so that everybody can read it."
        ),
    )
    care_note = models.TextField(
        blank=True,
        help_text=_(
            "A kind word shown under every post and mail, for example where to turn in a crisis. "
            "Optional."
        ),
    )

    privacy = RichTextField(
        _("privacy notice"),
        blank=True,
        features=TEXT,
        help_text=_(
            "Stands at /privacy/, in place of our own text, which says what Passalong keeps of a "
            "reader. Read that first, and add what else you do with addresses."
        ),
    )
    imprint = RichTextField(
        blank=True,
        features=TEXT,
        help_text=_(
            "Stands at /imprint/. Left empty, it names you with the postal addresses of your "
            "newsletters. In some countries the law asks for more."
        ),
    )

    panels = site_panels

    class Meta:
        verbose_name = _("site settings")

    def __str__(self) -> str:
        return self.name

    @property
    def accents(self) -> colour.Accent:
        """The accent as shown on light and on dark pages, always legible."""
        try:
            return colour.accent(self.accent)
        except ValueError:  # a form being typed into; clean() tells the writer
            return colour.accent(colour.HOUSE_ACCENT)

    def clean(self) -> None:
        super().clean()
        try:
            self.accent = colour.normalised(self.accent)
        except ValueError:
            message = _("Write the colour as # and six digits, for example #1F5F5B.")
            raise ValidationError({"accent": message}) from None
