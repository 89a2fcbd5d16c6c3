import re
from itertools import product
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.db import transaction

from posts import delivery
from posts.content.actions import Foundation
from posts.delivery import states
from posts.delivery.events import moves
from posts.delivery.mailings import spread
from posts.delivery.mailings.queries import report
from posts.delivery.models import Delivery, Mailing
from posts.delivery.states import DELIVERIES, MAILINGS, ImpossibleStep, Who
from tests.delivery.making import claim, make_mailing
from tests.delivery.walking import STEPS, States, Walk
from tests.delivery.writers import writers
from tests.factories import make_post

D, M = Delivery.State, Mailing.State
Taken = tuple[Mailing.State | Delivery.State, Mailing.State | Delivery.State]
DELIVERY = Path(settings.BASE_DIR) / "posts" / "delivery"
WRITER = DELIVERY / "states.py"


def test_each_state_has_its_place_in_the_tables() -> None:
    assert set(MAILINGS) == set(M)
    assert set(DELIVERIES) == set(D)


def test_what_was_cancelled_left_out_or_complained_about_stays_so() -> None:
    assert not MAILINGS[M.CANCELLED]
    assert not DELIVERIES[D.LEFT_OUT]
    assert not DELIVERIES[D.COMPLAINED]


def test_a_new_attempt_after_a_refusal_is_for_a_person_to_ask_for() -> None:
    assert DELIVERIES[D.REFUSED][D.RETRYING] == Who.PERSON


def test_each_state_that_a_provider_may_report_has_its_event() -> None:
    reported = {
        to for steps in DELIVERIES.values() for to, who in steps.items() if Who.PROVIDER in who
    }
    assert set(moves.STATES.values()) == reported


@pytest.mark.django_db
def test_only_who_may_goes_from_one_state_to_the_next() -> None:
    mailing = make_mailing(2)
    claim().journal.delete()
    rows = Delivery.objects.filter(mailing=mailing)
    first = rows.order_by("subscriber_id")[:1].get().subscriber_id
    assert states.move_deliveries(rows.filter(subscriber_id=first), D.REFUSED, who=Who.MACHINE)
    assert states.move_deliveries(rows, D.RETRYING, who=Who.PERSON) == 1
    assert set(rows.values_list("state", flat=True)) == {D.ATTEMPTING, D.RETRYING}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("to", "who"), [(M.SCHEDULED, Who.PERSON), (M.FINISHED, Who.PERSON), (M.HELD, Who.MACHINE)]
)
def test_a_step_that_no_table_has_is_never_written(to: Mailing.State, who: Who) -> None:
    mailing = make_mailing(1)
    with pytest.raises(ImpossibleStep):
        states.move_mailings(Mailing.objects.all(), to, who=who)
    with pytest.raises(ImpossibleStep):
        states.begin_mailing(mailing, to, who=who)
    with pytest.raises(ImpossibleStep):
        states.begin_mailing(Mailing(), M.CANCELLED, who=who)
    assert Mailing.objects.get().state == M.SENDING


def test_nothing_else_writes_a_state() -> None:
    others = {
        str(path): found
        for path in sorted((Path(settings.BASE_DIR) / "posts").rglob("*.py"))
        if path != WRITER
        and "migrations" not in path.parts
        and "moving_in" not in path.parts  # has states of its own, and knows no mailing
        and (found := writers(path.read_text()))
    }
    assert others == {}
    assert writers(WRITER.read_text())


@pytest.mark.parametrize(
    "code",
    [
        "rows.update(state=State.PAUSED)",
        "rows.update(detail='', state=to)",
        "Mailing(post=post, state='held')",
        "Mailing.objects.create(state=State.HELD)",
        "mailing.state = State.SENDING",
        "insert(Delivery, fields, rows)",
        "mailing.save(update_fields=['state'])",
        "Delivery.objects.bulk_update(rows, ['state'])",
        "setattr(mailing, 'state', to)",
        "cursor.execute('UPDATE posts_delivery SET reason = 3')",
    ],
)
def test_a_writer_is_found_by_its_form(code: str) -> None:
    assert writers(code)


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_no_state_leaves_the_tables(
    site: Foundation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "BATCH_SIZE", 2)
    seen: set[Taken] = set()
    for seed, begins in product(range(8), ("now", "now", "held", "scheduled")):
        with transaction.atomic():
            walk = Walk(make_post(), Random(f"{seed} {begins}"), begins=begins)
            before = walk.states()
            for _ in range(60):
                step = walk.step()
                after = walk.states()
                seen |= steps_taken(before, after, STEPS[step][0])
                assert report(walk.mailing).accounted
                before = after
            walk.end()
            transaction.set_rollback(True)
    possible = {
        *((before, to) for before, steps in MAILINGS.items() for to in steps),
        *((was, to) for was, steps in DELIVERIES.items() for to in steps if was != to),
    }
    # Walks that saw little would find nothing wrong.
    assert len(possible - seen) <= len(possible) // 5, possible - seen


def steps_taken(before: States, after: States, who: Who) -> set[Taken]:
    """Those that somebody took just now, having checked that the tables have them, and for whom."""
    assert set(before[1]) <= set(after[1]), "a delivery is never taken back"
    taken: set[Taken] = set()
    if after[0] != before[0]:
        assert who & MAILINGS[before[0]][after[0]]
        taken.add((before[0], after[0]))
    for subscriber_id, state in after[1].items():
        was = before[1].get(subscriber_id)
        if was is None:
            assert state in states.NEW_DELIVERIES
        elif state != was:
            assert who & DELIVERIES[was][state]
            taken.add((was, state))
    return taken


def test_the_page_to_read_first_shows_the_steps_of_the_tables() -> None:
    shown = {
        (before, to)
        for before, after in re.findall(
            r"^    (\w+) +→ +((?:\w+, )*\w+)", str(delivery.__doc__), re.M
        )
        for to in after.split(", ")
    }
    mailings = {(before.value, to.value) for before, steps in MAILINGS.items() for to in steps}
    ours = {
        *((D(was).label, D(to).label) for was, steps in DELIVERIES.items() for to in steps),
        *(("waiting", state.label) for state in states.NEW_DELIVERIES),
    }
    # What a provider's word may skip is said in a sentence; that soft and hard are steps, nowhere.
    skipped = {
        (was.label, to.label)
        for was in (*moves.UNANSWERED, D.REFUSED, D.BOUNCED)
        for to, who in DELIVERIES[was].items()
        if who == Who.PROVIDER and (was, to) != (D.BOUNCED, D.COMPLAINED)
    }
    assert shown == mailings | (ours - skipped)
