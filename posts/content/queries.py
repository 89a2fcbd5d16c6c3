"""What readers can see of the posts."""

from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from posts.content.models import PostPage, Topic


class Neighbours(NamedTuple):
    """The posts before and after one, in the order of publication."""

    older: PostPage | None
    newer: PostPage | None


def published_posts() -> QuerySet[PostPage]:
    """The posts that are live, newest first."""
    posts: QuerySet[PostPage] = PostPage.objects.live()
    return posts.order_by("-first_published_at", "-pk")


def topics_in_use() -> QuerySet[Topic]:
    """The topics that a live post has, by name, each with the number of its posts."""
    live = Count("posts", filter=Q(posts__live=True))
    topics: QuerySet[Topic] = Topic.objects.annotate(posts_in_all=live).filter(posts_in_all__gt=0)
    return topics.order_by("name")


def neighbours(post: PostPage) -> Neighbours:
    """What to read next. A post that is not public yet stands after all that are."""
    at, pk = post.first_published_at or timezone.now(), post.pk or 0
    posts = published_posts().exclude(pk=pk)
    before = Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk)
    after = Q(first_published_at__gt=at) | Q(first_published_at=at, pk__gt=pk)
    nearest = Q(pk__in=posts.filter(before).values("pk")[:1]) | Q(
        pk__in=posts.filter(after).reverse().values("pk")[:1]
    )
    found = posts.filter(nearest).only("title", "slug", "language", "first_published_at")
    older = [other for other in found if (other.first_published_at, other.pk) < (at, pk)]
    newer = [other for other in found if (other.first_published_at, other.pk) > (at, pk)]
    return Neighbours(older=next(iter(older), None), newer=next(iter(newer), None))
