"""What listens to posts: as one is deleted, its mailings keep what they were called."""

from typing import Any

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.signals import pre_delete

from posts.content.models import PostPage
from posts.delivery.models import LetterVariant, Mailing


def _keep_subjects(instance: PostPage, **kwargs: Any) -> None:
    """The subject that readers saw; of what was never composed, the one it would have had."""
    mailed = LetterVariant.objects.filter(letter=OuterRef("letter"), discreet=False)
    Mailing.objects.filter(post=instance, subject="").update(
        subject=Coalesce(
            Subquery(mailed.order_by("pk").values("subject")[:1]), Value(instance.subject)
        )
    )


def connect() -> None:
    pre_delete.connect(_keep_subjects, sender=PostPage, dispatch_uid="keep the subjects of mails")
