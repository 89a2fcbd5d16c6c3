"""What the desk does that is more than one room's work."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.models import Page, Revision

from posts.content.models import PostPage
from posts.delivery.models import Mailing
from posts.delivery.starting import start_mailing
from posts.delivery.verbs import DeliveryRefused
from posts.desk.queries import first_mailing_of


def publish_and_email(*, revision: Revision, user: User) -> tuple[Mailing, bool]:
    """Publish the revision and start its post's first mailing: both, or neither.

    Answers the mailing and whether this call made it. Pressed twice, the second press finds
    the mailing and does nothing. Raises DeliveryRefused with a sentence for the screen.
    """
    with transaction.atomic():
        # Of two presses at once the second waits here, and then sees the first one's mailing.
        Page.objects.select_for_update().get(pk=revision.object_id)
        post: PostPage = revision.as_object()
        if existing := first_mailing_of(post):
            return existing, False
        _publish(revision, user)
        live = PostPage.objects.get(pk=post.pk)
        return start_mailing(post=live, by=user.get_username())


def publish_only(*, revision: Revision, user: User) -> None:
    """Publish the revision and mail nobody. Raises DeliveryRefused when it is not complete."""
    with transaction.atomic():
        _publish(revision, user)


def _publish(revision: Revision, user: User) -> None:
    post = revision.as_object()
    if is_published_as_it_stands(post):
        return
    problems = unpublishable(post)
    if problems:
        raise DeliveryRefused(" ".join(problems))
    revision.publish(user=user)


def is_published_as_it_stands(post: PostPage) -> bool:
    """Whether publishing would change nothing."""
    return post.live and not post.has_unpublished_changes


def unpublishable(post: PostPage) -> list[str]:
    """What is missing before this draft may be published, in sentences. Autosave keeps drafts
    that are not complete, and those can be reached here by address."""
    problems = []
    if post.go_live_at and post.go_live_at > timezone.now():
        problems.append(
            _("It is set to go live later. Take the date out in the editor to publish it now.")
        )
    try:
        post.full_clean()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            problems += [f"{field.replace('_', ' ').capitalize()}: {text}" for text in messages]
    return problems + _unfinished_blocks(post)


def _unfinished_blocks(post: PostPage) -> list[str]:
    """What of the body the editor would mark; a model's own check does not look into blocks."""
    try:
        post.body.stream_block.clean(post.body)
    except StreamBlockValidationError as error:
        labels = [str(post.body[place].block.label) for place in error.block_errors]
        return [
            _("Something is missing in: %(blocks)s. The editor marks it.")
            % {"blocks": ", ".join(labels)}
        ]
    return []
