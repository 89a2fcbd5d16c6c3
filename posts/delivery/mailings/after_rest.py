"""After a rest: one gentle mail with what a reader missed, and then she is as everybody.

`resting_since` is the queue: it stands until the mail for her is planned, and is cleared in the
transaction that plans it. So nobody gets two, nobody is forgotten, and a worker that dies in
between has done nothing.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from posts.content.models import PostPage
from posts.content.words import long_date
from posts.delivery.clock import database_now
from posts.delivery.mailings.audit import MACHINE, DeliveryRefused
from posts.delivery.mailings.digest_periods import HOUR, begins
from posts.delivery.mailings.digests import PACES, attach, compose, language_of, wanted_posts
from posts.delivery.mailings.start import plan
from posts.delivery.models import Batch, Delivery, Digest, DigestPost, Mailing
from subscribers.languages import spoken
from subscribers.models import Newsletter, Subscriber, Subscription
from subscribers.queries import choices_with_language

logger = logging.getLogger(__name__)

State = Mailing.State
MOST_POSTS = 5
# Looked through for them, newest first: what was published before that is not news any more.
LOOKED_AT = 100
Known = set[tuple[int, int]]  # a person, and a post that she has or will get


@dataclass(frozen=True)
class Returned:
    """Somebody whose rest is over, and since when it lasted."""

    id: int
    since: datetime
    pace: str


def welcome_back(now: datetime | None = None) -> int:
    """Mail those whose rest is over, at most once a day for each newsletter; answers for how many
    that is done. Not at midnight, when a rest ends, but in the morning."""
    now = now or database_now()
    if timezone.localtime(now).time() < HOUR:
        return 0
    with transaction.atomic():
        people = _returned(timezone.localdate(now))
        if not people:
            return 0
        waiting: set[int] = set()
        for newsletter in Newsletter.objects.order_by("pk"):
            waiting |= _greet(newsletter, people, now)
        done = [person.id for person in people if person.id not in waiting]
        Subscriber.objects.filter(id__among=done).update(resting_since=None)
    return len(done)


def _returned(today: date) -> list[Returned]:
    """Locked: of two beats the second waits here, and then finds nobody."""
    over = Q(resting_until__isnull=True) | Q(resting_until__lte=today)
    rows = Subscriber.objects.filter(over, resting_since__isnull=False).order_by("pk")
    return [
        Returned(pk, since, pace)
        for pk, since, pace in rows.select_for_update().values_list("pk", "resting_since", "pace")
        if since is not None
    ]


def _greet(newsletter: Newsletter, people: Sequence[Returned], now: datetime) -> set[int]:
    """Plan the mails of one newsletter, one for all who missed the same posts. Answers who has to
    wait: today's were planned already, or none may go out."""
    subscriber_ids = [person.id for person in people]
    readers = set(
        Subscription.objects.filter(
            newsletter=newsletter,
            status=Subscription.Status.ACTIVE,
            subscriber_id__among=subscriber_ids,
        ).values_list("subscriber_id", flat=True)
    )
    here = [person for person in people if person.id in readers]
    if not (missed := _missed(newsletter, here, now)):
        return set()
    today = timezone.localdate(now)
    planned = Digest.objects.filter(
        newsletter=newsletter, cadence=Digest.Cadence.RETURN, period=today
    )
    waiting: set[int] = set()
    if planned.exists():
        return waiting.union(*missed.values())
    for posts, ids in missed.items():
        try:
            _plan(newsletter, posts, ids, today)
        except DeliveryRefused as error:
            logger.warning("The mail after a rest waits (newsletter %s): %s", newsletter.pk, error)
            waiting.update(ids)
    return waiting


def _plan(
    newsletter: Newsletter, posts: Sequence[PostPage], ids: Sequence[int], today: date
) -> None:
    language, titled = language_of(posts), partial(_title, today)
    mailing = Mailing(kind=Mailing.Kind.DIGEST, newsletter=newsletter, subject=titled(language))
    people = Subscriber.objects.filter(id__among=ids)
    wanted = choices_with_language(people, language=language)
    letter = compose(mailing, posts, wanted, titled=titled, gentle=True)
    plan(mailing, letter, ids, by=MACHINE)
    digest = Digest(newsletter=newsletter, cadence=Digest.Cadence.RETURN, period=today)
    attach(digest, mailing, posts)


def _title(today: date, language: str) -> str:
    """Mails are forwarded: it must not tell that its reader was away."""
    with override(spoken(language)):
        return _("A little of what appeared until %(day)s") % {"day": long_date(today)}


def _missed(
    newsletter: Newsletter, people: Sequence[Returned], now: datetime
) -> dict[tuple[PostPage, ...], list[int]]:
    """Whom which posts passed by, newest first and capped; who missed nothing is not there."""
    if not people:
        return {}
    first = min(person.since for person in people)
    posts = list(wanted_posts(newsletter).filter(first_published_at__gt=first)[:LOOKED_AT])
    known, coming = _known(posts, people), _coming(posts, now)
    found: dict[tuple[PostPage, ...], list[int]] = defaultdict(list)
    for person in people:
        missed = [
            post
            for post in posts
            if post.first_published_at > person.since
            and (person.id, post.pk) not in known
            and (person.pace, post.pk) not in coming
        ]
        if missed:
            found[tuple(missed[:MOST_POSTS])].append(person.id)
    return found


def _carried(posts: Sequence[PostPage]) -> dict[int, set[int]]:
    """The mailings that bring these posts, and which of them."""
    found: dict[int, set[int]] = defaultdict(set)
    alone = Mailing.objects.filter(post__in=posts, undone_at__isnull=True)
    for mailing, post in alone.values_list("pk", "post_id"):
        found[mailing].add(post)
    together = DigestPost.objects.filter(
        post__in=posts, digest__mailing__isnull=False, digest__mailing__undone_at__isnull=True
    )
    for mailing, post in together.values_list("digest__mailing_id", "post_id"):
        found[mailing].add(post)
    return found


def _known(posts: Sequence[PostPage], people: Sequence[Returned]) -> Known:
    """Who has which post, or will: her rest ended while a mailing of it was under way."""
    mailings, subscriber_ids = _carried(posts), {person.id for person in people}
    # Batches before deliveries: one that is claimed in between is in both, not in neither.
    batches = Batch.objects.filter(
        mailing__in=list(mailings),
        state=Batch.State.WAITING,
        purpose=Batch.Purpose.FIRST,
        mailing__state__in=(State.SENDING, State.HELD, State.PAUSED),
    ).only("mailing_id", "recipients")
    have = {
        (subscriber_id, batch.mailing_id)
        for batch in batches.iterator(chunk_size=100)
        for subscriber_id in subscriber_ids.intersection(batch.ids())
    }
    rows = Delivery.objects.filter(
        mailing__in=list(mailings), subscriber_id__among=sorted(subscriber_ids)
    ).exclude(state=Delivery.State.LEFT_OUT)
    have.update(rows.values_list("subscriber_id", "mailing_id"))
    return {(subscriber_id, post) for subscriber_id, mailing in have for post in mailings[mailing]}


def _coming(posts: Sequence[PostPage], now: datetime) -> set[tuple[str, int]]:
    """Which posts are still to come for all of one pace: by a mailing that is scheduled, or by the
    digest of a week or month that is not over."""
    paces = {cadence.value: pace.value for cadence, pace in PACES.items()}
    alone = Mailing.objects.filter(
        post__in=posts, kind=Mailing.Kind.FIRST, state=State.SCHEDULED
    ).values_list("post_id", flat=True)
    coming = {(Subscriber.Pace.EACH.value, post) for post in alone}
    together = DigestPost.objects.filter(post__in=posts, digest__mailing__state=State.SCHEDULED)
    coming |= {
        (paces[cadence], post)
        for cadence, post in together.values_list("digest__cadence", "post_id")
        if cadence in paces
    }
    for cadence, pace in paces.items():
        begun = begins(Digest.Cadence(cadence), timezone.localdate(now))
        coming |= {(pace, post.pk) for post in posts if post.first_published_at >= begun}
    return coming
