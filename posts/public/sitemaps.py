"""Every page that a search engine may list (https://www.sitemaps.org/protocol.html)."""

from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from wagtail.models import Page

from posts.content.models import HomePage, PostPage, Topic
from posts.content.queries import topics_in_use

T = TypeVar("T")


class _AtSiteUrl(Sitemap[T]):
    """At SITE_URL, whatever the host that was asked."""

    limit = 10_000

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class Pages(_AtSiteUrl[Page]):
    def items(self) -> QuerySet[Page]:
        home = HomePage.objects.first()
        pages: QuerySet[Page] = Page.objects.live().descendant_of(home, inclusive=True)
        # What first appeared elsewhere names that place as its own: it is listed there.
        elsewhere = PostPage.objects.exclude(canonical_address="")
        return pages.exclude(pk__in=elsewhere.values("pk")).order_by("pk")

    def location(self, item: Page) -> str:
        path = item.url_path.split("/", 2)[2]
        return f"/{quote(path)}"

    def lastmod(self, item: Page) -> datetime | None:
        moment: datetime | None = item.last_published_at
        return moment


class Topics(_AtSiteUrl[Topic]):
    def items(self) -> QuerySet[Topic]:
        return topics_in_use()

    def location(self, item: Topic) -> str:
        return reverse("topic", args=[item.slug])


class Lists(_AtSiteUrl[str]):
    """The pages that lead to all others, by the names of their addresses."""

    def items(self) -> list[str]:
        return ["archive", "topics"] if topics_in_use() else ["archive"]

    def location(self, item: str) -> str:
        return reverse(item)
