"""Idempotency keys: a call that may have been made before is made again exactly as it was."""

from contextlib import closing
from uuid import UUID

import pytest
from django.test import override_settings

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports import current, key_lives
from posts.delivery.transports.base import Messages, ServerAnswer, Transient
from posts.delivery.transports.esp.session import idempotency_key
from subscribers.keys import forget_cached_keys
from subscribers.models import Key
from tests.delivery.transports.esp.making import (
    PROVIDERS,
    WITH_KEYS,
    WITHOUT_KEYS,
    Notes,
    deliver,
    feed,
    letter,
    named_by,
    opened,
    outgoing,
    readers,
)
from tests.fake_esp import FakeEsp, Fault

pytestmark = pytest.mark.django_db


class Paced(Messages):
    """A feed that gives two at a time, as a slow pace does."""

    def chunk(self, most: int) -> list[Outgoing]:
        return super().chunk(min(most, 2))


def fail_and_replay(name: str, *, after: str, messages: list[Outgoing]) -> tuple[FakeEsp, Notes]:
    """A call whose answer was lost, and the same again under its key, in another session."""
    first, second = Notes(), Notes()
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(after=after))
        with opened(esp, name) as session, pytest.raises(Transient):
            session.deliver(feed(readers(5)), first)
        [key] = {outcome.key for outcome in first.outcomes}
        with opened(esp, name) as session:
            session.deliver(Paced(messages, name="9-1", key=key), second)
    return esp, second


@pytest.mark.parametrize("name", WITH_KEYS)
def test_a_replay_tells_what_became_of_the_call_and_mails_nobody_twice(name: str) -> None:
    esp, notes = fail_and_replay(name, after="cut", messages=readers(5))
    assert set(notes.answers.values()) == {ServerAnswer.ACCEPTED}
    [(subscriber_ids, key)] = notes.calls
    assert (subscriber_ids, key.partition(".")[2]) == ([1, 2, 3, 4, 5], "5-1-0")
    assert len(esp.provider.addresses) == 5
    [first, again] = [request for _, request in esp.provider.calls]
    assert first.body == again.body
    assert first.headers == again.headers


@pytest.mark.parametrize("name", WITH_KEYS)
def test_a_replay_of_a_call_that_never_arrived_is_the_first_to_be_taken(name: str) -> None:
    notes, again = Notes(), Notes()
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(status=500, body={"message": "broken"}))
        with opened(esp, name) as session:
            with pytest.raises(Transient):
                session.deliver(feed(readers(3)), notes)
            session.deliver(feed(readers(3), name="9-1", key=notes.outcomes[0].key), again)
    assert set(again.answers.values()) == {ServerAnswer.ACCEPTED}
    assert len(esp.provider.addresses) == 3


def test_a_replay_that_is_another_call_stays_a_doubt_and_is_not_replayed_again() -> None:
    first, second = Notes(), Notes()
    with FakeEsp() as esp, opened(esp, "resend") as session:
        esp.provider.faults.append(Fault(after="cut"))
        with pytest.raises(Transient):
            session.deliver(feed(readers(5)), first)
        with pytest.raises(Transient, match="invalid_idempotent_request"):
            session.deliver(feed(readers(4), name="9-1", key=first.outcomes[0].key), second)
    assert set(second.answers.values()) == {ServerAnswer.DOUBT}
    assert {outcome.key for outcome in second.outcomes} == {""}
    assert len(esp.provider.addresses) == 5


def test_another_account_knows_of_no_call_so_its_doubt_is_not_replayed_there() -> None:
    first, second = Notes(), Notes()
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(after="cut"))
        with opened(esp, "resend") as session, pytest.raises(Transient):
            session.deliver(feed(readers(3)), first)
        before = len(esp.provider.calls)
        other = esp.url("resend").replace("@", "-another@", 1)
        with closing(named_by(other).open()) as session:
            session.deliver(feed(readers(3), name="9-1", key=first.outcomes[0].key), second)
        assert len(esp.provider.calls) == before
    assert set(second.answers.values()) == {ServerAnswer.DOUBT}
    assert {outcome.key for outcome in second.outcomes} == {""}
    assert "another account" in second.outcomes[0].reply


@pytest.mark.parametrize("name", PROVIDERS)
def test_calls_are_numbered_and_no_key_is_noted_that_protects_nobody(name: str) -> None:
    forms = [letter(), letter(text="Other.\n")]
    messages = [outgoing(subscriber_id, forms[subscriber_id % 2]) for subscriber_id in range(1, 5)]
    with FakeEsp() as esp:
        notes = deliver(esp, name, messages)
    keyed = name in WITH_KEYS
    noted = [key for _, key in notes.calls]
    assert [key.partition(".")[2] for key in noted] == (["5-1-0", "5-1-1"] if keyed else ["", ""])
    wired = [idempotency_key(key) for key in noted]
    assert esp.provider.keys == (wired if keyed else ["", ""])
    with override_settings(EMAIL_URL=esp.url(name)):
        assert (current().key_lives is not None) is keyed


def test_how_long_keys_live_is_known_by_the_transports_name() -> None:
    assert all(key_lives(name) for name in WITH_KEYS)
    assert not any(key_lives(name) for name in (*WITHOUT_KEYS, "smtp", "outbox", "unheard of"))


def test_on_the_wire_a_key_is_a_uuid_that_no_other_installation_makes() -> None:
    ours = idempotency_key("5-1-0")
    assert str(UUID(ours)) == ours == idempotency_key("5-1-0")
    assert ours != idempotency_key("5-1-1")
    Key.objects.all().delete()
    forget_cached_keys()
    assert idempotency_key("5-1-0") != ours


@pytest.mark.parametrize("name", WITH_KEYS)
def test_two_tests_of_a_letter_are_two_mails(name: str) -> None:
    with FakeEsp() as esp, opened(esp, name) as session:
        for _ in range(2):
            session.deliver(Messages(readers(1)), Notes())
    assert len(esp.provider.addresses) == 2


def test_a_key_that_brevo_knows_of_a_call_we_never_made_is_a_doubt() -> None:
    notes = Notes()
    known = Fault(status=400, body={"code": "duplicate_parameter", "message": "already used"})
    with FakeEsp() as esp, opened(esp, "brevo") as session:
        esp.provider.faults.append(known)
        with pytest.raises(Transient):
            session.deliver(feed(readers(2)), notes)
    assert notes.answers == {1: ServerAnswer.DOUBT, 2: ServerAnswer.DOUBT}
    assert {outcome.key for outcome in notes.outcomes} == {""}
