"""Posts and newsletters in Wagtail's own screens, with what mailing adds to them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.delete import DeleteView as DeletePageView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.views.pages.unpublish import UnpublishView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.admin.widgets.button import Button

from posts.content.models import PostPage, SiteSettings
from posts.desk.editor import HelpfulMixin
from posts.desk.queries import attach_mailings, write_url
from subscribers.models import Newsletter
from subscribers.ring import ring

EMAIL_ACTION = "action-email"


class _EmailActionMixin:
    """Makes `action-email` a save that is validated whole, and then leads to the confirm page.

    It never publishes: a response from `before_publish_page` would leave the page live.
    """

    def may_publish(self) -> bool:
        raise NotImplementedError

    @cached_property
    def action_name_and_method(self) -> tuple[str, Any]:
        # A name other than "save" keeps required fields required, as for publishing.
        if self.request.POST.get(EMAIL_ACTION) and self.may_publish():  # type: ignore[attr-defined]
            return "email", self.save_action  # type: ignore[attr-defined]
        inherited: tuple[str, Any] = super().action_name_and_method  # type: ignore[misc]
        return inherited

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "letter_author": SiteSettings.load().author}

    def redirect_and_remain(self) -> HttpResponse:
        if self.action_name == "email":  # type: ignore[attr-defined]
            ring("posts.desk.tasks.check_links", self.page.pk)  # type: ignore[attr-defined]
            return redirect("desk:confirm", self.page.pk)  # type: ignore[attr-defined]
        response: HttpResponse = super().redirect_and_remain()  # type: ignore[misc]
        return response


class PostCreateView(_EmailActionMixin, HelpfulMixin, CreateView):
    def may_publish(self) -> bool:
        return bool(self.parent_page_perms.can_publish_subpage())


class PostEditView(_EmailActionMixin, HelpfulMixin, EditView):
    def may_publish(self) -> bool:
        return bool(self.page_perms.can_publish())


class PostDeleteView(DeletePageView):
    template_name = "desk/delete_post.html"


class PostUnpublishView(UnpublishView):
    template_name = "desk/unpublish_post.html"


class PostViewSet(PageViewSet):
    model = PostPage
    add_view_class = PostCreateView
    edit_view_class = PostEditView
    delete_view_class = PostDeleteView
    unpublish_view_class = PostUnpublishView


class MailingColumn(Column):
    """The state of a post's mailing; `attach_mailings` looked it up for all rows at once."""

    cell_template_name = "desk/mailing_cell.html"

    def get_value(self, instance: PostPage) -> Any:
        return getattr(instance, "first_mailing", None)


class PostIndexView(IndexView):
    results_template_name = "desk/post_results.html"
    page_title = _("Posts")
    verbose_name = _("post")
    verbose_name_plural = _("posts")
    add_item_label = _("Write a post")

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons = list(super().header_more_buttons)
        if write_url(self.request):
            url = reverse("desk:import_text")
            buttons.append(Button(_("Import a text"), url, icon_name="upload", priority=50))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        attach_mailings(context["object_list"])
        context["write_url"] = write_url(self.request)
        return context


class PostListingViewSet(PageListingViewSet):
    """`/admin/posts/`: every post, with its mailing."""

    name = "post_listing"
    url_prefix = "posts"
    model = PostPage
    index_view_class = PostIndexView
    icon = "list-ul"
    menu_label = _("Posts")
    menu_order = 100
    add_to_admin_menu = True
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        MailingColumn("mailing", label=_("Mailing"), width="20%"),
        DateColumn(
            "latest_revision_created_at",
            label=_("Updated"),
            sort_key="latest_revision_created_at",
            width="14%",
            classname="desk-wide",
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="14%"),
    ]


class PostalColumn(Column):
    """Whether there is a postal address, which every mail needs."""

    def get_value(self, instance: Newsletter) -> str:
        return str(_("Entered") if instance.postal_address.strip() else _("Missing"))


class NewsletterDeleteView(DeleteView):
    """A newsletter with posts, readers or their consent is kept: that is the proof of it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._is_used():
            messages.error(
                request,
                _(
                    "“%(name)s” has readers, posts or mailings, so it stays. Nothing was changed. "
                    "To rest it, stop publishing to it."
                )
                % {"name": self.object},
            )
            return redirect(self.get_success_url())
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def _is_used(self) -> bool:
        newsletter: Newsletter = self.object
        return (
            newsletter.subscriptions.exists()
            or newsletter.mailings.exists()
            or newsletter.consentevent_set.exists()
            or PostPage.objects.filter(newsletter=newsletter).exists()
        )


class NewsletterViewSet(ModelViewSet):
    """`/admin/newsletters/`"""

    model = Newsletter
    name = "newsletters"
    icon = "clipboard-list"
    # With it each import of subscribers would cost more statements a row.
    add_to_reference_index = False
    copy_view_enabled = False
    delete_view_class = NewsletterDeleteView
    list_display = [
        "name",
        Column("from_name", label=_("Sender"), classname="desk-wide"),
        Column("from_email", label=_("Sender address"), classname="desk-breaks"),
        PostalColumn("postal_address", label=_("Postal address")),
    ]
    panels = [
        FieldPanel("name"),
        FieldPanel("slug", help_text=_("A short name for addresses and files, like slow-letters.")),
        FieldPanel("description", help_text=_("What readers get, in one sentence.")),
        FieldPanel("rhythm"),
        MultiFieldPanel(
            [
                FieldPanel("from_name", help_text=_("Who the mail is from, as readers see it.")),
                FieldPanel("from_email"),
                FieldPanel(
                    "reply_to", help_text=_("Where answers go. Empty: to the sender address.")
                ),
            ],
            heading=_("Sender"),
        ),
        MultiFieldPanel(
            [
                HelpPanel(template="desk/postal_help.html"),
                FieldPanel("postal_address"),
            ],
            heading=_("Postal address"),
        ),
    ]
