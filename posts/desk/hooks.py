"""What the desk registers with Wagtail. Nothing is done here, only put in its place."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets.button import Button

from posts.content.enclosures.choosers import file_chooser, sound_chooser
from posts.content.models import PostPage
from posts.desk import documents, letter, menu, urls
from posts.desk.blocklist import BlockedDomainViewSet
from posts.desk.covering_notes import CoveringNoteViewSet
from posts.desk.files import FileViewSet
from posts.desk.home import GrowthPanel, LettersPanel
from posts.desk.panels import FirstStepsPanel, PostsPanel, ProblemsPanel, SendingPanel, SurgePanel
from posts.desk.permissions import may_publish
from posts.desk.queries import first_mailing_of
from posts.desk.staff import borders, notes
from posts.desk.texts import LINK_ACTIONS, TEMPLATE_ACTIONS
from posts.desk.topics import TopicViewSet
from posts.desk.viewsets import EMAIL_ACTION, NewsletterViewSet, PostListingViewSet, PostViewSet

documents.switch_off()
borders.close_bulk_actions()
hooks.register("register_admin_menu_item", menu.subscribers_item)
hooks.register("register_admin_menu_item", menu.mailings_item)
hooks.register("register_admin_menu_item", menu.settings_item)
hooks.register("register_admin_menu_item", menu.sign_in_item)
hooks.register("register_admin_menu_item", menu.more_item)
# After whoever adds to it.
hooks.register("construct_main_menu", menu.only_what_a_writer_does, order=1000)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    return [path("", include((urls.admin_urlpatterns, urls.ADMIN_NAMESPACE)))]


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [
        PostViewSet(),
        PostListingViewSet(),
        TopicViewSet(),
        NewsletterViewSet(),
        BlockedDomainViewSet(),
        CoveringNoteViewSet(),
        FileViewSet(),
        file_chooser,
        sound_chooser,
    ]


@hooks.register("insert_global_admin_css")
def style() -> str:
    sheets = [(static(f"desk/{name}.css"),) for name in ("desk", "setup")]
    return format_html_join("", '<link rel="stylesheet" href="{}">', sheets)


@hooks.register("insert_global_admin_js")
def scripts_of_every_screen() -> str:
    modules = [(static(f"desk/{name}.js"),) for name in ("once", "sign_out")]
    return format_html_join("", '<script type="module" src="{}"></script>', modules)


hooks.register("insert_editor_js", letter.words)


@hooks.register("register_permissions")
def subscriber_permissions() -> QuerySet[Permission]:
    """So that an owner can let an assistant look at subscribers, or take one off the list."""
    return Permission.objects.filter(
        content_type__app_label="subscribers",
        codename__in=["view_subscriber", "change_subscriber"],
    )


@hooks.register("construct_homepage_panels")
def dashboard(request: HttpRequest, panels: list[Component]) -> None:
    panels[:] = [
        FirstStepsPanel(),
        ProblemsPanel(),
        SurgePanel(),
        SendingPanel(),
        LettersPanel(),
        PostsPanel(),
        GrowthPanel(),
    ]


# After those of Wagtail's own rooms, which add to the list.
@hooks.register("construct_homepage_summary_items", order=1000)
def no_summary(request: HttpRequest, items: list[Component]) -> None:
    """Counts of pages and images say nothing that a writer acts on."""
    items.clear()


class PublishAndEmailItem(ActionMenuItem):
    """“Publish and email…”: saves, then leads to the page that says what will happen."""

    name = EMAIL_ACTION
    label = _("Publish and email…")
    icon_name = "mail"

    def is_shown(self, context: dict[str, Any]) -> bool:
        if context["view"] == "create":
            # While a page is created the menu is not told its type; the address is.
            made = context["request"].resolver_match.kwargs.get("content_type_model_name")
            parent = context["parent_page"].permissions_for_user(context["request"].user)
            return made == PostPage._meta.model_name and bool(parent.can_publish_subpage())
        post = context["page"]
        return (
            isinstance(post, PostPage)
            and not context["locked_for_user"]
            and bool(self.get_user_page_permissions_tester(context).can_publish())
            and first_mailing_of(post) is None
        )


@hooks.register("register_page_action_menu_item")
def publish_and_email_item() -> PublishAndEmailItem:
    return PublishAndEmailItem(order=-10)


@hooks.register("register_page_header_buttons")
def post_buttons(page: Any, user: Any, view_name: str, next_url: str = "") -> Iterator[Button]:
    """On a post: its mailing, its share links, its share page, and keeping it as a template."""
    if not isinstance(page, PostPage) or page.pk is None:
        return
    if page.permissions_for_user(user).can_publish():
        mailing = first_mailing_of(page)
        if mailing:
            url = reverse("desk:mailing", args=[mailing.pk])
            yield Button(_("Mailing"), url, icon_name="mail", priority=5)
        else:
            url = reverse("desk:confirm", args=[page.pk])
            yield Button(_("Publish and email…"), url, icon_name="mail", priority=5)
        yield _links_button(page, priority=6)
    if page.permissions_for_user(user).can_edit():
        url = reverse("desk:keep_template", args=[page.pk])
        yield Button(_("Keep as a template"), url, icon_name="copy", priority=9)
    if page.live:
        yield Button(_("Share page"), page.share_page_url, icon_name="link", priority=7)
        if may_publish(user):
            url = reverse("desk:travel", args=[page.pk])
            yield Button(_("How far it travelled"), url, icon_name="site", priority=8)


@hooks.register("register_page_listing_more_buttons")
def post_links_button(page: Any, user: Any, next_url: str = "") -> Iterator[Button]:
    """In the lists of pages and of posts."""
    if isinstance(page, PostPage) and page.permissions_for_user(user).can_publish():
        yield _links_button(page, priority=7)


def _links_button(post: PostPage, *, priority: int) -> Button:
    url = reverse("desk:links", args=[post.pk])
    return Button(_("Share links"), url, icon_name="link", priority=priority)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """What is done to share links, and with templates, stands in the post's history too."""
    for action, (label, message) in {**LINK_ACTIONS, **TEMPLATE_ACTIONS}.items():
        actions.register_action(action, label, message)
    notes.register(actions)
