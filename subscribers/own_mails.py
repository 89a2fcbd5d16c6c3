"""How often one of our own mails may become due to one person: one rule for all kinds.

Most of them can be caused by anybody who types an address into a form. The row on which they are
counted is also the queue, see `mailer`.
"""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from subscribers.models import Subscriber, TransactionalMail, new_token

Kind = TransactionalMail.Kind

A_DAY = timedelta(days=1)
MOST_CONFIRMATIONS = 3  # until she answers, however many days pass


def locked(person: Subscriber, kind: Kind) -> TransactionalMail:
    """The row on which mails of this kind to her are counted, held until the commit."""
    TransactionalMail.objects.get_or_create(subscriber=person, kind=kind)
    return TransactionalMail.objects.select_for_update().get(subscriber=person, kind=kind)


def ask(person: Subscriber, kind: Kind, *, again_after: timedelta = A_DAY, most: int = 1) -> bool:
    """Let a mail become due, in the caller's transaction; False: she had enough of this kind.

    `again_after`: how long she is left alone after one. `most`: of them, until a day passes
    without one; of those that ask her to confirm, until she answers.
    """
    return ask_on(locked(person, kind), again_after=again_after, most=most)


def ask_on(mail: TransactionalMail, *, again_after: timedelta = A_DAY, most: int = 1) -> bool:
    """As `ask`, where the caller holds the row already."""
    now = timezone.now()
    if _begins_anew(mail):
        mail.times = 0
        if mail.kind == Kind.CONFIRM:
            # The link stays the same until it is used: the mail that is under way must work.
            mail.token, mail.answered_at = new_token(), None
    elif (mail.mailed_at is not None and mail.mailed_at > now - again_after) or mail.times >= most:
        return False
    mail.due_at = now
    mail.save(update_fields=["token", "answered_at", "times", "due_at"])
    return True


def _begins_anew(mail: TransactionalMail) -> bool:
    if mail.kind == Kind.CONFIRM:
        return mail.token is None or mail.answered_at is not None
    return mail.mailed_at is None or mail.mailed_at <= timezone.now() - A_DAY


def note_used(person: Subscriber, kind: Kind) -> None:
    """The link arrived and was used: whoever asks again is not a stranger at the form."""
    rows = TransactionalMail.objects.filter(subscriber=person, kind=kind)
    rows.update(times=0, answered_at=timezone.now())


def allow_again(person: Subscriber, kind: Kind) -> None:
    """As if the last one had left a day earlier: limits are per mailbox, and hers is another now.

    Its time is kept, moved: the next Message-ID is made with it.
    """
    rows = TransactionalMail.objects.filter(subscriber=person, kind=kind)
    rows.update(mailed_at=F("mailed_at") - A_DAY)
