"""What happens by the clock before a mailing goes out: held for undo, or scheduled for later.

Nobody was attempted in either state, so both can be taken back as if never asked for. All due
times are the database's.
"""

import logging
from datetime import datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models.functions import Now

from posts.content.models import PostPage
from posts.delivery import batches
from posts.delivery.clock import GRAIN, database_now, later
from posts.delivery.mailings import digests
from posts.delivery.mailings.audit import (
    MACHINE,
    DeliveryRefused,
    audit,
    check_not_mailed_since,
    people,
    who,
)
from posts.delivery.mailings.queries import first_mailings
from posts.delivery.mailings.spread import begin_now
from posts.delivery.mailings.start import aim, check_way_out, compose_for, plan, subscribed_now
from posts.delivery.mailings.times import check_ahead
from posts.delivery.models import Batch, Mailing
from posts.delivery.rate.queries import sending_settings
from posts.delivery.states import Who, begin_mailing, move_mailings
from subscribers import saying
from subscribers.languages import inside
from subscribers.saying import sentence
from subscribers.segments.models import Segment

logger = logging.getLogger(__name__)

State = Mailing.State
# Found later than this, a scheduled mailing asks first: "good morning" is wrong at noon.
LATEST = timedelta(minutes=60)


def undo_seconds() -> int:
    """For how long after the press a mailing can still be undone."""
    return sending_settings().undo_seconds


# --- Held ---------------------------------------------------------------------------------


def release_held() -> int:
    """Start every mailing whose time to undo is over; answers how many. Undo and this may come
    at the same moment: each is one conditional UPDATE, so exactly one of them happens."""
    over = Mailing.objects.filter(state=State.HELD, problem="", starts_at__lte=later(GRAIN))
    return sum(_let_go(mailing) for mailing in list(over.order_by("id")))


def _let_go(mailing: Mailing) -> bool:
    try:
        return _release(mailing, by=MACHINE, action="released")
    except (DeliveryRefused, ImproperlyConfigured) as error:
        _wait_for_a_person(mailing, saying.of(error))
        return False


def _release(mailing: Mailing, *, by: str, action: str) -> bool:
    """Raises DeliveryRefused, ImproperlyConfigured: mail leaves another way since the press."""
    if mailing.state == State.HELD:
        check_way_out(mailing.newsletter)
    with transaction.atomic():
        held = Mailing.objects.filter(pk=mailing.pk, state=State.HELD)
        if by == MACHINE:
            held = held.filter(starts_at__lte=later(GRAIN))
        if not move_mailings(held, State.SENDING, who=who(by), starts_at=Now(), problem=""):
            return False
        begin_now(mailing)
        audit(mailing, by=by, action=action, detail=people(mailing.candidates))
        transaction.on_commit(batches.ring)
    return True


# --- Taken back ---------------------------------------------------------------------------


def undo(*, mailing: Mailing, by: str) -> int:
    """Take a mailing back before anybody was attempted. Answers how many would have got it.

    Nothing of it is left but its row and its audit, and the post may be emailed anew.
    """
    if (candidates := take_back(mailing, by=by, action="undone")) is None:
        raise DeliveryRefused(
            sentence(
                "It is too late to undo: this mailing is %(state)s. What is not handed "
                "over yet can still be held back with “Pause” or “Cancel”.",
                state=inside(mailing.get_state_display()),
            )
            if mailing.state in (State.SENDING, State.PAUSED)
            else sentence(
                "This mailing is %(state)s; there is nothing to undo.",
                state=inside(mailing.get_state_display()),
            )
        )
    return candidates


def take_back(mailing: Mailing, *, by: str, action: str) -> int | None:
    """As `undo`; None, having changed nothing, when it has started already."""
    with transaction.atomic():
        unstarted = Mailing.objects.filter(pk=mailing.pk, state__in=(State.HELD, State.SCHEDULED))
        taken = move_mailings(
            unstarted, State.CANCELLED, who=Who.PERSON, undone_at=Now(), problem=""
        )
        mailing.refresh_from_db()
        if not taken:
            return None
        candidates, letter = mailing.candidates, mailing.letter
        Batch.objects.filter(mailing=mailing).delete()
        mailing.candidates, mailing.letter = 0, None
        mailing.save(update_fields=["candidates", "letter"])
        if letter is not None:
            letter.delete()  # and its variants
        audit(
            mailing,
            by=by,
            action=action,
            detail=sentence("%(people)s, nobody was mailed", people=people(candidates)),
        )
    return candidates


# --- Scheduled ----------------------------------------------------------------------------


def schedule_mailing(
    *, post: PostPage, at: datetime, by: str, spread: int = 0, segment: Segment | None = None
) -> tuple[Mailing, bool]:
    """Have the first mailing of a post start by itself at a time. Content and audience are
    frozen then, not now; a segment's rule is the one of now. Answers the mailing and whether it
    was created now."""
    existing = first_mailings().filter(post=post).first()
    if existing is not None:
        return existing, False
    check_ahead(at)
    _check_public_by(post, at)
    check_not_mailed_since(post.pk)
    try:
        with transaction.atomic():
            mailing = Mailing(
                post=post,
                newsletter=post.newsletter,
                starts_at=at,
                spread_seconds=spread,
            )
            begin_mailing(mailing, State.SCHEDULED, who=Who.PERSON)
            aim(mailing, segment)
            mailing.save()
            audit(mailing, by=by, action="scheduled", detail=sentence("for %(at)s", at=at))
    except IntegrityError:
        return first_mailings().get(post=post), False
    return mailing, True


def reschedule(*, mailing: Mailing, at: datetime, by: str) -> None:
    """Another time for a mailing that has not started."""
    check_ahead(at)
    if mailing.kind != Mailing.Kind.DIGEST:
        if mailing.post is None:
            raise DeliveryRefused(DELETED)
        _check_public_by(mailing.post, at)
    with transaction.atomic():
        changed = Mailing.objects.filter(pk=mailing.pk, state=State.SCHEDULED).update(
            starts_at=at, problem=""
        )
        mailing.refresh_from_db()
        if not changed:
            raise DeliveryRefused(
                sentence(
                    "This mailing is %(state)s; its time cannot be changed any more.",
                    state=inside(mailing.get_state_display()),
                )
            )
        audit(mailing, by=by, action="rescheduled", detail=sentence("for %(at)s", at=at))


DELETED = sentence("The post was deleted, so there is nothing to email. Cancel this mailing.")


def goes_public_at(post: PostPage) -> datetime | None:
    """When what waits for its time in the editor goes live: the post, or changes to it."""
    revision = post.scheduled_revision
    return revision.approved_go_live_at if revision else None


def _check_public_by(post: PostPage, at: datetime) -> None:
    goes_public = goes_public_at(post)
    if not post.live and (goes_public is None or goes_public > at):
        raise DeliveryRefused(
            sentence(
                "“%(title)s” will not be published by %(at)s. Publish it, or set it to "
                "go live by then, in the editor.",
                title=post.title,
                at=at,
            )
        )


def start_now(*, mailing: Mailing, by: str) -> None:
    """Start a mailing that is held or scheduled without waiting any longer."""
    if _release(mailing, by=by, action="started now") or _start_scheduled(mailing, by=by):
        mailing.refresh_from_db()
        return
    mailing.refresh_from_db()
    raise DeliveryRefused(
        sentence(
            "This mailing is %(state)s; it does not wait to be started.",
            state=inside(mailing.get_state_display()),
        )
    )


def start_due() -> None:
    """Start each scheduled mailing whose time has come. What cannot start says why, on its page,
    and waits for a person."""
    due = Mailing.objects.filter(
        state=State.SCHEDULED, problem="", starts_at__lte=later(GRAIN)
    ).order_by("starts_at", "id")
    for mailing in list(due):
        try:
            _start_scheduled(mailing, by=MACHINE)
        except (DeliveryRefused, ImproperlyConfigured) as error:
            _wait_for_a_person(mailing, saying.of(error))
        except DatabaseError:
            raise  # away for a moment; the next sweep tries again
        except Exception as error:
            _wait_for_a_person(
                mailing,
                sentence(
                    "A fault in Passalong kept this mailing from starting (%(error)s). "
                    "Nobody was mailed. The worker's log has the details; start it when "
                    "that is repaired.",
                    error=repr(error),
                ),
            )
            raise


def _start_scheduled(mailing: Mailing, *, by: str) -> bool:
    """Plan it and let it go, in one transaction. False when it is not, or no longer, to be
    started: two sweeps at once, or a person who cancels, wait for each other here."""
    with transaction.atomic():
        locked = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if locked.state != State.SCHEDULED or locked.starts_at is None:
            return False
        now = database_now() + GRAIN
        post = locked.post
        if by == MACHINE:
            if locked.starts_at > now:
                return False  # rescheduled a moment ago
            if post is not None and _is_about_to_go_public(post, now):
                return False  # the next sweep finds it published
            _check_not_late(locked.starts_at, now)
        if locked.kind == Mailing.Kind.DIGEST:
            plan(locked, *digests.composed_for(locked), by=by)
            return True
        if post is None:
            raise DeliveryRefused(DELETED)
        if not post.live:
            raise DeliveryRefused(
                sentence(
                    "“%(title)s” is not published, so there is nothing its readers could "
                    "read online. Publish it, then start the mailing.",
                    title=post.title,
                )
            )
        if locked.segment and locked.newsletter_id != post.newsletter_id:
            raise DeliveryRefused(
                sentence(
                    "The post moved to “%(newsletter)s”, and the segment “%(segment)s” is of "
                    "another newsletter. Cancel this mailing, and email the post anew.",
                    newsletter=post.newsletter,
                    segment=locked.segment_name,
                )
            )
        locked.newsletter = post.newsletter
        plan(locked, compose_for(locked, post), subscribed_now(locked), by=by)
    return True


def _is_about_to_go_public(post: PostPage, now: datetime) -> bool:
    """Its time has come too, and beat publishes it within a minute: the letter must have in it
    what the page will have."""
    goes_public = goes_public_at(post)
    return goes_public is not None and goes_public <= now


def _check_not_late(starts_at: datetime, now: datetime) -> None:
    if now - starts_at > LATEST:
        raise DeliveryRefused(
            sentence(
                "It was to start at %(at)s, but nothing ran here at that time, and now "
                "it is more than an hour late. Nobody was mailed. Start it now if it is "
                "still right, choose another time, or cancel it.",
                at=starts_at,
            )
        )


def _wait_for_a_person(mailing: Mailing, problem: str) -> None:
    with transaction.atomic():
        waiting = Mailing.objects.filter(
            pk=mailing.pk, state__in=(State.HELD, State.SCHEDULED), problem=""
        )
        if waiting.update(problem=problem):
            audit(mailing, by=MACHINE, action="waits", detail=problem)
            logger.warning("Mailing %s did not start: %s", mailing.pk, problem)
