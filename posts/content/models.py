"""The pages a writer makes: home, posts, and plain pages such as About."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from posts.content.blocks import INLINE, BodyBlock
from subscribers.models import Newsletter

__all__ = ["HomePage", "PlainPage", "PostAddress", "PostPage", "SiteSettings"]


@register_setting
class SiteSettings(BaseGenericSetting):
    name = models.CharField(max_length=120, default="Passalong")
    tagline = models.CharField(max_length=200, blank=True)
    author = models.CharField(max_length=120, blank=True)
    accent = models.CharField(_("accent colour"), max_length=7, default="#1F5F5B")
    care_note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("site")


class HomePage(Page):
    max_count = 1
    subpage_types = ["posts.PostPage", "posts.PlainPage"]


class PlainPage(Page):
    body = StreamField(BodyBlock(), blank=True)
    parent_page_types = ["posts.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("body")]


class PostPage(Page):
    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        SUBSCRIBERS = "subscribers", _("Subscribers, and whoever has the share link")

    subtitle = models.CharField(max_length=255, blank=True)
    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="+")
    cover = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    excerpt = models.TextField(blank=True)
    canonical_address = models.URLField(blank=True)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    language = models.CharField(max_length=12, choices=settings.LANGUAGES, default="en")
    mail_subject = models.CharField(max_length=150, blank=True)
    preheader = models.CharField(max_length=150, blank=True)
    short_version = RichTextField(blank=True, features=[*INLINE, "ol", "ul"])
    small_step = models.TextField(blank=True)
    body = StreamField(BodyBlock(), blank=True)

    parent_page_types = ["posts.HomePage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("subtitle"),
        FieldPanel("newsletter"),
        FieldPanel("body"),
    ]


class PostAddress(models.Model):
    """A slug under which a post was once public: it redirects, or says kindly what happened."""

    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    post = models.ForeignKey(
        PostPage, null=True, on_delete=models.SET_NULL, related_name="addresses"
    )

    def __str__(self) -> str:
        return self.slug
