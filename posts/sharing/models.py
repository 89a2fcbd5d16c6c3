"""One opaque link per post, the same for every reader."""

import secrets
from typing import ClassVar

from django.db import models

__all__ = ["ShareLink"]


def new_code() -> str:
    """96 random bits as 16 characters of base64url: nobody guesses one."""
    return secrets.token_urlsafe(12)


class ShareLink(models.Model):
    """`/s/<code>`. It outlives the post's slug, and the post: then it says so kindly."""

    code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)
    post = models.OneToOneField(
        "posts.PostPage", null=True, on_delete=models.SET_NULL, related_name="share_link"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.code
