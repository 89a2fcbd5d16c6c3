"""What the desk does that is more than one room's work."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.models import Page, Revision

from posts.content.models import PostPage
from posts.delivery.mailings import schedule
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import start_mailing
from posts.delivery.mailings.times import check_ahead
from posts.delivery.models import Mailing
from posts.desk.queries import first_mailing_of
from subscribers.saying import in_words
from subscribers.segments.models import Segment


def publish_and_email(
    *, revision: Revision, user: User, spread: int = 0, segment: Segment | None = None
) -> tuple[Mailing, bool]:
    """Publish the revision and start its post's first mailing: both, or neither. For a moment
    the mailing is held, and can be undone.

    Answers the mailing and whether this call made it. Pressed twice, the second press finds
    the mailing and does nothing. Raises DeliveryRefused with a sentence for the screen.
    """
    with transaction.atomic():
        post = _lock(revision)
        if existing := first_mailing_of(post):
            return existing, False
        _publish(revision, user)
        return start_mailing(
            post=PostPage.objects.get(pk=post.pk),
            by=user.get_username(),
            hold=schedule.undo_seconds(),
            spread=spread,
            segment=segment,
        )


def publish_and_email_later(
    *,
    revision: Revision,
    user: User,
    at: datetime,
    spread: int = 0,
    segment: Segment | None = None,
) -> tuple[Mailing, bool]:
    """Have the revision go live at a time, and its post's first mailing start then."""
    with transaction.atomic():
        post = _lock(revision)
        if existing := first_mailing_of(post):
            return existing, False
        check_ahead(at)
        if not is_published_as_it_stands(post):
            if problems := unpublishable(post):
                raise DeliveryRefused(" ".join(problems))
            _go_live(post, at, user)
        return schedule.schedule_mailing(
            post=PostPage.objects.get(pk=post.pk),
            at=at,
            by=user.get_username(),
            spread=spread,
            segment=segment,
        )


def publish_only(*, revision: Revision, user: User) -> None:
    """Publish the revision and mail nobody. Raises DeliveryRefused when it is not complete."""
    with transaction.atomic():
        _publish(revision, user)


def start_now(*, mailing: Mailing, user: User) -> None:
    """Start a mailing that waits; what was to go live with it goes live now."""
    with transaction.atomic():
        if post := goes_live_with(mailing):
            _go_live(post, None, user)
        schedule.start_now(mailing=Mailing.objects.get(pk=mailing.pk), by=user.get_username())


def reschedule(*, mailing: Mailing, at: datetime, user: User) -> None:
    """Another time for a scheduled mailing, and for what was to go live with it."""
    with transaction.atomic():
        check_ahead(at)
        if post := goes_live_with(mailing):
            _go_live(post, at, user)
        schedule.reschedule(mailing=mailing, at=at, by=user.get_username())


def undo(*, mailing: Mailing, user: User, leave_unpublished: bool = False) -> None:
    """Take a mailing back. What was to go live with it still does, unless she says otherwise;
    what is public stays so."""
    with transaction.atomic():
        post = goes_live_with(mailing)
        schedule.undo(mailing=mailing, by=user.get_username())
        if post and leave_unpublished:
            _take_the_date_out(post, user)


def _lock(revision: Revision) -> PostPage:
    """The post as the revision has it. Of two presses at once the second waits here, and then
    sees the first one's mailing."""
    Page.objects.select_for_update().get(pk=revision.object_id)
    post: PostPage = revision.as_object()
    return post


def goes_live_with(mailing: Mailing) -> PostPage | None:
    """What waits in the editor for the time of this mailing, as it will be."""
    if mailing.post is None or mailing.state != Mailing.State.SCHEDULED:
        return None
    waiting = mailing.post.scheduled_revision
    if waiting is None or waiting.approved_go_live_at > mailing.began_at:
        return None
    post: PostPage = waiting.as_object()
    return post


def _go_live(post: PostPage, at: datetime | None, user: User) -> None:
    """Now, or by Wagtail's own clock: beat publishes within a minute what is due."""
    if at and post.expire_at and post.expire_at <= at:
        raise DeliveryRefused(
            _("It is set to be taken down on %(date)s, before it would go live.")
            % {"date": in_words(post.expire_at)}
        )
    post.go_live_at = at
    post.save_revision(user=user).publish(user=user)


def _take_the_date_out(post: PostPage, user: User) -> None:
    """As Wagtail's own button does it, and in the draft too: else it could not be published by
    a press before that date."""
    waiting = post.scheduled_revision
    waiting.approved_go_live_at = None
    waiting.save(user=user, update_fields=["approved_go_live_at"])
    PostPage.objects.filter(pk=post.pk).update(go_live_at=None)
    post.go_live_at = None
    post.save_revision(user=user)


def _publish(revision: Revision, user: User) -> None:
    post = revision.as_object()
    if is_published_as_it_stands(post):
        return
    problems = [*set_for_later(post), *unpublishable(post)]
    if problems:
        raise DeliveryRefused(" ".join(problems))
    revision.publish(user=user)


def is_published_as_it_stands(post: PostPage) -> bool:
    """Whether publishing would change nothing."""
    return post.live and not post.has_unpublished_changes


def set_for_later(post: PostPage) -> list[str]:
    """Why it cannot be published at this moment, where it has a date of its own."""
    if post.go_live_at and post.go_live_at > timezone.now():
        return [
            _(
                "It is set to go live later, on %(date)s. Take the date out in the editor to "
                "publish it now, or email it at that time."
            )
            % {"date": in_words(post.go_live_at)}
        ]
    return []


def unpublishable(post: PostPage) -> list[str]:
    """What is missing before this draft may be published, in sentences. Autosave keeps drafts
    that are not complete, and those can be reached here by address."""
    problems = []
    try:
        post.full_clean()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            problems += [f"{_label(field)}: {text}" for text in messages]
    return problems + _unfinished_blocks(post)


def _label(field: str) -> str:
    """As the editor names it."""
    return capfirst(str(PostPage._meta.get_field(field).verbose_name))


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
