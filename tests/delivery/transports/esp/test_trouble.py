"""How calls go wrong, for all providers alike: what is noted of whom, and what stops the feed."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest

from posts.delivery.letters.message import Outgoing
from posts.delivery.transports.base import (
    Misconfigured,
    ServerAnswer,
    Throttled,
    Transient,
    TransportError,
)
from posts.delivery.transports.esp.http import Http
from posts.delivery.transports.esp.session import account_of
from tests.delivery.transports.esp.making import (
    PROVIDERS,
    WITH_KEYS,
    Notes,
    deliver,
    feed,
    letter,
    named_by,
    opened,
    readers,
)
from tests.fake_esp import FakeEsp, Fault, email_url
from tests.sink import free_port
from tests.waiting import InTheBackground, until

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("name", PROVIDERS)]

DOUBT, RETRY = ServerAnswer.DOUBT, ServerAnswer.RETRY


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Http, "patience", 0.3)


def until_trouble(
    esp: FakeEsp, name: str, messages: list[Outgoing], *, key: str = ""
) -> tuple[Notes, TransportError]:
    notes = Notes()
    with opened(esp, name) as session, pytest.raises(TransportError) as trouble:
        session.deliver(feed(messages, key=key), notes)
    return notes, trouble.value


def key_of(esp: FakeEsp, name: str, place: int = 0) -> str:
    if name not in WITH_KEYS:
        return ""
    options = named_by(esp.url(name)).options
    return f"{account_of(options)}.5-1-{place}"


@pytest.mark.parametrize("after", ["silence", "cut", "half", "nonsense"])
@pytest.mark.usefixtures("impatient")
def test_an_answer_that_is_lost_or_garbled_leaves_a_doubt(name: str, after: str) -> None:
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(after=after))
        notes, trouble = until_trouble(esp, name, readers(3))
    assert isinstance(trouble, Transient)
    assert notes.answers == {1: DOUBT, 2: DOUBT, 3: DOUBT}
    assert {outcome.key for outcome in notes.outcomes} == {key_of(esp, name)}
    assert notes.calls == [([1, 2, 3], key_of(esp, name))]


@pytest.mark.usefixtures("impatient")
def test_a_time_out_before_the_body_was_read_is_a_doubt_when_all_of_it_left(name: str) -> None:
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(unread=True))
        notes, trouble = until_trouble(esp, name, readers(2))
    assert isinstance(trouble, Transient)
    assert notes.answers == {1: DOUBT, 2: DOUBT}
    assert esp.provider.addresses == []


@pytest.mark.usefixtures("impatient")
def test_a_body_that_did_not_leave_whole_is_no_doubt(name: str) -> None:
    """More than the buffers between us hold, so that we know that it was not read."""
    long = letter(html=f"<p>{'rest' * 2_200_000}</p>")
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(unread=True))
        notes, trouble = until_trouble(esp, name, readers(1, long))
    assert isinstance(trouble, Transient)
    assert notes.answers == {1: RETRY}


def test_a_server_error_is_a_doubt(name: str) -> None:
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(status=500, body={"message": "something broke"}))
        notes, trouble = until_trouble(esp, name, readers(2))
    assert isinstance(trouble, Transient)
    assert "something broke" in trouble.message or name == "ses"
    assert notes.answers == {1: DOUBT, 2: DOUBT}
    assert {outcome.key for outcome in notes.outcomes} == {key_of(esp, name)}


def test_what_follows_a_lost_answer_is_not_attempted(name: str) -> None:
    with FakeEsp() as esp:
        esp.provider.faults.extend([None, Fault(after="cut")])
        plain, other = letter(), letter(text="Shorter.\n")
        messages = readers(2, plain) + readers(4, other)[2:] + readers(6, letter())[4:]
        notes, _ = until_trouble(esp, name, messages)
    assert notes.answers == {1: ServerAnswer.ACCEPTED, 2: ServerAnswer.ACCEPTED, 3: DOUBT, 4: DOUBT}
    assert [subscriber_ids for subscriber_ids, _ in notes.calls] == [[1, 2], [3, 4]]
    assert {o.key for o in notes.outcomes if o.answer is DOUBT} == {key_of(esp, name, 1)}


def test_too_many_requests_means_later_and_says_when(name: str) -> None:
    with FakeEsp() as esp:
        slow = {"__type": "TooManyRequestsException", "message": "slow down"}
        esp.provider.faults.append(Fault(429, (("Retry-After", "7"),), slow))
        notes, trouble = until_trouble(esp, name, readers(2))
    assert isinstance(trouble, Throttled)
    assert trouble.retry_after == timedelta(seconds=7)
    assert {outcome.retry_after for outcome in notes.outcomes} == {7}
    assert notes.answers == {1: RETRY, 2: RETRY}
    assert "slow down" in trouble.message


def test_retry_after_may_be_a_date(name: str) -> None:
    with FakeEsp() as esp:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        esp.provider.faults.append(Fault(429, (("Retry-After", date),), {"message": "slow"}))
        _, trouble = until_trouble(esp, name, readers(1))
    assert trouble.retry_after is not None
    assert 80 < trouble.retry_after.total_seconds() <= 90


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_wants_a_person_and_nobody_is_lost(name: str, status: int) -> None:
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(status=status, body={"message": "Invalid API key"}))
        notes, trouble = until_trouble(esp, name, readers(2))
    assert isinstance(trouble, Misconfigured)
    assert "Invalid API key" in trouble.message
    assert notes.answers == {1: RETRY, 2: RETRY}


def test_a_redirect_is_not_followed(name: str) -> None:
    with FakeEsp() as esp:
        there = (("Location", "http://127.0.0.1:1/"),)
        esp.provider.faults.append(Fault(302, there, {"message": "elsewhere"}))
        notes, trouble = until_trouble(esp, name, readers(1))
    assert isinstance(trouble, Misconfigured)
    assert notes.answers == {1: RETRY}


def test_one_bad_address_takes_nobody_along(name: str) -> None:
    with FakeEsp() as esp:
        esp.provider.bad.add("reader17@example.org")
        notes = deliver(esp, name, readers(40))
    answers = notes.answers
    assert answers.pop(17) is ServerAnswer.REFUSED
    assert set(answers.values()) == {ServerAnswer.ACCEPTED}
    assert len(answers) == 39
    assert sorted(esp.provider.addresses) == sorted(
        f"reader{subscriber_id}@example.org"
        for subscriber_id in range(1, 41)
        if subscriber_id != 17
    )
    [refused] = [outcome for outcome in notes.outcomes if outcome.answer is ServerAnswer.REFUSED]
    assert refused.reply
    keys = [key for _, key in notes.calls]
    assert len(set(keys)) == (len(keys) if name in WITH_KEYS else 1), "a key is used once"


def test_a_single_reader_who_is_refused_is_refused(name: str) -> None:
    with FakeEsp() as esp:
        esp.provider.bad.add("reader1@example.org")
        notes = deliver(esp, name, readers(1))
    assert notes.answers == {1: ServerAnswer.REFUSED}


def test_when_everybody_is_refused_it_is_us(name: str) -> None:
    """The sender, the account: 500 readers must not be written off one by one."""
    refusal = {"message": "your account is asleep", "ErrorCode": 300, "Message": "asleep"}
    with FakeEsp() as esp:
        esp.provider.faults.extend([Fault(status=400, body=refusal)] * 60)
        notes, trouble = until_trouble(esp, name, readers(40))
    assert isinstance(trouble, Misconfigured)
    assert "asleep" in trouble.message
    assert set(notes.answers.values()) == {RETRY}
    assert len(notes.answers) == 40
    assert len(esp.provider.calls) < 20


def test_trouble_among_the_halves_leaves_nobody_without_an_answer(name: str) -> None:
    with FakeEsp() as esp:
        refusal = Fault(status=400, body={"message": "bad", "ErrorCode": 300, "Message": "bad"})
        later = Fault(429, (("Retry-After", "9"),), {"message": "slow down"})
        esp.provider.faults.extend([refusal, None, refusal, later])
        notes, trouble = until_trouble(esp, name, readers(8))
    assert isinstance(trouble, Throttled)
    first, rest = range(1, 5), range(5, 9)
    assert notes.answers == dict.fromkeys(first, ServerAnswer.ACCEPTED) | dict.fromkeys(rest, RETRY)
    assert {o.retry_after for o in notes.outcomes if o.answer is RETRY} == {9}


def test_a_journal_that_cannot_be_written_keeps_the_call_here(name: str) -> None:
    class Full(Notes):
        def attempt_call(self, subscriber_ids: object, key: str = "") -> None:
            raise Transient("no space left")

    with FakeEsp() as esp, opened(esp, name) as session, pytest.raises(Transient, match="space"):
        session.deliver(feed(readers(2)), Full())
    assert esp.provider.calls == []


def test_nobody_there_is_found_before_a_batch_changes_hands(name: str) -> None:
    transport = named_by(email_url(name, free_port()))
    with pytest.raises(Transient, match="Connection refused") as trouble:
        transport.open()
    assert "secret" not in trouble.value.message


def test_a_provider_that_went_away_leaves_no_doubt(name: str) -> None:
    notes = Notes()
    with FakeEsp() as esp, opened(esp, name) as session:
        esp.stop()
        with pytest.raises(Transient, match="couldn't reach"):
            session.deliver(feed(readers(2)), notes)
    assert notes.answers == {1: RETRY, 2: RETRY}


def test_hanging_up_ends_a_wait_at_once(name: str) -> None:
    notes = Notes()

    with FakeEsp() as esp, opened(esp, name) as session:
        esp.provider.faults.append(Fault(after="silence"))
        call = InTheBackground(lambda: session.deliver(feed(readers(2)), notes))
        assert until(lambda: esp.provider.addresses)
        session.abort()
        call.join()
        assert notes.answers == {1: DOUBT, 2: DOUBT}
        assert isinstance(call.error, Transient)
        with pytest.raises(Transient):
            session.deliver(feed(readers(1)), Notes())


def test_several_calls_are_on_their_way_at_once(name: str) -> None:
    notes = [Notes() for _ in range(4)]

    def hand_over(place: int) -> None:
        session.deliver(feed(readers(3), name=f"{place}-1"), notes[place])

    with FakeEsp() as esp, opened(esp, name) as session:
        session.deliver(feed(readers(1)), Notes())
        esp.provider.together = 4  # none is answered before all are there
        calls = [InTheBackground(partial(hand_over, place)) for place in range(4)]
        for call in calls:
            call.join()
    assert [call.error for call in calls] == [None] * 4
    assert [len(noted.answers) for noted in notes] == [3] * 4


@pytest.mark.usefixtures("impatient")
def test_a_call_larger_than_the_provider_takes_is_halved_and_never_sent(name: str) -> None:
    with FakeEsp() as esp, opened(esp, name) as session:
        notes = Notes()
        session.deliver(feed(readers(1)), Notes())
        [line] = session._connections
        line.http.largest = 5_000
        session.deliver(feed(readers(16), name="6-1"), notes)
    assert set(notes.answers.values()) == {ServerAnswer.ACCEPTED}
    assert len(notes.answers) == 16
    assert max(len(request.body) for _, request in esp.provider.calls) <= 5_000
