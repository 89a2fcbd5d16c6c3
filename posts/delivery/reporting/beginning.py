"""When a mailing started, which for a scheduled one is not when it was made."""

from datetime import datetime

from django.db.models import Min

from posts.delivery.models import Batch, Mailing


def started(mailing: Mailing) -> datetime:
    """When its first batch could be taken up; before it has batches, when that is planned."""
    first: datetime | None = Batch.objects.filter(
        mailing=mailing, purpose=Batch.Purpose.FIRST
    ).aggregate(first=Min("not_before"))["first"]
    return first or mailing.starts_at or mailing.created_at
