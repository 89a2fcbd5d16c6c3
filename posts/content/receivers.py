"""What listens to Wagtail: as a page becomes public its address is remembered, and its pictures
are made in every size."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed

from posts.content.enclosures.models import Enclosure
from posts.content.models import PlainPage, PostAddress, PostPage
from posts.content.warming import pictures_of
from subscribers.ring import ring_on_commit


def _on_published(instance: PostPage, **kwargs: Any) -> None:
    # The signal also comes when a first publication is only scheduled.
    if instance.live:
        PostAddress.remember(slug=instance.slug, post=instance)


def _on_slug_changed(instance: PostPage, instance_before: PostPage, **kwargs: Any) -> None:
    # A live page can be saved under another slug without being published again.
    if instance.live:
        PostAddress.objects.get_or_create(slug=instance_before.slug, defaults={"post": instance})
        PostAddress.remember(slug=instance.slug, post=instance)


def _warm_pictures(instance: Page, **kwargs: Any) -> None:
    if instance.live and isinstance(instance, PostPage | PlainPage) and pictures_of(instance):
        ring_on_commit("posts.content.tasks.warm_pictures", instance.pk)


def _render_picture(instance: Any, **kwargs: Any) -> None:
    ring_on_commit("posts.content.tasks.render_picture", instance.pk)


def _delete_file(instance: Enclosure, **kwargs: Any) -> None:
    # Not before: a rollback still finds it.
    storage, name = instance.file.storage, str(instance.file.name)
    transaction.on_commit(lambda: storage.delete(name))


def connect() -> None:
    post_save.connect(
        _render_picture, sender=get_image_model(), dispatch_uid="render an uploaded picture"
    )
    post_delete.connect(
        _delete_file, sender=Enclosure, dispatch_uid="delete the file of an enclosure"
    )
    page_published.connect(_warm_pictures, dispatch_uid="warm the pictures of a page")
    page_published.connect(
        _on_published, sender=PostPage, dispatch_uid="remember the address of a post"
    )
    page_slug_changed.connect(
        _on_slug_changed, sender=PostPage, dispatch_uid="remember the new address of a post"
    )
