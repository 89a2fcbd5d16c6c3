"""No regular expression of ours takes the square of a text's length, whatever is written in it.

Each is tried with its own signs and words, again and again, followed by what it cannot match. So a
new one is tried, too, without anybody thinking of it.
"""

from collections.abc import Iterator

import pytest

from tests.growth.expressions import Expression, composed, expressions
from tests.growth.measuring import MOST, growth_of_time, patience, unhindered

SIZE = 512
TOLD_APART = 0.00004  # seconds: an expression takes microseconds
ALL = list(expressions())
# Put together from what we made ourselves; what they look through is as well.
COMPOSED = {
    "posts.content.forms",  # the slug of a page
    "posts.delivery.events.privacy",  # an address that we know
    "posts.delivery.letters.compile",  # the key of a letter's slots
    "posts.delivery.reporting.sql",  # two expressions that stand above
    "posts.delivery.transports.esp.merging",  # the key of a letter's slots
    "posts.delivery.transports.outbox",  # the number of a reader
    "subscribers.lists.consent",  # lists of words, between which it chooses
    "subscribers.lists.forgetting",  # an address that we know
    "subscribers.lists.statuses",  # the names of months, within dates
}


def test_there_are_many() -> None:
    assert len(ALL) > 80


def test_those_that_are_put_together_while_we_run_are_known() -> None:
    assert composed() == COMPOSED


@pytest.fixture(scope="module", autouse=True)
def undisturbed() -> Iterator[None]:
    with unhindered():
        yield


@pytest.mark.parametrize("expression", ALL, ids=lambda one: f"{one.where}.{one.use}")
def test_it_takes_no_square(expression: Expression) -> None:
    slow = []
    with patience():
        for unit in expression.units():
            for head in expression.heads():

                def make(size: int, unit: str = unit, head: str = head) -> str | bytes:
                    return expression.text(unit, head, size)

                growth = growth_of_time(
                    expression.read, make, first=SIZE, largest=8 * SIZE, told_apart=TOLD_APART
                )
                if growth.ratio >= MOST:
                    slow.append((head, unit, str(growth)))
    assert slow == []
