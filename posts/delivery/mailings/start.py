"""Starting a mailing: content and audience are frozen, and the batches are cut."""

from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from posts.content.models import PostPage
from posts.content.rendering import LetterTooLong
from posts.delivery import batches
from posts.delivery.clock import database_now
from posts.delivery.letters.compose import compose, mailing_headers
from posts.delivery.mailings.audit import (
    DeliveryRefused,
    audit,
    check_not_mailed_since,
    check_open,
    people,
    who,
)
from posts.delivery.mailings.queries import first_mailings, readers_of_digests
from posts.delivery.mailings.spread import cut
from posts.delivery.models import Batch, Letter, LetterVariant, Mailing
from posts.delivery.states import begin_mailing
from posts.delivery.transports import current
from posts.delivery.transports.base import Transport
from posts.sharing.actions import ensure_link
from subscribers import saying
from subscribers.addresses import AddressRefused
from subscribers.models import Newsletter
from subscribers.queries import Choice, audience, choices
from subscribers.saying import sentence, sentence_of
from subscribers.segments.models import Segment
from subscribers.segments.rules import Rule, RuleRefused, frozen

State = Mailing.State
Composed = tuple[Letter, list[LetterVariant]]


def start_mailing(
    *, post: PostPage, by: str, hold: int = 0, spread: int = 0, segment: Segment | None = None
) -> tuple[Mailing, bool]:
    """Create the first mailing of a published post and start it.

    `hold`: for so many seconds it can still be undone. `spread`: over so many it goes out.
    `segment`: only to these of its newsletter's readers; nobody else gets a first mailing then.

    Answers the mailing and whether it was created now: a post has one first mailing, whoever
    asks, however often. Content and audience are frozen here, in one transaction.

    Raises DeliveryRefused: not published, nobody subscribed, the transport may not be used,
    the letter is too long.
    """
    existing = first_mailings().filter(post=post).first()
    if existing is not None:
        return existing, False
    if not post.live:
        raise DeliveryRefused(
            sentence(
                "“%(title)s” is not published yet. Publish it, then email it.", title=post.title
            )
        )
    check_not_mailed_since(post.pk)
    mailing = Mailing(post=post, newsletter=post.newsletter, spread_seconds=spread)
    aim(mailing, segment)
    composed = compose_for(mailing, post)
    try:
        with transaction.atomic():
            plan(mailing, composed, subscribed_now(mailing), by=by, hold=hold)
    except IntegrityError:
        # Somebody else asked at the same moment: the constraint let one of us through.
        return first_mailings().get(post=post), False
    return mailing, True


def subscribed_now(mailing: Mailing) -> Iterable[int]:
    """Everybody who gets this newsletter at this moment; where the mailing has a segment, those
    whom it describes, and its rule is frozen. Raises DeliveryRefused: nobody does."""
    mailing.segment = freeze(mailing.segment)
    subscriber_ids = audience(mailing.newsletter_id, rule=mailing.segment)
    if mailing.segment and not subscriber_ids.exists():
        raise DeliveryRefused(
            sentence(
                "Nobody is in the segment “%(segment)s” at the moment, so there is "
                "nobody to email. Change its rule, or email everybody.",
                segment=mailing.segment_name,
            )
        )
    if not subscriber_ids.exists():
        if mailing.post is not None and readers_of_digests(mailing.post):
            raise DeliveryRefused(
                sentence(
                    "Everybody who is subscribed to “%(newsletter)s” gets its posts in a "
                    "weekly or monthly digest, so there is nobody to email now. Publish it: "
                    "it will be in the next digest.",
                    newsletter=mailing.newsletter,
                )
            )
        raise DeliveryRefused(
            sentence(
                "Nobody is subscribed to “%(newsletter)s” yet, so there is nobody to "
                "email. Publish it, and email it when the first readers have confirmed.",
                newsletter=mailing.newsletter,
            )
        )
    return subscriber_ids.iterator(chunk_size=10_000)


def aim(mailing: Mailing, segment: Segment | None) -> None:
    """Have a mailing go to a segment only. Raises DeliveryRefused: it is another newsletter's."""
    if segment is None:
        return
    if segment.newsletter_id != mailing.newsletter_id:
        raise DeliveryRefused(
            sentence(
                "The segment “%(segment)s” is of “%(its_newsletter)s”, and this post "
                "goes to “%(newsletter)s”. Choose a segment of that one.",
                segment=segment,
                its_newsletter=segment.newsletter,
                newsletter=mailing.newsletter,
            )
        )
    mailing.segment, mailing.segment_name = segment.rule, segment.name


def freeze(rule: Rule | None) -> Rule | None:
    """A rule as it reads now. Raises DeliveryRefused where it no longer can be read: without its
    tag, “is not tagged” would mean everybody."""
    try:
        return frozen(rule) if rule else None
    except RuleRefused as error:
        raise DeliveryRefused(
            sentence("The segment cannot be used: %(why)s", why=error.message)
        ) from error


def compose_for(mailing: Mailing, post: PostPage) -> Composed:
    """The letter of a mailing as the post stands now, unsaved, if it may go out at all."""
    check_way_out(mailing.newsletter)
    ensure_link(post=post)
    # A post that moved to another newsletter: this goes to the readers of the one it was for.
    post.newsletter = mailing.newsletter
    return compose_letter(
        post, choices(mailing.newsletter_id), subject=mailing.subject, note=mailing.note
    )


def compose_letter(
    post: PostPage, wanted: set[Choice], *, subject: str = "", note: str = ""
) -> Composed:
    """As `compose.compose`. Raises DeliveryRefused, in words that say what to do."""
    with refusing_in_words(post.newsletter):
        return compose(post, wanted, subject=subject, note=note)


@contextmanager
def refusing_in_words(newsletter: Newsletter) -> Iterator[None]:
    """Around composing a letter: what stands in its way becomes a DeliveryRefused that says what
    to do."""
    try:
        yield
    except LetterTooLong as error:
        raise DeliveryRefused(saying.of(error)) from error
    except AddressRefused as error:
        raise DeliveryRefused(
            sentence(
                "The newsletter “%(newsletter)s” cannot be sent from the address it has: "
                "%(why)s Correct it in the newsletter's settings, then try again.",
                newsletter=newsletter,
                why=error,
            )
        ) from error


def check_way_out(newsletter: Newsletter) -> Transport:
    """The transport, if it may be used for this newsletter. Raises DeliveryRefused.

    Nobody mails 5,000 people links to their own machine, or mails without an address; nor, after a
    return from a backup, who may have said no meanwhile.
    """
    check_open()
    transport = current()
    if transport.stays_here:
        return transport
    if reached_by_nobody():
        raise DeliveryRefused(
            sentence(
                "No reader elsewhere reaches this site: every link in the mail would lead her to "
                "her own machine. Say its address under Settings → Where readers find you, then "
                "try again."
            )
        )
    if not newsletter.postal_address.strip():
        raise DeliveryRefused(
            sentence(
                "The newsletter “%(newsletter)s” has no postal address, which every mail "
                "must show. Write it in the newsletter's settings, then try again.",
                newsletter=newsletter,
            )
        )
    return transport


def reached_by_nobody() -> bool:
    """Whether the address of the site is one that leads each reader to her own machine."""
    return urlsplit(settings.SITE_URL).hostname in ("localhost", "127.0.0.1", "::1")


def plan(
    mailing: Mailing,
    composed: Composed,
    subscriber_ids: Iterable[int],
    *,
    by: str,
    hold: int = 0,
) -> None:
    """Freeze the letter and who gets it (subscriber ids in ascending order, at least one), in the
    transaction of the caller. `sending` after it, or `held` for so many seconds."""
    letter, variants = composed
    letter.save()
    mailing.letter = letter
    begin_mailing(mailing, State.HELD if hold else State.SENDING, who=who(by))
    # Not this host's clock: it may be ahead of the one that says what is due.
    mailing.starts_at = database_now() + timedelta(seconds=hold)
    mailing.problem = ""
    mailing.save()
    for variant in variants:
        variant.letter = letter
        variant.headers = [*variant.headers, *mailing_headers(mailing)]
    LetterVariant.objects.bulk_create(variants)
    ids = array("q", subscriber_ids)
    Batch.objects.bulk_create(cut(mailing, ids, starts=mailing.starts_at), batch_size=200)
    mailing.candidates = len(ids)
    mailing.save(update_fields=["candidates"])
    detail = people(mailing.candidates)
    if hold:
        audit(
            mailing,
            by=by,
            action="held",
            detail=sentence_of(
                hold,
                "%(people)s, for %(number)s second",
                "%(people)s, for %(number)s seconds",
                people=detail,
            ),
        )
    else:
        audit(mailing, by=by, action="started", detail=detail)
        transaction.on_commit(batches.ring)
