"""Questions about posts, asked as `PostPage.objects.…`: they know no model but the one they ask."""

from typing import TYPE_CHECKING, NamedTuple, Self

from django.db.models import Q
from django.utils import timezone
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

if TYPE_CHECKING:
    from posts.content.models import PostPage

__all__ = ["Neighbours", "PostManager", "PostQuerySet"]


class Neighbours(NamedTuple):
    """The posts before and after one, in the order of publication."""

    older: "PostPage | None"
    newer: "PostPage | None"


class PostQuerySet(PageQuerySet):
    def published(self) -> Self:
        """What readers can see, newest first."""
        posts: Self = self.live().order_by("-first_published_at", "-pk")
        return posts

    def for_pages(self) -> Self:
        """What readers can see, each with what its page needs."""
        posts: Self = self.live().select_related("newsletter", "cover", "share_link")
        return posts

    def neighbours(self, post: "PostPage") -> Neighbours:
        """What to read next. A post that is not public yet stands after all that are."""
        at, pk = post.first_published_at or timezone.now(), post.pk or 0
        posts = self.published().exclude(pk=pk)
        before = Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk)
        after = Q(first_published_at__gt=at) | Q(first_published_at=at, pk__gt=pk)
        nearest = Q(pk__in=posts.filter(before).values("pk")[:1]) | Q(
            pk__in=posts.filter(after).reverse().values("pk")[:1]
        )
        found = posts.filter(nearest).only("title", "slug", "language", "first_published_at")
        older = [other for other in found if (other.first_published_at, other.pk) < (at, pk)]
        newer = [other for other in found if (other.first_published_at, other.pk) > (at, pk)]
        return Neighbours(older=next(iter(older), None), newer=next(iter(newer), None))


PostManager = PageManager.from_queryset(PostQuerySet)
