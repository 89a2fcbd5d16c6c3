"""Named reads: what the writer set, what is in force, and why mail waits."""

from posts.delivery import clock
from posts.delivery.rate import limits, texts
from posts.delivery.rate.limits import RateStatus
from posts.delivery.rate.models import Allowance, SendingSettings


def sending_settings() -> SendingSettings:
    """The one row; where none was saved yet, the defaults, and nothing is written."""
    return SendingSettings.objects.order_by("pk").first() or SendingSettings()


def standing(transport: str) -> RateStatus:
    """What is in force for this transport right now, and what was used of it."""
    row = Allowance.objects.filter(name=transport).first()
    return limits.standing(sending_settings(), row, clock.exact_now())


def why_waiting(transport: str) -> str:
    """Why mail waits or goes slowly now, and when that ends; empty when nothing holds it."""
    return texts.why(standing(transport))
