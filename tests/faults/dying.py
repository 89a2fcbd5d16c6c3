"""Dies at one step of a hand-over after another, by os._exit as with kill -9, and goes on.

`python -m tests.faults.dying` in a site whose EMAIL_URL names a sink: for each step a mailing
to six in two batches, a child that dies there, and a parent that settles and sends the rest.
The last line is JSON: step to report.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django
from django.db import connections

READERS = 6
# Where, and whether just before or just after that call, and at which one of them.
STEPS: dict[str, tuple[str, str, int]] = {
    "before the rows of a claim": ("ledger.open_deliveries", "before", 1),
    "before the journal": ("ledger.Journal", "before", 1),
    "between journal and commit of the claim": ("ledger.Journal", "after", 1),
    "between claim and first attempt": ("senders.SenderPool._hand_over", "before", 1),
    "before an attempt is noted": ("journal.Journal.attempt", "before", 2),
    "between attempt and body": ("journal.Journal.attempt", "after", 2),
    "between answer and its note": ("journal.Journal.answer", "before", 2),
    "between note and writing of an answer": ("journal.Journal.answer", "after", 2),
    "before the record": ("ledger.record", "before", 1),
    "between record and its commit": ("ledger._close", "after", 1),
    "between commit and end of the journal": ("journal.Journal.delete", "before", 1),
    "before the end of the mailing": ("senders.finish_if_done", "before", 2),
}


def die_at(where: str, moment: str, times: int) -> None:
    from posts.delivery.worker import journal, ledger, senders

    owner: Any = {"journal": journal, "ledger": ledger, "senders": senders}
    *path, name = where.split(".")
    owner = owner[path[0]]
    for step in path[1:]:
        owner = getattr(owner, step)
    setattr(owner, name, _dying(getattr(owner, name), moment, times))


def _dying(real: Callable[..., Any], moment: str, times: int) -> Callable[..., Any]:
    calls = 0

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == times and moment == "before":
            os._exit(9)
        result = real(*args, **kwargs)
        if calls == times:
            os._exit(9)
        return result

    return call


def go_through(step: str) -> dict[str, Any]:
    from posts.delivery.mailings.finish import finish_done
    from posts.delivery.mailings.queries import count
    from posts.delivery.worker import recovery
    from posts.delivery.worker.drain import drain_ledger
    from tests.delivery.making import make_mailing

    mailing = make_mailing(READERS, batch_size=READERS // 2)
    connections.close_all()
    child = os.fork()
    if not child:
        die_at(*STEPS[step])
        drain_ledger(seconds=30, senders=1)  # so that the steps come in one order
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9, f"it did not die {step}"
    assert count(mailing).accounted
    recovery.settle_orphans()
    drain_ledger(seconds=30)
    finish_done()
    return {**count(mailing).as_json(), "addresses": _addresses(mailing.newsletter_id)}


def _addresses(newsletter_id: int) -> list[str]:
    from subscribers.models import Subscriber

    readers = Subscriber.objects.filter(subscriptions__newsletter_id=newsletter_id)
    return list(readers.values_list("address", flat=True))


if __name__ == "__main__":
    django.setup()
    reports = {step: go_through(step) for step in STEPS}
    sys.stdout.write(json.dumps(reports) + "\n")
