"""The pages a writer makes: home, posts, and plain pages such as About."""

import datetime as dt
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Revision
from wagtail.search import index
from wagtail.url_routing import RouteResult

from posts.content import pictures, previews, publishing, routing, words
from posts.content.blocks import TEXT, BodyBlock
from posts.content.forms import PlainCopyForm, PostForm
from posts.content.panels import plain_page_edit_handler, post_edit_handler
from posts.content.querysets import PostManager
from posts.content.site_settings import AboutLine, CareNote, SiteSettings
from posts.content.slugs import free_slug, is_reserved
from subscribers.languages import of_the_site
from subscribers.models import Newsletter
from subscribers.one_line import one_line

__all__ = [
    "AboutLine",
    "CareNote",
    "HomePage",
    "PlainPage",
    "PostAddress",
    "PostPage",
    "SiteSettings",
    "Topic",
]


def _refuse_reserved(slug: str) -> None:
    """Refuse a slug that our own addresses need, with one that would do instead."""
    if is_reserved(slug):
        message = _(
            "The site needs the address /%(slug)s/ for itself. Another slug will do, "
            "for example %(free)s."
        )
        parameters = {"slug": slug, "free": free_slug(slug)}
        raise ValidationError({"slug": ValidationError(message, params=parameters)})


class HomePage(Page):
    """The site's first page. There is one."""

    POSTS_A_PAGE: ClassVar[int] = 12

    max_count = 1
    subpage_types = ["posts.PostPage", "posts.PlainPage"]
    private_page_options: ClassVar[list[str]] = []  # they ask for a session on public pages

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find the page; an address that was a post's once is answered here, by `serve`."""
        if len(path_components) != 1:
            return super().route(request, path_components)
        # Wagtail would ask for the page, then for the post that it is, then for what hangs on it.
        if post := PostPage.objects.for_pages().filter(slug=path_components[0]).first():
            return RouteResult(post)
        try:
            return super().route(request, path_components)
        except Http404:
            return RouteResult(self, kwargs={"former_slug": path_components[0]})

    def serve(
        self, request: HttpRequest, *args: Any, former_slug: str = "", **kwargs: Any
    ) -> HttpResponse:
        """Show the page, or where a post went that was once below it."""
        if former_slug:
            post = PostAddress.post_at(former_slug)
            return routing.gone(request) if post is None else routing.moved(routing.path_of(post))
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of the posts, newest first."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        paginator = Paginator(PostPage.objects.published(), self.POSTS_A_PAGE)
        listing = context["listing"] = paginator.get_page(request.GET.get("page"))
        page = f"?page={listing.number}" if listing.number > 1 else ""
        context["address"] = f"{settings.SITE_URL}/{page}"
        return context


class PlainPage(Page):
    """A page that is not a post: About, for example."""

    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    parent_page_types = ["posts.HomePage"]
    subpage_types: list[str] = []
    show_in_menus_default = True
    private_page_options: ClassVar[list[str]] = []
    edit_handler = plain_page_edit_handler
    copy_form_class = PlainCopyForm

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")

    @property
    def lead(self) -> str:
        """Its first words."""
        return words.first_words(self.body.raw_data)

    def clean(self) -> None:
        super().clean()
        _refuse_reserved(self.slug)


class Topic(models.Model):
    """What a post is about, by a name that readers would use: `/topics/<slug>/` lists its posts."""

    name = models.CharField(max_length=80, verbose_name=_("name"))
    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True, verbose_name=_("slug"))
    description = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("One line above the list of its posts. Optional."),
        verbose_name=_("description"),
    )

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PostPage(Page):
    """What a writer publishes. It belongs to one newsletter."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        SUBSCRIBERS = "subscribers", _("Subscribers, and whoever has the share link")

    subtitle = models.CharField(max_length=255, blank=True, verbose_name=_("subtitle"))
    newsletter = models.ForeignKey(
        Newsletter,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Its subscribers get this post when you email it."),
        verbose_name=_("newsletter"),
    )
    cover = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("cover picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Above the post, and on its card where it is shared. Mails leave it out."),
    )
    excerpt = models.TextField(
        blank=True,
        help_text=_(
            "Stands for the post in the archive, in feeds and where it is shared. "
            "Left empty, the first words of the post do."
        ),
        verbose_name=_("excerpt"),
    )
    topics = ParentalManyToManyField(
        Topic,
        blank=True,
        related_name="posts",
        help_text=_("Each has a page that lists its posts. Optional."),
        verbose_name=_("topics"),
    )
    canonical_address = models.URLField(
        blank=True,
        help_text=_("Only when the post first appeared elsewhere: its address there."),
        verbose_name=_("canonical address"),
    )
    visibility = models.CharField(
        _("who can read the whole post"),
        max_length=12,
        choices=Visibility,
        default=Visibility.PUBLIC,
    )
    language = models.CharField(
        max_length=12,
        choices=settings.POST_LANGUAGES,
        default=of_the_site,
        help_text=_(
            "That of the post. The page and the mail around it speak it too, in English, Spanish, "
            "French and German; in others they speak the site’s."
        ),
        verbose_name=_("language"),
    )
    mail_subject = models.CharField(
        _("subject"), max_length=150, blank=True, help_text=_("Left empty, the title does.")
    )
    preheader = models.CharField(
        _("preview line"),
        max_length=150,
        blank=True,
        help_text=_("Shown after the subject in the inbox. Left empty, the excerpt does."),
    )
    short_version = RichTextField(
        blank=True,
        features=TEXT,
        help_text=_("The post in about a minute."),
        verbose_name=_("short version"),
    )
    small_step = models.TextField(
        _("one small step"),
        blank=True,
        help_text=_("The one thing to take along, in a sentence or two."),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    # The code of the share link by which it is being read; whoever does passes that one on.
    opened_by = ""

    parent_page_types = ["posts.HomePage"]
    subpage_types: list[str] = []
    private_page_options: ClassVar[list[str]] = []  # who reads what is said by `visibility`
    edit_handler = post_edit_handler(PostForm)
    copy_form_class = PlainCopyForm
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("subtitle"),
        index.SearchField("searchable_text"),
    ]
    preview_modes = previews.PREVIEW_MODES

    objects = PostManager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def clean(self) -> None:
        super().clean()
        _refuse_reserved(self.slug)

    def publish(self, revision: Revision, **kwargs: Any) -> None:
        """As Wagtail does it, and in the same transaction whoever wants to know is told that the
        post went live, if it did."""
        with transaction.atomic():
            was_live = PostPage.objects.filter(pk=self.pk, live=True).exists()
            super().publish(revision, **kwargs)
            if not was_live and (post := PostPage.objects.live().filter(pk=self.pk).first()):
                publishing.tell(post)

    @property
    def public_url(self) -> str:
        """The absolute address of the post."""
        return f"{settings.SITE_URL}/{quote(self.slug)}/"

    @property
    def share_page_url(self) -> str:
        """The absolute address of the page on which a reader passes the post on.

        That of a post for subscribers lies behind its share link: the plain address can be
        guessed by anybody, and must not give the link away. A link that is off opens nothing.
        """
        code = self.opened_by
        if self.visibility == self.Visibility.SUBSCRIBERS and not code:
            link = getattr(self, "share_link", None)
            code = link.code if link is not None and link.is_on else ""
        return f"{settings.SITE_URL}/s/{code}/share/" if code else f"{self.public_url}share/"

    @property
    def helped_path(self) -> str:
        """Where its button "This helped me" leads. Also of a post without a slug, in a preview."""
        return f"/{quote(self.slug)}/helped/"

    @property
    def searchable_text(self) -> str:
        """What a search may find it by: what everybody may read of it, and no more."""
        if self.visibility != self.Visibility.PUBLIC:
            return self.lead
        parts = [self.lead, words.plain(self.short_version), self.small_step]
        return "\n".join([*parts, words.all_words(self.body.raw_data)])

    @property
    def subject(self) -> str:
        """The subject of its mail, on one line."""
        return one_line(self.mail_subject or self.title)

    @property
    def mail_preheader(self) -> str:
        """What an inbox shows after the subject, on one line."""
        return one_line(self.preheader) or words.shortened(self.lead, 140)

    @property
    def lead(self) -> str:
        """The excerpt, or else the first words of the body; of a hidden one a third at most."""
        hidden = self.visibility == self.Visibility.SUBSCRIBERS
        first_words = words.first_words(self.body.raw_data, of_which=3 if hidden else 1)
        return one_line(self.excerpt) or first_words

    @property
    def reading_minutes(self) -> int:
        """How long reading the body takes, at a calm pace; never less than a minute."""
        return words.minutes(self.body.raw_data)

    @property
    def date(self) -> dt.date:
        """The day it was first published, or will be as far as is known."""
        return timezone.localdate(self.first_published_at or self.go_live_at or timezone.now())

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the posts around it, and whether the whole of it may be shown."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        for_all = self.visibility == self.Visibility.PUBLIC
        context["whole"] = for_all or getattr(request, "is_preview", False)
        context["more_to_read"] = PostPage.objects.more_to_read(self)
        context["cover"] = self.cover and pictures.cover(
            self.cover, beside=pictures.in_body(self.body)
        )
        context["invites"] = bool(self.body.first_block_by_name("invitation"))
        return context

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the page, or exactly what the mail would be."""
        if mode_name:
            return previews.respond(self, mode_name)
        response: HttpResponse = super().serve_preview(request, mode_name)
        return response


class PostAddress(models.Model):
    """A slug under which a post was once public: it redirects, or says kindly what happened."""

    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    post = models.ForeignKey(
        PostPage, null=True, on_delete=models.SET_NULL, related_name="addresses"
    )

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def post_at(cls, slug: str) -> PostPage | None:
        """The live post that this slug stands for or once stood for; None when it is gone.

        Raises Http404 where no post was ever public under it.
        """
        post: PostPage | None = PostPage.objects.for_pages().filter(slug=slug).first()
        if post is not None:
            return post
        address = cls.objects.filter(slug=slug).first()
        if address is None:
            raise Http404("No post was ever public at this address.")
        post = PostPage.objects.for_pages().filter(pk=address.post_id).first()
        return post

    @classmethod
    def remember(cls, *, slug: str, post: PostPage) -> None:
        """Keep that the post is public under this slug; the latest post to use a slug owns it."""
        cls.objects.update_or_create(slug=slug, defaults={"post": post})
