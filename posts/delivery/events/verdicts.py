"""How each provider says "this address is gone" and "not now": one small reader for each.

Anymail gives all providers one vocabulary, but puts hard and soft bounces into one word. They
are told apart by the provider's own fields.
"""

from collections.abc import Callable
from typing import Any

from posts.delivery.events.news import (
    BLOCKED,
    COMPLAINED_BEFORE,
    FAILED,
    HARD,
    SOFT,
    UNSUBSCRIBED_BEFORE,
    Verdict,
    What,
)

Raw = dict[str, Any]

# Anymail's words for what needs no closer look. Opens and clicks are no evidence of anything
# (some mail programs fetch every picture), so they are left out on purpose.
_PLAIN = {
    "queued": What.ACCEPTED,
    "sent": What.ACCEPTED,
    "deferred": What.DEFERRED,
    "delivered": What.DELIVERED,
    "complained": What.COMPLAINED,
    "unsubscribed": What.UNSUBSCRIBED,
}
_RETURNED = {"bounced": SOFT, "rejected": BLOCKED, "failed": FAILED}

_SUPPRESSED_BY_MAILGUN = {
    "suppress-bounce": HARD,
    "suppress-complaint": COMPLAINED_BEFORE,
    "suppress-unsubscribe": UNSUBSCRIBED_BEFORE,
}
_POSTMARK = {
    "HardBounce": HARD,
    "BadEmailAddress": HARD,
    "SoftBounce": SOFT,
    "SpamNotification": BLOCKED,  # a filter's opinion; the reader's own is SpamComplaint
    "VirusNotification": BLOCKED,
    "Blocked": BLOCKED,
    "DMARCPolicy": BLOCKED,
    "ManuallyDeactivated": BLOCKED,
}
_BREVO = {"hard_bounce": HARD, "invalid_email": HARD, "soft_bounce": SOFT, "blocked": BLOCKED}
_SES_BLOCKED = {"ContentRejected", "AttachmentRejected"}
_SPARKPOST_HARD = {"10", "30"}
_SPARKPOST_BLOCKED = {"25", "50", "51", "52", "53", "54"}


def verdict(provider: str, event: Any) -> Verdict:
    """What an event of anymail's means for us."""
    raw: Raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    special = _SPECIAL[provider](raw)
    if special is not None:
        return special
    if event.event_type in _RETURNED:
        reason = _REASONS[provider](raw) or _RETURNED[event.event_type]
        return Verdict(What.BOUNCED, reason)
    return Verdict(_PLAIN.get(event.event_type, What.NOTHING))


# --- What kind of bounce; empty: as the kind of event says --------------------------------


def _mailgun(raw: Raw) -> str:
    data = raw.get("event-data", {})
    status = data.get("delivery-status") or {}
    if reason := _SUPPRESSED_BY_MAILGUN.get(data.get("reason", "")):
        return reason
    if data.get("event") == "rejected":
        return BLOCKED
    if status.get("bounce-type") in (HARD, SOFT):
        return str(status["bounce-type"])
    if data.get("reason") == "espblock":
        return BLOCKED
    gave_up = data.get("reason") == "old"  # passing troubles, until the time was over
    return HARD if data.get("severity") == "permanent" and not gave_up else SOFT


def _postmark(raw: Raw) -> str:
    return _POSTMARK.get(raw.get("Type", "") or raw.get("SuppressionReason", ""), "")


def _brevo(raw: Raw) -> str:
    return _BREVO.get(raw.get("event", ""), "")


def _ses(raw: Raw) -> str:
    bounce = raw.get("bounce")
    return _by_amazon(bounce.get("bounceType"), bounce.get("bounceSubType")) if bounce else ""


def _resend(raw: Raw) -> str:
    bounce = (raw.get("data") or {}).get("bounce") or {}
    return _by_amazon(bounce.get("type"), bounce.get("subType")) if bounce else ""


def _by_amazon(kind: str | None, detail: str | None) -> str:
    """Amazon's two words; Resend passes them on."""
    if kind == "Permanent":
        return UNSUBSCRIBED_BEFORE if detail == "UnsubscribedRecipient" else HARD
    return BLOCKED if detail in _SES_BLOCKED else SOFT


def _sparkpost(raw: Raw) -> str:
    kind = str(_sparkpost_event(raw).get("bounce_class", ""))
    if kind in _SPARKPOST_HARD:
        return HARD
    return BLOCKED if kind in _SPARKPOST_BLOCKED else ""


def _sparkpost_event(raw: Raw) -> Raw:
    return next(iter(raw.get("msys", {}).values()), {})


# --- Where anymail's word is not ours ------------------------------------------------------


def _nothing_special(raw: Raw) -> Verdict | None:
    return None


def _special_postmark(raw: Raw) -> Verdict | None:
    if raw.get("Type") == "SpamNotification":
        return Verdict(What.BOUNCED, BLOCKED)
    return None


def _special_ses(raw: Raw) -> Verdict | None:
    if raw.get("eventType") == "DeliveryDelay":
        return Verdict(What.DEFERRED)
    complaint = raw.get("complaint") or {}
    if complaint.get("complaintSubType") == "OnAccountSuppressionList":
        return Verdict(What.BOUNCED, COMPLAINED_BEFORE)  # nothing was sent to her this time
    return None


def _special_resend(raw: Raw) -> Verdict | None:
    if raw.get("type") == "email.failed":
        return Verdict(What.BOUNCED, FAILED)
    return None


_REASONS: dict[str, Callable[[Raw], str]] = {
    "mailgun": _mailgun,
    "postmark": _postmark,
    "brevo": _brevo,
    "resend": _resend,
    "ses": _ses,
    "sparkpost": _sparkpost,
}
_SPECIAL: dict[str, Callable[[Raw], Verdict | None]] = {
    "mailgun": _nothing_special,
    "postmark": _special_postmark,
    "brevo": _nothing_special,
    "resend": _special_resend,
    "ses": _special_ses,
    "sparkpost": _nothing_special,
}
