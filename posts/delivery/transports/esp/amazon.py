"""Amazon's two words for a bounce, which Resend passes on."""

from posts.delivery.transports.verdict import BLOCKED, HARD, SOFT, UNSUBSCRIBED_BEFORE

_BLOCKED = {"ContentRejected", "AttachmentRejected"}


def amazons_bounce(kind: str | None, detail: str | None) -> str:
    """Which kind of bounce it is. Of the address only where Amazon says that it lasts."""
    if kind == "Permanent":
        return UNSUBSCRIBED_BEFORE if detail == "UnsubscribedRecipient" else HARD
    return BLOCKED if detail in _BLOCKED else SOFT
