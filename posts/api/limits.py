"""How often somebody may call.

Counted in Redis where there is one, and else in the memory of this process: without Redis a site
has one web process, and a call that only reads must not wait for the disk.
"""

import threading
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest

from posts.api.problems import ApiProblem
from posts.desk.programs.models import ProgramToken
from subscribers.limits import counters
from subscribers.limits.counters import Mark
from subscribers.limits.network import network_of
from subscribers.limits.throttle import PER_SITE, Limit

__all__ = ["count_asking", "count_call"]

PER_TOKEN = Limit(600, timedelta(minutes=1))
# Of one network without a token that is good: whoever reads what is public, or tries tokens.
PER_NETWORK = Limit(120, timedelta(minutes=1))
_MOST_REMEMBERED = 10_000  # in this minute, by this process
_counts: dict[str, int] = {}
_one_at_a_time = threading.Lock()


def count_call(request: HttpRequest, program: ProgramToken | None) -> None:
    """Raises ApiProblem, which says when to go on."""
    limit = PER_TOKEN if program else PER_NETWORK
    who = ("token", str(program.pk)) if program else ("network", network_of(request))
    mark = counters.mark("api", *who, lasts=limit.lasts)
    count = counters.add([mark])[0] if settings.REDIS_URL else _count_here(mark)
    _refuse_more(mark, count, limit.most, "calls in a minute")


def count_asking(program: ProgramToken, number: int = 1) -> None:
    """Mails that ask to confirm: one program causes no more than all forms together. Kept in the
    database or Redis, for these leave the house. Raises ApiProblem."""
    if number > PER_SITE.most:
        raise ApiProblem(
            422,
            f"At most {PER_SITE.most} people are asked in an hour. Send fewer of them in one call.",
            kind="cannot",
        )
    mark = counters.mark("api asks", str(program.pk), lasts=PER_SITE.lasts)
    count = counters.add([mark], number=number)[0]
    _refuse_more(mark, count, PER_SITE.most, "mails that ask, in an hour")


def _count_here(mark: Mark) -> int:
    with _one_at_a_time:
        if mark.name not in _counts and len(_counts) >= _MOST_REMEMBERED:
            _counts.clear()  # those of minutes that are over, mostly
        _counts[mark.name] = _counts.get(mark.name, 0) + 1
        return _counts[mark.name]


def _refuse_more(mark: Mark, count: int, most: int, of_what: str) -> None:
    if count > most:
        raise ApiProblem(
            429,
            f"That is more than {most} {of_what}. Wait, and go on more slowly.",
            kind="too-many",
            retry_after=mark.seconds_left,
        )
