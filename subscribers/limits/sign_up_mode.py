"""The door to the list, which the writer narrows or shuts while a flood of sign-ups lasts.

Only signing up is touched: links in mails, preferences, confirming and leaving work on, and so do
imports.
"""

from subscribers.limits.models import DoorSetting

Mode = DoorSetting.Mode


def mode() -> DoorSetting.Mode:
    """What is in force."""
    last = DoorSetting.objects.order_by("-pk").values_list("mode", flat=True).first()
    return Mode(last) if last else Mode.OPEN


def narrowed() -> DoorSetting | None:
    """The setting in force, if it keeps anybody out."""
    last = DoorSetting.objects.order_by("-pk").first()
    return last if last and last.mode != Mode.OPEN else None


def history(most: int = 10) -> list[DoorSetting]:
    """Who changed it when, newest first."""
    return list(DoorSetting.objects.order_by("-pk")[:most])


def set_mode(*, mode: DoorSetting.Mode, by: str) -> bool:
    """Open, narrow or shut it from now on. False: it was so already."""
    last = DoorSetting.objects.order_by("-pk").values_list("mode", flat=True).first()
    if (last or Mode.OPEN) == mode:
        return False
    DoorSetting.objects.create(mode=mode, by=by)
    return True
