"""What one can do with share links."""

from posts.content.models import PostPage
from posts.sharing.models import ShareLink


def ensure_link(*, post: PostPage) -> ShareLink:
    """The post's one share link, made now if it has none. Repeating it is harmless."""
    link, _ = ShareLink.objects.get_or_create(post=post)
    return link
