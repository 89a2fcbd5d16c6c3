"""What only one of the providers does."""

from contextlib import closing
from typing import Any

import pytest

from posts.delivery.transports.base import (
    Misconfigured,
    ServerAnswer,
    Throttled,
    Transient,
    TransportError,
)
from tests.delivery.transports.esp.making import (
    Notes,
    deliver,
    feed,
    named_by,
    opened,
    readers,
)
from tests.fake_esp import FakeEsp, Fault

pytestmark = pytest.mark.django_db


def until_trouble(esp: FakeEsp, name: str, how_many: int) -> tuple[Notes, TransportError]:
    notes = Notes()
    with opened(esp, name) as session, pytest.raises(TransportError) as trouble:
        session.deliver(feed(readers(how_many)), notes)
    return notes, trouble.value


def answered(name: str, status: int, body: Any, *, how_many: int = 3) -> Notes:
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(status=status, body=body))
        return deliver(esp, name, readers(how_many))


def refused_by(name: str, status: int, body: Any) -> tuple[Notes, TransportError]:
    with FakeEsp() as esp:
        esp.provider.faults.append(Fault(status=status, body=body))
        return until_trouble(esp, name, 3)


# --- SparkPost ----------------------------------------------------------------------------


def sparkpost_results(rejected: int, accepted: int, *errors: str) -> dict[str, Any]:
    named = [{"message": "invalid", "description": text} for text in errors]
    counts = {"total_rejected_recipients": rejected, "total_accepted_recipients": accepted}
    return {"results": {**counts, "id": "1", "rcpt_to_errors": named}}


def test_sparkpost_names_whom_it_refused_in_its_words() -> None:
    notes = answered("sparkpost", 200, sparkpost_results(1, 2, "no: reader2@example.org"))
    assert notes.answers == {
        1: ServerAnswer.ACCEPTED,
        2: ServerAnswer.REFUSED,
        3: ServerAnswer.ACCEPTED,
    }
    assert "reader2" in notes.outcomes[1].reply


def test_sparkpost_that_does_not_say_whom_it_refused_leaves_doubts() -> None:
    notes = answered("sparkpost", 200, sparkpost_results(1, 2, "address is required"))
    assert set(notes.answers.values()) == {ServerAnswer.DOUBT}


def test_sparkpost_that_took_more_or_fewer_than_we_sent_leaves_doubts() -> None:
    notes = answered("sparkpost", 200, sparkpost_results(0, 2))
    assert set(notes.answers.values()) == {ServerAnswer.DOUBT}


def test_an_address_is_not_taken_for_the_end_of_a_longer_one() -> None:
    notes = answered(
        "sparkpost", 200, sparkpost_results(1, 10, "no: reader1@example.org!"), how_many=11
    )
    assert [
        subscriber_id
        for subscriber_id, answer in notes.answers.items()
        if answer is ServerAnswer.REFUSED
    ] == [1]
    notes = answered("sparkpost", 200, sparkpost_results(1, 2, "no: a.reader1@example.org"))
    assert set(notes.answers.values()) == {ServerAnswer.DOUBT}


def test_sparkposts_sending_limit_means_later() -> None:
    limit = {"errors": [{"message": "Exceed Sending Limit (hourly)", "code": "2101"}]}
    notes, trouble = refused_by("sparkpost", 420, limit)
    assert isinstance(trouble, Throttled)
    assert set(notes.answers.values()) == {ServerAnswer.RETRY}


# --- Amazon SES ---------------------------------------------------------------------------


def test_ses_says_of_each_recipient_what_became_of_her() -> None:
    with FakeEsp() as esp:
        esp.provider.ses_statuses = {
            "reader1@example.org": "MESSAGE_REJECTED",
            "reader2@example.org": "TRANSIENT_FAILURE",
            "reader3@example.org": "FAILED",
        }
        notes = deliver(esp, "ses", readers(4))
    assert notes.answers == {
        1: ServerAnswer.REFUSED,
        2: ServerAnswer.RETRY,
        3: ServerAnswer.DOUBT,
        4: ServerAnswer.ACCEPTED,
    }
    assert "MESSAGE_REJECTED about reader1@example.org" in notes.outcomes[0].reply


@pytest.mark.parametrize(
    ("status", "kind"),
    [("ACCOUNT_THROTTLED", Throttled), ("ACCOUNT_SENDING_PAUSED", Misconfigured)],
)
def test_what_ses_says_of_our_account_stops_the_feed(status: str, kind: type[Exception]) -> None:
    with FakeEsp() as esp:
        esp.provider.ses_statuses = {
            f"reader{subscriber_id}@example.org": status for subscriber_id in (1, 2)
        }
        notes, trouble = until_trouble(esp, "ses", 2)
    assert isinstance(trouble, kind)
    assert notes.answers == {1: ServerAnswer.RETRY, 2: ServerAnswer.RETRY}


def test_an_answer_of_ses_with_too_few_results_is_a_doubt() -> None:
    short = {"BulkEmailEntryResults": [{"Status": "SUCCESS", "MessageId": "1"}]}
    notes, trouble = refused_by("ses", 200, short)
    assert isinstance(trouble, Transient)
    assert set(notes.answers.values()) == {ServerAnswer.DOUBT}


def test_boto_repeats_nothing_by_itself() -> None:
    with FakeEsp() as esp:
        esp.provider.faults.extend([Fault(status=503, body={"message": "busy"})] * 5)
        until_trouble(esp, "ses", 2)
    assert len(esp.provider.calls) == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccountSuspendedException", Misconfigured),
        ("MailFromDomainNotVerifiedException", Misconfigured),
        ("LimitExceededException", Throttled),
    ],
)
def test_codes_of_ses_count_more_than_their_status(code: str, kind: type[Exception]) -> None:
    notes, trouble = refused_by("ses", 400, {"__type": code, "message": "no"})
    assert isinstance(trouble, kind)
    assert set(notes.answers.values()) == {ServerAnswer.RETRY}


def test_without_keys_ses_wants_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    notes = Notes()
    with FakeEsp() as esp:
        transport = named_by(f"ses://eu-west-1?api_url=http://127.0.0.1:{esp.port}")
        with closing(transport.open()) as session, pytest.raises(Misconfigured) as trouble:
            session.deliver(feed(readers(2)), notes)
    assert "credentials" in trouble.value.message
    assert notes.calls == []
    assert esp.provider.calls == []


# --- The others ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 401, 412])
def test_postmarks_codes_about_sender_and_account_want_a_person(code: int) -> None:
    notes, trouble = refused_by("postmark", 422, {"ErrorCode": code, "Message": "not you"})
    assert isinstance(trouble, Misconfigured)
    assert "not you" in trouble.message
    assert set(notes.answers.values()) == {ServerAnswer.RETRY}


def test_postmark_may_be_given_another_stream() -> None:
    with FakeEsp() as esp:
        deliver(esp, "postmark", readers(1), options="&message_stream=letters")
    assert esp.provider.calls[0][1].json()["MessageStream"] == "letters"


def test_brevo_that_answers_with_fewer_numbers_leaves_doubts() -> None:
    notes = answered("brevo", 200, {"messageIds": ["<1@brevo>"]})
    assert notes.answers == {1: ServerAnswer.ACCEPTED, 2: ServerAnswer.DOUBT, 3: ServerAnswer.DOUBT}


def test_brevo_without_credits_wants_a_person() -> None:
    _, trouble = refused_by("brevo", 402, {"code": "not_enough_credits", "message": "no credits"})
    assert isinstance(trouble, Misconfigured)


def test_the_key_of_a_brevo_call_does_not_go_into_the_mails() -> None:
    with FakeEsp() as esp:
        deliver(esp, "brevo", readers(1))
    assert "idempotencyKey" not in esp.provider.mails["reader1@example.org"].headers


def test_mailgun_that_does_not_know_the_domain_wants_a_person() -> None:
    _, trouble = refused_by("mailgun", 404, {"message": "Domain not found: letters.example"})
    assert isinstance(trouble, Misconfigured)
    assert "Domain not found" in trouble.message


@pytest.mark.parametrize("name", ["mailgun", "postmark", "sparkpost"])
def test_nothing_is_counted_where_the_call_can_say_so(name: str) -> None:
    with FakeEsp() as esp:
        deliver(esp, name, readers(1))
    [(_, request)] = esp.provider.calls
    if name == "mailgun":
        fields = request.form()
        assert (fields["o:tracking-clicks"], fields["o:tracking-opens"]) == (["no"], ["no"])
    elif name == "postmark":
        assert (request.json()["TrackLinks"], request.json()["TrackOpens"]) == ("None", False)
    else:
        options = request.json()["options"]
        assert (options["click_tracking"], options["open_tracking"]) == (False, False)
