"""Every page that a search engine may list (https://www.sitemaps.org/protocol.html)."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from wagtail.models import Page

from posts.content.models import HomePage, PostPage


class Pages(Sitemap[Page]):
    """At SITE_URL, whatever the host that was asked."""

    limit = 10_000

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

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme
