"""Posts that came from elsewhere: what they were there, and the addresses under which they stood.

An arrival is known by what the other system calls it, so that bringing it twice makes one post. Its
readers had it there: no digest and no mail after a rest takes it for news.
"""

import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.db import models

from posts.content import routing
from posts.content.models import PostAddress, PostPage
from posts.content.slugs import LONGEST_PATH, OWN_ROOMS

__all__ = ["Arrival", "OldAddress"]


class Arrival(models.Model):
    """A post that was brought. One that is deleted here may be brought again."""

    post = models.OneToOneField(PostPage, on_delete=models.CASCADE, related_name="arrival")
    system = models.CharField(max_length=20)
    key = models.CharField(max_length=255)  # by which that system, or its file, knows the post
    was_public = models.BooleanField(default=False)  # there, so that its readers have it
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "key"], name="an_arrival_comes_once")
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.key}"


class OldAddress(models.Model):
    """A path under which a post stood where it comes from. Asked only where no page of ours is."""

    path = models.CharField(max_length=LONGEST_PATH, unique=True)
    post = models.ForeignKey(
        PostPage, null=True, on_delete=models.SET_NULL, related_name="old_addresses"
    )

    def __str__(self) -> str:
        return f"/{self.path}"


def path_in(address: str) -> str:
    """The path of an address or a path, as it is kept: `/P/A%20b/` as `p/a b`. Empty where it is
    none, or one that we keep for nobody."""
    try:
        path = unquote(urlsplit(address.strip()).path, errors="strict")
    except ValueError:
        return ""
    path = unicodedata.normalize("NFC", path).strip("/").casefold()
    if "\0" in path or len(path) > LONGEST_PATH or path.partition("/")[0] in OWN_ROOMS:
        return ""
    return path


def remember(post: PostPage, addresses: Iterable[str]) -> list[str]:
    """Let the addresses lead to the post; answers those that cannot, since another has them."""
    others = []
    for address in addresses:
        path = path_in(address)
        if not path or PostPage.objects.filter(slug=path).exclude(pk=post.pk).exists():
            others.append(address)
        elif path != post.slug.casefold():
            old, _is_new = OldAddress.objects.get_or_create(path=path, defaults={"post": post})
            if old.post_id is None:  # of a post that was deleted
                OldAddress.objects.filter(pk=old.pk, post=None).update(post=post)
            elif old.post_id != post.pk:
                others.append(address)
    return others


def address_now(path: str) -> str | None:
    """Where the post of an old path is now: its address, which says kindly if it was taken back.

    None where there is none, or it was never public here.
    """
    kept = path_in(path)
    old = OldAddress.objects.select_related("post").filter(path=kept).first() if kept else None
    if old is None or old.post is None:
        return None
    if old.post.live or PostAddress.objects.filter(post=old.post).exists():
        return routing.path_of(old.post)
    return None
