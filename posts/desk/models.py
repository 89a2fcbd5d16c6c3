"""What only the desk keeps: the one-time address by which an owner comes in."""

from typing import ClassVar

from django.conf import settings
from django.db import models

__all__ = ["OneTimeAddress"]


class OneTimeAddress(models.Model):
    """Signs `user` in, or without a user lets the first owner set an account up. Used once."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"one-time address until {self.expires_at:%Y-%m-%d %H:%M}"
