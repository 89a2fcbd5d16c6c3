"""What the whole site shares: its name, its language, its look, the notices that the law wants."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField

from posts.content import colour
from posts.content.blocks import TEXT
from posts.content.panels import site_panels
from subscribers.languages import name_of, of_the_site

__all__ = ["AboutLine", "CareNote", "SiteSettings"]


@register_setting(icon="site")
class SiteSettings(ClusterableModel, BaseGenericSetting):
    """There is one row of it."""

    name = models.CharField(
        _("name of the site"),
        max_length=120,
        default="Passalong",
        help_text=_("Stands at the top of every page and mail."),
    )
    tagline = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("One line about what you write. Optional."),
        verbose_name=_("tagline"),
    )
    author = models.CharField(
        max_length=120,
        blank=True,
        help_text=_("Your name, as readers should see it."),
        verbose_name=_("author"),
    )
    about_author = models.CharField(
        _("a line about you"),
        max_length=200,
        blank=True,
        help_text=_(
            "Stands with your name under each title, so that a friend who gets your letter from "
            "somebody else knows who writes. Optional. If you write in several languages, say it "
            "below in the others."
        ),
    )
    portrait = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("picture of you"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Small and round, beside your name. Optional."),
    )
    language = models.CharField(
        max_length=12,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text=_(
            "Of everything around your posts: the first page, the archive, forms, our mails to "
            "people whose language we don’t know. Each post has a language of its own."
        ),
        verbose_name=_("language"),
    )
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("In which days and hours are meant, such as Europe/Brussels. Empty: UTC."),
    )
    # Where the environment says it this counts for nothing (`posts.content.address`).
    address = models.CharField(
        max_length=300, blank=True, default="", db_default="", editable=False
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
        verbose_name=_("imprint"),
    )

    # Feed readers know a post by its id. Those that had one made of the site's address keep it,
    # whatever that address becomes (see `posts.public.feeds`).
    feed_ids_at = models.CharField(max_length=255, blank=True, editable=False)
    feed_ids_to = models.PositiveBigIntegerField(
        default=0, editable=False, help_text=_("The last post with such an id.")
    )
    # Where its owner is with the first steps (see `desk.first_steps`).
    look_chosen = models.BooleanField(default=False, editable=False)
    first_steps_over = models.BooleanField(default=False, editable=False)
    # Whoever signs in needs a second step (see `desk.staff`).
    second_step_required = models.BooleanField(default=False, db_default=False, editable=False)

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

    def care_note_in(self, language: str) -> str:
        """The one for a text in this language; empty where there is none.

        Never another's: a crisis line of another country, in words that she may not read, helps
        nobody.
        """
        notes: dict[str, str] = {note.language: note.text.strip() for note in self.care_notes.all()}
        return notes.get(language) or notes.get(language.partition("-")[0], "")

    def about_author_in(self, language: str) -> tuple[str, str]:
        """The line about the author under a text in this language, and the language it is in: the
        same, or the site's where she wrote none."""
        main = language.partition("-")[0]
        if not self.about_author or main == self.language.partition("-")[0]:
            return self.about_author, self.language
        lines: dict[str, str] = {line.language: line.text for line in self.about_lines.all()}
        found = next((one for one in (language, main) if lines.get(one)), None)
        return (lines[found], found) if found else (self.about_author, self.language)

    def lacks_care_note_in(self, language: str) -> str:
        """The name of this language, if other texts have a care note and those in it have none."""
        missing = self.care_notes.exists() and not self.care_note_in(language)
        return name_of(language) if missing else ""

    def clean(self) -> None:
        super().clean()
        try:
            self.accent = colour.normalised(self.accent)
        except ValueError:
            message = _("Write the colour as # and six digits, for example #1F5F5B.")
            raise ValidationError({"accent": message}) from None


class CareNote(models.Model):
    """A kind word under every post and mail in one language, such as where to turn in a crisis."""

    site = ParentalKey(SiteSettings, on_delete=models.CASCADE, related_name="care_notes")
    language = models.CharField(
        max_length=12,
        choices=settings.POST_LANGUAGES,
        default=of_the_site,
        verbose_name=_("language"),
    )
    text = models.TextField(
        help_text=_("For example where to turn in a crisis, in a country where it is read."),
        verbose_name=_("text"),
    )

    class Meta:
        verbose_name = _("care note")
        verbose_name_plural = _("care notes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "language"], name="one_care_note_for_each_language"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AboutLine(models.Model):
    """The line about the author in another language than the site's."""

    site = ParentalKey(SiteSettings, on_delete=models.CASCADE, related_name="about_lines")
    language = models.CharField(max_length=12, choices=settings.POST_LANGUAGES)
    text = models.CharField(_("a line about you"), max_length=200)

    class Meta:
        verbose_name = _("line about you")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "language"], name="one_about_line_for_each_language"
            ),
        ]

    def __str__(self) -> str:
        return self.text
