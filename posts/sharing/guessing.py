"""What stops whoever tries out codes.

A code holds 96 random bits or more. With a million posts online and a million tries a second, the
first hit is expected after more than a billion years. Even so a network that keeps missing is cut
off early, since its tries cost us work.
A right code is never refused: behind one network there may be a whole clinic, and one of them
trying codes must not close the door to the others.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from posts.sharing.queries import UnknownCode
from subscribers.guards import say
from subscribers.limits import counters
from subscribers.limits.network import network_of
from subscribers.limits.throttle import Limit

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]

# A link that lost a letter on its way may be tried by a whole ward; more than this is a machine.
MISSES = (Limit(30, timedelta(hours=1)), Limit(100, timedelta(days=1)))


def limit_misses(view: View[P, R]) -> View[P, R | HttpResponse]:
    """For every view that is asked by a code: after too many misses from one network, say so.

    Only misses are counted, by network and in a tally that is gone a day later. One that is over
    its limit is looked at and not written to, so that a flood of tries writes nothing.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R | HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except UnknownCode:
            seconds = _count_miss(network_of(request))
            if not seconds:
                raise
            return _too_many(request, seconds)

    return wrapper


def _count_miss(network: str) -> int:
    """Count it, and answer 0; or in how many seconds this network may miss again."""
    marks = [counters.mark("share link", "miss", network, lasts=each.lasts) for each in MISSES]
    counts = counters.peek(marks)
    over = [
        mark.seconds_left
        for mark, count, limit in zip(marks, counts, MISSES, strict=True)
        if count >= limit.most
    ]
    if not over:
        counters.add(marks)
    return max(over, default=0)


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    response = say(request, "sharing/too_many_misses.html", status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
