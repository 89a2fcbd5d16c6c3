"""What the desk still holds of a person who is erased: by what people were searched for, and a new
password that somebody asked for in her name."""

from collections.abc import Collection

from posts.desk.models import BulkWork, WaitingReset
from subscribers import knowledge


def register_with_subscribers() -> None:
    knowledge.register("desk", None, forget=forget)


def forget(subscriber_id: int, addresses: Collection[str]) -> None:
    """Work that is done says no more that it was found by the beginning of her address.

    What is still to be done needs it, and drops it at its end.
    """
    lowered = [address.lower() for address in addresses]
    for address in lowered:
        WaitingReset.objects.filter(email__iexact=address).delete()
    for work in BulkWork.objects.filter(finished_at__isnull=False).exclude(found__q=""):
        sought = str(work.found.get("q", "")).strip().lower()
        if any(address.startswith(sought) for address in lowered):
            BulkWork.objects.filter(pk=work.pk).update(found={**work.found, "q": ""})
