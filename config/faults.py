"""Faults told to a Sentry (or what speaks like one), where SENTRY_DSN names it.

What leaves is what a programmer needs: the kind of fault, where in the code, and which request,
mailing or batch. No body, no cookie, no header, no variable and no address of anybody; what is left
of words passes through `logs.discreet`, as in a log. Nothing is loaded where nothing is named.
"""

from typing import Any

from config.logs import OF_STRANGERS, discreet
from subscribers.log_context import bound

__all__ = ["tell", "without_people"]

# Who asked and what for, and what led there.
_PRIVATE = ("user", "request", "breadcrumbs", "server_name", "modules", "extra")


def tell(dsn: str, **more: Any) -> None:
    """From now on. Raises ValueError: `dsn` is none. `more`: for `sentry_sdk.init`."""
    import sentry_sdk

    sentry_sdk.init(
        dsn,
        before_send=without_people,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        **more,
    )


def without_people(event: Any, hint: Any) -> Any:
    if str(event.get("logger", "")).startswith(OF_STRANGERS):
        return None  # a request that was refused is their fault
    for name in _PRIVATE:
        event.pop(name, None)
    event["tags"] = {name: str(value) for name, value in bound().items()}
    return _discreet(event)


def _discreet(value: Any) -> Any:
    """The same, each of its words as a log would have it."""
    if isinstance(value, str):
        return discreet(value)
    if isinstance(value, dict):
        return {name: _discreet(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_discreet(each) for each in value]
    return value
