"""Sends our own mails: confirm, welcome, already subscribed. Runs in workers only.

A mail is due when its row says so. Claiming it is a conditional UPDATE that also counts it and
puts its due time a day ahead, before anything leaves; recording the outcome clears that. So a
worker that dies in between leaves a row that becomes due again the next day. That is on
purpose: whether the mail left is then unknown, and nobody may get two in a day, while somebody
who is waiting for her link must get it in the end.
"""

import logging
import smtplib
import time
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from subscribers.composing import compose
from subscribers.models import TransactionalMail
from subscribers.own_mails import A_DAY, MOST_CONFIRMATIONS

logger = logging.getLogger(__name__)

UNKNOWN_OUTCOME_WAITS = A_DAY
REFUSED_FOR_NOW_WAITS = timedelta(minutes=2)
MOST_REFUSALS_IN_A_ROW = 3  # then it is the server, not the recipients: leave it alone for now
# Held here too, for mails that became due by themselves.
_MAY_LEAVE = Q(times__lt=MOST_CONFIRMATIONS) | ~Q(kind=TransactionalMail.Kind.CONFIRM)
CHUNK = 100


class NotHandedOver(Exception):
    """For mail backends: this mail has certainly not left. Any other error leaves that open."""

    permanent = False  # about this recipient, and trying again would not help


def mail_due(*, subscriber_id: int | None = None, seconds: float = 20.0) -> int:
    """Send what is due (to one person, or to everybody) for a while. Returns how many left."""
    stop_at = time.monotonic() + seconds
    run = _Run()
    try:
        while rows := _due(subscriber_id):
            for row in rows:
                run.mail(row)
                if time.monotonic() > stop_at or run.refusals >= MOST_REFUSALS_IN_A_ROW:
                    return run.handed_over
    finally:
        run.close()
    return run.handed_over


def _due(subscriber_id: int | None) -> list[TransactionalMail]:
    due = TransactionalMail.objects.filter(_MAY_LEAVE, due_at__lte=timezone.now())
    if subscriber_id is not None:
        due = due.filter(subscriber_id=subscriber_id)
    return list(due.select_related("subscriber").order_by("due_at")[:CHUNK])


class _Run:
    """One worker's turn, over one connection."""

    def __init__(self) -> None:
        self.handed_over = 0
        self.refusals = 0
        self._connection: BaseEmailBackend | None = None

    def mail(self, row: TransactionalMail) -> None:
        """Claim one mail, send it, record what became of it."""
        now = timezone.now()
        if not _claim(row, now):
            return
        message = compose(row)
        if message is None:
            _release(row, now, due_at=None)
            return
        try:
            message.connection = self._open()
            message.send()
        except NotHandedOver as refusal:
            self._refused(row, now, refusal, permanent=refusal.permanent)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as refusal:
            self._refused(row, now, refusal, permanent=_for_good(refusal))
        else:
            self.handed_over += 1
            self.refusals = 0
            _claimed(row, now).update(due_at=None)

    def _open(self) -> BaseEmailBackend:
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except OSError as error:  # smtplib's errors among them: nothing has left yet
                raise NotHandedOver(str(error)) from error
            self._connection = connection
        return self._connection

    def _refused(
        self, row: TransactionalMail, now: datetime, refusal: Exception, *, permanent: bool
    ) -> None:
        logger.warning("A %s mail was not taken: %s", row.kind, refusal)
        if permanent:
            _release(row, now, due_at=None)
        else:
            self.refusals += 1
            _release(row, now, due_at=now + REFUSED_FOR_NOW_WAITS)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _claim(row: TransactionalMail, now: datetime) -> bool:
    # Two workers may have read the same row: only one of them finds its due time unchanged.
    return bool(
        TransactionalMail.objects.filter(_MAY_LEAVE, pk=row.pk, due_at=row.due_at).update(
            due_at=now + UNKNOWN_OUTCOME_WAITS, mailed_at=now, times=F("times") + 1
        )
    )


def _claimed(row: TransactionalMail, at: datetime) -> QuerySet[TransactionalMail]:
    """The row as we claimed it; nothing, when a new sign-up made it due again meanwhile."""
    return TransactionalMail.objects.filter(
        pk=row.pk, mailed_at=at, due_at=at + UNKNOWN_OUTCOME_WAITS
    )


def _release(row: TransactionalMail, claimed_at: datetime, *, due_at: datetime | None) -> None:
    """Take the claim back: nothing has left, so nothing counts."""
    _claimed(row, claimed_at).update(due_at=due_at, mailed_at=row.mailed_at, times=F("times") - 1)


def _for_good(refusal: smtplib.SMTPException) -> bool:
    return isinstance(refusal, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _ in refusal.recipients.values()
    )
