"""What another letter can begin with: the body of a post, kept as a template.

A template is no page. It has no address for readers, so no list, feed, sitemap or search can show
it, and no mailing can be made of it: the writer begins a post with a copy, and that is hers.
"""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from posts.content.models import PostPage

__all__ = ["LetterTemplate"]

KEPT = "posts.template.kept"
TAKEN_BACK = "posts.template.taken_back"


class LetterTemplate(models.Model):
    """A body, as it was when it was kept. The post it was kept from may change, and may go.

    `body` is a list of blocks, as they are stored in a post; one whose picture was deleted since is
    left out where it is used.
    """

    name = models.CharField(max_length=80, help_text=_("As you will look for it."))
    post = models.OneToOneField(
        PostPage, null=True, on_delete=models.SET_NULL, related_name="kept_template"
    )
    body = models.JSONField()
    kept_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-kept_at", "-pk"]

    def __str__(self) -> str:
        return self.name


@transaction.atomic
def keep(*, post: PostPage, name: str, by: str, user: Any = None) -> LetterTemplate:
    """Keep the body of a post, as it is in this version. Kept again, it takes its own place."""
    # Without the ids of its blocks, which are the post's.
    body = [{"type": block["type"], "value": block["value"]} for block in post.body.raw_data]
    kept, _made = LetterTemplate.objects.update_or_create(
        post_id=post.pk, defaults={"name": name, "body": body}
    )
    log(instance=post, action=KEPT, user=user, data={"by": by, "name": name})
    return kept


@transaction.atomic
def take_back(*, template: LetterTemplate, by: str, user: Any = None) -> None:
    """No longer offer it. The post stays as it is."""
    if template.post is not None:
        data = {"by": by, "name": template.name}
        log(instance=template.post, action=TAKEN_BACK, user=user, data=data)
    template.delete()
