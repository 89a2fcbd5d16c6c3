"""What one can do with share links."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from wagtail.log_actions import log

from posts.content.models import PostPage
from posts.sharing.models import FormerCode, ShareLink, new_code

CHANGED = "posts.share_link.change"
SWITCHED_OFF = "posts.share_link.off"
SWITCHED_ON = "posts.share_link.on"


def ensure_link(*, post: PostPage) -> ShareLink:
    """The post's one share link, made now if it has none. Repeating it is harmless."""
    link, _ = ShareLink.objects.get_or_create(post=post)
    return link


@transaction.atomic
def rotate(
    *, post: PostPage, seen: str, by: str, user: AbstractBaseUser | None = None
) -> tuple[ShareLink, bool]:
    """Give the post two new codes; the old ones lead gently on, and never open it again.

    `seen` is the code to be changed: of two presses at once the second finds another one, and
    changes nothing, so that the codes on the first one's screen stay right. Answers the link and
    whether this call changed it.
    """
    link = ShareLink.objects.select_for_update().get(post=post)
    if link.code != seen:
        return link, False
    FormerCode.objects.bulk_create(
        [
            FormerCode(code=link.code, is_discreet=False, post=post),
            FormerCode(code=link.discreet_code, is_discreet=True, post=post),
        ]
    )
    link.code, link.discreet_code = new_code(), new_code()
    link.save(update_fields=["code", "discreet_code"])
    log(instance=post, action=CHANGED, user=user, data={"by": by})
    return link, True


@transaction.atomic
def switch(*, post: PostPage, on: bool, by: str, user: AbstractBaseUser | None = None) -> bool:
    """Let the post's codes open it, or not. Answers whether that changed anything."""
    link = ShareLink.objects.select_for_update().get(post=post)
    if link.is_on == on:
        return False
    link.is_on = on
    link.save(update_fields=["is_on"])
    log(instance=post, action=SWITCHED_ON if on else SWITCHED_OFF, user=user, data={"by": by})
    return True
