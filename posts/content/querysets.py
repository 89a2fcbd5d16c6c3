"""Questions about posts, asked as `PostPage.objects.…`: they know no model but the one they ask."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

if TYPE_CHECKING:
    from posts.content.models import PostPage

__all__ = ["PostManager", "PostQuerySet"]

_MORE = 3  # to read after a post


class PostQuerySet(PageQuerySet):
    def published(self) -> Self:
        """What readers can see, newest first."""
        posts: Self = self.live().order_by("-first_published_at", "-pk")
        return posts

    def for_pages(self) -> Self:
        """What readers can see, each with what its page needs."""
        posts: Self = self.live().select_related("newsletter", "cover", "share_link")
        return posts

    def more_to_read(self, post: "PostPage") -> "list[PostPage]":
        """What to read after a post, in its language: what shares a topic with it first, then what
        came before it, then what came after. One that is not public yet stands after all."""
        at, pk = post.first_published_at or timezone.now(), post.pk or 0
        topics = self.model.topics.through.objects.filter(postpage_id=pk).values("topic_id")
        others = self.published().filter(language=post.language, first_published_at__isnull=False)
        others = others.exclude(pk=pk)
        related = others.filter(topics__in=topics)
        before = Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk)
        nearest = (related, others.filter(before), others.exclude(before).reverse())
        wanted = reduce(or_, (Q(pk__in=posts.values("pk")[:_MORE]) for posts in nearest))
        found = others.filter(wanted).only("title", "slug", "language", "first_published_at")
        found = found.annotate(is_related=Exists(related.filter(pk=OuterRef("pk"))))

        def place(other: "PostPage") -> tuple[bool, bool, float, int]:
            moment = other.first_published_at
            away = abs((moment - at).total_seconds())
            return not other.is_related, (moment, other.pk) > (at, pk), away, abs(other.pk - pk)

        return sorted(found, key=place)[:_MORE]


PostManager = PageManager.from_queryset(PostQuerySet)
