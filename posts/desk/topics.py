"""`/admin/topics/`: what posts are about, as the writer names it."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.slug import SlugInput

from posts.content.models import Topic


class TopicViewSet(ModelViewSet):
    model = Topic
    name = "topics"
    icon = "tag"
    copy_view_enabled = False
    ordering = ["name"]
    list_display = ["name", Column("slug", label=_("Slug"), classname="desk-wide")]
    panels = [
        TitleFieldPanel(
            "name",
            placeholder=_("Name"),
            help_text=_("A word that readers would use, like Rest or Working with less."),
        ),
        FieldPanel(
            "slug", widget=SlugInput, help_text=_("The end of its address, /topics/<slug>/.")
        ),
        FieldPanel("description"),
    ]
