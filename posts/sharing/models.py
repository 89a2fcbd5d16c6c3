"""One opaque link per post, the same for every reader, and what may be counted of its travels."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from subscribers.languages import of_the_site

__all__ = ["CoveringNote", "DailyCount", "FormerCode", "ShareLink"]


# Small letters and digits: no shift key, and nothing that reads like something else on paper (l and
# 1, o and 0) or that a line break would look like (-).
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
LENGTH = 20


def new_code() -> str:
    """100 random bits, which nobody guesses, as 20 characters that can be typed from paper.

    Codes given out before are 16 characters of base64url, and stay good.
    """
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


class ShareLink(models.Model):
    """`/s/<code>`. It outlives the post's slug, and the post: then it says so kindly."""

    code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)
    # The same page under an address whose title and preview name nothing, for a post that nobody
    # should see on a lock screen. A code of its own: neither of the two can be told from the other.
    discreet_code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)
    post = models.OneToOneField(
        "posts.PostPage", null=True, on_delete=models.SET_NULL, related_name="share_link"
    )
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.code


class FormerCode(models.Model):
    """A code that was changed for another. It leads gently on, and is never given out again."""

    code = models.CharField(max_length=32, unique=True)
    is_discreet = models.BooleanField()
    post = models.ForeignKey(
        "posts.PostPage", null=True, on_delete=models.SET_NULL, related_name="former_codes"
    )
    changed_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.code


class CoveringNote(models.Model):
    """A sentence of the writer's that a reader may send along. Readers' own words stay with them:
    a site that showed what anybody typed would be one to phish from."""

    text = models.CharField(max_length=200, verbose_name=_("text"))
    language = models.CharField(
        max_length=12,
        choices=settings.POST_LANGUAGES,
        default=of_the_site,
        verbose_name=_("language"),
    )
    sort_order = models.PositiveIntegerField(default=0, verbose_name=_("sort order"))

    class Meta:
        verbose_name = _("covering note")
        verbose_name_plural = _("covering notes")
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.text


class DailyCount(models.Model):
    """How often a post was read through its share link on a day, and how often it is said to have
    helped. Two numbers, and nothing about anybody."""

    post = models.ForeignKey("posts.PostPage", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)
    helped = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "day"], name="one_count_per_post_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} on {self.day}"
