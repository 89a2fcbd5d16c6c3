"""What readers can find the posts by."""

from django.db.models import Count, Q, QuerySet

from posts.content.models import Topic


def topics_in_use() -> QuerySet[Topic]:
    """The topics that a live post has, by name, each with the number of its posts."""
    live = Count("posts", filter=Q(posts__live=True))
    topics: QuerySet[Topic] = Topic.objects.annotate(posts_in_all=live).filter(posts_in_all__gt=0)
    return topics.order_by("name")
