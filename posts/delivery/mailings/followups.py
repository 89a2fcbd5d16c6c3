"""Further mailings of a post: a correction to who got it, and a catch-up to who came since.

The row of the post's first mailing is the lock for both: of two presses the second waits there,
and then sees what the first one made.
"""

from datetime import timedelta

from django.db import transaction

from posts.content.models import PostPage
from posts.content.words import shortened
from posts.delivery.clock import database_now
from posts.delivery.mailings import recipients
from posts.delivery.mailings.audit import (
    DeliveryRefused,
    check_not_folded,
    check_not_mailed_since,
)
from posts.delivery.mailings.start import compose_for, freeze, plan
from posts.delivery.models import Mailing
from subscribers.languages import inside, spoken
from subscribers.one_line import one_line
from subscribers.saying import sentence

State = Mailing.State
Kind = Mailing.Kind
# Two presses of one person, not two corrections.
ONE_PRESS = timedelta(minutes=1)
LONGEST_SUBJECT = 255

# Here and not in a catalogue of translations: it stands in the subject, in the post's language.
CORRECTION = {
    "en": "Correction: {subject}",
    "es": "Corrección: {subject}",
    "fr": "Correction : {subject}",
    "de": "Korrektur: {subject}",
}


def correction_subject(post: PostPage) -> str:
    """What a correction is called when nobody says otherwise."""
    pattern = CORRECTION[spoken(post.language)]
    return shortened(pattern.format(subject=post.subject), LONGEST_SUBJECT)


def last_correction(first: Mailing) -> int:
    """The number of the latest correction, also an undone one; 0 when there is none."""
    made = Mailing.objects.filter(post_id=first.post_id, kind=Kind.CORRECTION)
    return made.order_by("-pk").values_list("pk", flat=True).first() or 0


def correct(
    *, first: Mailing, note: str, by: str, subject: str = "", seen: int | None = None, hold: int = 0
) -> tuple[Mailing, bool]:
    """Send the post as it stands now, with a note before it, to those who got it.

    `seen` is what `last_correction` was when the person looked: a press that comes twice, however
    late, finds a newer one and sends nothing. Without it, a minute has to lie between two.
    Answers the correction, and whether this call made it.
    """
    if not note.strip():
        raise DeliveryRefused(sentence("Write a note: what was wrong, and what is right."))
    subject = one_line(subject)
    if len(subject) > LONGEST_SUBJECT:
        raise DeliveryRefused(
            sentence(
                "The subject is longer than %(most)s letters. Shorten it.",
                most=LONGEST_SUBJECT,
            )
        )
    with transaction.atomic():
        post = _lock(first)
        latest = Mailing.objects.filter(pk=last_correction(first)).first()
        if latest and (_is_this_press(latest) or (seen is not None and latest.pk != seen)):
            return latest, False
        subscriber_ids = list(recipients.who_got_it(first))
        if not subscriber_ids:
            raise DeliveryRefused(
                sentence("Nobody has got this post by mail, so nobody is to be corrected.")
            )
        mailing = Mailing(
            kind=Kind.CORRECTION,
            post=post,
            newsletter=first.newsletter,
            subject=subject or correction_subject(post),
            note=note.strip(),
        )
        plan(mailing, compose_for(mailing, post), subscriber_ids, by=by, hold=hold)
    return mailing, True


def catch_up(*, first: Mailing, by: str, hold: int = 0) -> tuple[Mailing, bool]:
    """Send the post to those who subscribed since, and to nobody who is in a mailing of it."""
    with transaction.atomic():
        post = _lock(first)
        if first.state not in (State.SENDING, State.FINISHED):
            raise DeliveryRefused(
                sentence(
                    "The first mailing is %(state)s. Others are emailed when it goes out, "
                    "or when it is finished.",
                    state=inside(first.get_state_display()),
                )
            )
        freeze(first.segment)
        subscriber_ids = list(recipients.subscribed_since(first))
        if not subscriber_ids:
            latest = recipients.mailings_of_post(first).filter(kind=Kind.CATCH_UP).first()
            if latest and _is_this_press(latest):
                return latest, False
            raise DeliveryRefused(
                sentence("Everybody who is subscribed is in a mailing of this post already.")
            )
        mailing = Mailing(
            kind=Kind.CATCH_UP,
            post=post,
            newsletter=first.newsletter,
            segment=first.segment,
            segment_name=first.segment_name,
        )
        plan(mailing, compose_for(mailing, post), subscriber_ids, by=by, hold=hold)
    return mailing, True


def _lock(first: Mailing) -> PostPage:
    """The post of a first mailing that has begun, with nobody else at it."""
    locked = Mailing.objects.select_for_update().get(pk=first.pk)
    first.refresh_from_db()
    # Else all its readers would look like newcomers.
    for mailing in (locked, *recipients.mailings_of_post(locked)):
        check_not_folded(mailing)
    if locked.kind != Kind.FIRST or locked.undone_at:
        raise DeliveryRefused(
            sentence("Only what follows the first mailing of a post can be sent here.")
        )
    if locked.state in (State.SCHEDULED, State.HELD):
        raise DeliveryRefused(
            sentence("Nobody was mailed yet. Undo the mailing, change the post, and email it anew.")
        )
    if locked.post is None:
        raise DeliveryRefused(sentence("The post was deleted, so there is nothing to email."))
    if not locked.post.live:
        raise DeliveryRefused(
            sentence(
                "“%(title)s” is not published at the moment. Publish it as it should "
                "be, then email it.",
                title=locked.post.title,
            )
        )
    check_not_mailed_since(locked.post.pk)
    return locked.post


def _is_this_press(mailing: Mailing) -> bool:
    return mailing.undone_at is None and mailing.created_at > database_now() - ONE_PRESS
