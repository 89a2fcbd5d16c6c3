"""What can be asked about share links."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.http import Http404

from posts.content.models import PostPage
from posts.sharing.models import FormerCode, ShareLink


class UnknownCode(Http404):
    """A code we never gave out, or that of a post which was never public. A miss: see `guessing`.

    The two look alike, so that nobody learns whether there is a draft.
    """


@dataclass(frozen=True, slots=True)
class Way:
    """Where a code of ours leads."""

    post: PostPage | None  # None when it was taken back
    link: ShareLink | None  # None when the code was changed or the link is switched off
    is_discreet: bool

    @property
    def opens(self) -> PostPage | None:
        """The post that may be shown whole to whoever holds the code."""
        return self.post if self.link is not None else None


def share_url(post: PostPage) -> str:
    """The absolute address to pass along. Raises ShareLink.DoesNotExist for a post never public."""
    return absolute(ShareLink.objects.get(post=post).code)


def absolute(code: str) -> str:
    """A code as the address that is mailed, copied and drawn."""
    return f"{settings.SITE_URL}/s/{code}"


def find_way(code: str) -> Way:
    """Where a code leads today: nothing but a post that is live at this moment is ever shown.

    Raises UnknownCode, a Http404.
    """
    way = _present(code) or _former(code)
    if way is None or (way.post is not None and way.post.first_published_at is None):
        raise UnknownCode("No share link has this code.")
    if way.post is not None and not way.post.live:
        return Way(None, None, way.is_discreet)
    return way


def _present(code: str) -> Way | None:
    links = ShareLink.objects.select_related("post__newsletter", "post__cover")
    link = links.filter(Q(code=code) | Q(discreet_code=code)).first()
    if link is None:
        return None
    return Way(link.post, link if link.is_on else None, code == link.discreet_code)


def _former(code: str) -> Way | None:
    former = FormerCode.objects.select_related("post").filter(code=code).first()
    return None if former is None else Way(former.post, None, former.is_discreet)
