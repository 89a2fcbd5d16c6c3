"""What a database that came back from a backup must not do by itself, and how a person lets it.

What was waiting or under way when the backup was taken may have gone out from the original since.
So all of it is paused, with a sentence that says so; what is already scheduled waits for a word;
mails of our own that were due are set aside. Numbers begin further on, so that no new mailing has
the number of one that the original made since: providers and bounces name a mailing by it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from posts.content.models import PostPage
from posts.delivery import batches, restored
from posts.delivery.mailings.audit import MACHINE, audit
from posts.delivery.models import Batch, Delivery, Heartbeat, Mailing, TransportStatus
from posts.delivery.restored import Restoration
from posts.delivery.states import Who, move_deliveries, move_mailings
from subscribers.limits.models import WaitingSignUp
from subscribers.lists.jobs import fail_all_at_work
from subscribers.models import Subscriber, TransactionalMail
from subscribers.saying import sentence, sentence_of

State = Mailing.State
BY = "restore"
CAME_BACK = "came back"


def come_back(
    *, taken_at: datetime, known_until: datetime | None, whole: bool, objectors: int
) -> Restoration:
    """Everything above, in the transaction that restores. `whole`: all objections are known, so
    mailing need not be opened by a person."""
    now = timezone.now()
    Restoration.objects.filter(opened_by=restored.UNFINISHED).delete()
    back = Restoration.objects.create(
        taken_at=taken_at,
        restored_at=now,
        known_until=known_until,
        objectors=objectors,
        opened_at=now if whole else None,
        opened_by=BY if whole else "",
        newest_post=PostPage.objects.aggregate(newest=Max("pk"))["newest"] or 0,
    )
    _leave_in_doubt_what_was_under_way()
    for mailing in Mailing.objects.filter(
        state__in=(State.SENDING, State.HELD, State.PAUSED, State.SCHEDULED)
    ):
        _pause(mailing, back)
    back.set_aside = _set_aside(now)
    back.save(update_fields=["set_aside"])
    Heartbeat.objects.all().delete()
    TransportStatus.objects.all().delete()
    return back


def _leave_in_doubt_what_was_under_way() -> None:
    """As `worker.recovery` does with a host that is gone, but for any transport: what is harmless
    to repeat beside the original is not known. Nobody works on these batches: whoever did has
    another database."""
    claimed = Batch.objects.filter(state=Batch.State.CLAIMED)
    for batch in claimed:
        rows = Delivery.objects.filter(mailing=batch.mailing_id, batch_id=batch.pk)
        move_deliveries(
            rows.filter(state=Delivery.State.ATTEMPTING), Delivery.State.IN_DOUBT, who=Who.MACHINE
        )
    claimed.update(
        state=Batch.State.FINISHED,
        recipients=b"",
        announced=None,
        finished_at=timezone.now(),
        lease_until=None,
        key="",
        key_until=None,
    )
    # A key was given for a call of the original's.
    Batch.objects.filter(state=Batch.State.WAITING).update(key="", key_until=None)


def _pause(mailing: Mailing, back: Restoration) -> None:
    row = Mailing.objects.filter(pk=mailing.pk)
    if mailing.state == State.SCHEDULED:
        problem = sentence(
            "This site came back from a backup of %(taken)s. If the mailing's time "
            "came after that, its letters may be out already, and nobody here "
            "knows. Start it now or choose another time if you are sure that they "
            "are not; else cancel it.",
            taken=back.taken_at,
        )
        row.update(problem=problem)
    else:
        if mailing.state == State.HELD:
            move_mailings(row, State.SENDING, who=Who.MACHINE, starts_at=timezone.now())
        if mailing.state != State.PAUSED:
            move_mailings(row, State.PAUSED, who=Who.MACHINE)
        problem = sentence_of(
            _waiting(mailing),
            "This site came back from a backup of %(taken)s, when %(number)s person still waited "
            "for this letter. She may have got it since, and nobody here knows. Resume mails her; "
            "if you are not sure that she has not got it, cancel it.",
            "This site came back from a backup of %(taken)s, when %(number)s people still waited "
            "for this letter. They may have got it since, and nobody here knows. Resume mails all "
            "of them; if you are not sure that they have not got it, cancel it.",
            taken=back.taken_at,
        )
        row.update(problem=problem)
    audit(mailing, by=MACHINE, action=CAME_BACK, detail=problem)


def _waiting(mailing: Mailing) -> int:
    sizes = Batch.objects.filter(mailing=mailing, state=Batch.State.WAITING)
    return sum(sizes.values_list("size", flat=True))


def _set_aside(now: datetime) -> dict[str, int]:
    """Mails of our own that were due, and what would make some. Whoever waited asks again; that is
    as if she had asked a moment after the backup."""
    over = Q(resting_until__isnull=True) | Q(resting_until__lte=timezone.localdate(now))
    return {
        "own mails": TransactionalMail.objects.filter(due_at__isnull=False).update(due_at=None),
        "sign-ups": WaitingSignUp.objects.all().delete()[0],
        "after a rest": Subscriber.objects.filter(over, resting_since__isnull=False).update(
            resting_since=None
        ),
        "imports": fail_all_at_work(
            sentence(
                "The site came back from a backup while this list was read. Upload it again: "
                "whoever is here already is not added twice."
            )
        ),
    }


def let_mail_go(*, by: str) -> bool:
    """Open mailing after a return. False: it was not shut, or it is not whole. What is paused stays
    so."""
    with transaction.atomic():
        whole = Restoration.objects.exclude(opened_by=restored.UNFINISHED)
        opened = whole.filter(opened_at=None).update(opened_at=timezone.now(), opened_by=by[:150])
        transaction.on_commit(batches.ring)
    return bool(opened)


def was_not_mailed(*, post_id: int, by: str) -> None:
    """Somebody says that a post was not mailed since the backup: it may be, from now on."""
    with transaction.atomic():
        back = Restoration.objects.select_for_update().order_by("-pk").first()
        if back is not None and post_id not in back.mailable:
            back.mailable = [*back.mailable, post_id]
            back.save(update_fields=["mailable"])


def mailings_in_question() -> list[Mailing]:
    """Those that were paused by a return, or wait for a word after it."""
    back = restored.latest()
    if back is None:
        return []
    rows = Mailing.objects.filter(
        state__in=(State.PAUSED, State.SCHEDULED),
        events__action=CAME_BACK,
        events__at__gte=back.restored_at,
    )
    return list(rows.select_related("post").distinct().order_by("-pk"))


def posts_in_question(most: int = 50) -> list[PostPage]:
    """The published posts that were in the backup and are not known to have been mailed, newest
    first."""
    back = restored.latest()
    if back is None:
        return []
    mailed = Mailing.objects.filter(kind=Mailing.Kind.FIRST, undone_at=None, post__isnull=False)
    posts = PostPage.objects.live().filter(pk__lte=back.newest_post)
    return list(
        posts.exclude(pk__in=back.mailable)
        .exclude(pk__in=mailed.values("post_id"))
        .exclude(arrival__was_public=True)
        .order_by("-first_published_at")[:most]
    )
