"""What readers can see of the posts."""

from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from posts.content.models import PostPage


class Neighbours(NamedTuple):
    """The posts before and after one, in the order of publication."""

    older: PostPage | None
    newer: PostPage | None


def published_posts() -> QuerySet[PostPage]:
    """The posts that are live, newest first."""
    posts: QuerySet[PostPage] = PostPage.objects.live()
    return posts.order_by("-first_published_at", "-pk")


def neighbours(post: PostPage) -> Neighbours:
    """What to read next. A post that is not public yet stands after all that are."""
    at, pk = post.first_published_at or timezone.now(), post.pk or 0
    posts = published_posts().only("title", "slug", "language").exclude(pk=pk)
    before = Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk)
    after = Q(first_published_at__gt=at) | Q(first_published_at=at, pk__gt=pk)
    return Neighbours(
        older=posts.filter(before).first(),
        newer=posts.filter(after).reverse().first(),
    )
