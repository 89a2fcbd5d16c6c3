"""What can be asked about share links."""

from django.conf import settings
from django.http import Http404

from posts.content.models import PostPage
from posts.sharing.models import ShareLink


def share_url(post: PostPage) -> str:
    """The absolute address to pass along. Raises ShareLink.DoesNotExist for a post never public."""
    return absolute(ShareLink.objects.get(post=post))


def absolute(link: ShareLink) -> str:
    """The link with its host, as it is mailed, copied and drawn."""
    return f"{settings.SITE_URL}/s/{link.code}"


def post_for_code(code: str) -> PostPage | None:
    """The live post that a share link opens; None when it was taken back.

    Raises Http404 for a code we never gave out and for a post that was never public.
    """
    links = ShareLink.objects.select_related("post__newsletter", "post__cover")
    link = links.filter(code=code).first()
    if link is None or (link.post is not None and link.post.first_published_at is None):
        raise Http404("No share link has this code.")
    return link.post if link.post is not None and link.post.live else None
