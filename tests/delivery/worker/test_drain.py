import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from pytest_django import Settings

from posts.delivery import status
from posts.delivery.batches import add_batch
from posts.delivery.letters.compose import Addresser
from posts.delivery.letters.message import Outgoing
from posts.delivery.mailings.control import resume
from posts.delivery.mailings.queries import report
from posts.delivery.models import Batch, Delivery, Mailing, TransportStatus
from posts.delivery.worker import ledger, senders
from posts.delivery.worker.shutdown import stopping
from subscribers.models import Subscriber
from subscribers.queries import Recipient
from tests.delivery.making import claim, drain, make_mailing, outbox, states
from tests.delivery.transports.scripted import scripted
from tests.sink import Sink, free_port
from tests.waiting import until

pytestmark = pytest.mark.django_db


def state(mailing: Mailing) -> str:
    return str(Mailing.objects.get(pk=mailing.pk).state)


def test_a_mailing_goes_out_to_the_outbox_and_finishes() -> None:
    mailing = make_mailing(7, batch_size=3)
    drain()
    assert len(outbox()) == 7
    assert states(mailing) == ["accepted"] * 7
    assert state(mailing) == "finished"
    assert [event.action for event in mailing.events.all()] == ["finished"]


def test_each_reader_gets_her_own_unsubscribe_links_and_the_rest_is_the_same() -> None:
    make_mailing(2)
    drain()
    one, two = outbox()
    assert one["To"] != two["To"]
    assert one["List-Unsubscribe"] != two["List-Unsubscribe"]
    assert one["Message-ID"] != two["Message-ID"]
    assert one["Subject"] == two["Subject"]
    for message in (one, two):
        body = message.get_body(preferencelist=("plain",))
        assert body is not None
        body_link = body.get_content().split("Unsubscribe: ")[1].strip()
        # The header's token acts at once, the body's asks: they must not be the same.
        assert f"<{body_link}>" != message["List-Unsubscribe"]


def test_the_same_delivery_has_the_same_message_id_on_every_attempt() -> None:
    make_mailing(1)
    drain()
    [first] = outbox()
    Delivery.objects.update(state=Delivery.State.RETRYING)
    mailing = Mailing.objects.get()
    reader = Subscriber.objects.get()
    add_batch(mailing.pk, [reader.pk], purpose=Batch.Purpose.RESEND, delay=timedelta(0))
    drain()
    [second] = outbox()
    assert second["Message-ID"] == first["Message-ID"]
    assert Delivery.objects.get().attempt == 2


def test_a_mailing_over_smtp_settles_each_recipient_by_the_servers_answer(
    send_to: Callable[[Sink], None],
) -> None:
    mailing = make_mailing(3)
    one, two, three = Subscriber.objects.order_by("pk").values_list("address", flat=True)
    with Sink(rcpt={two: "550 no such mailbox", three: "451 later"}) as sink:
        send_to(sink)
        drain()
    assert sink.addresses == [one]
    assert states(mailing) == ["accepted", "refused", "retrying"]
    assert state(mailing) == "sending"


def test_a_server_that_is_down_changes_no_row_and_is_named_as_the_problem(
    settings: Settings,
) -> None:
    mailing = make_mailing(2)
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    drain()
    assert report(mailing).deliveries["waiting"] == 2
    assert "couldn't reach the mail server" in str(report(mailing).problem)
    assert state(mailing) == "sending"


def test_when_the_server_is_back_the_mailing_goes_on_by_itself(
    settings: Settings,
) -> None:
    mailing = make_mailing(2)
    port = free_port()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    drain()
    with Sink(port=port) as sink:
        drain()
        assert sink.addresses == []  # it backs off first
        TransportStatus.objects.update(blocked_until=Now())
        drain()
        assert len(sink.addresses) == 2
    assert state(mailing) == "finished"
    assert report(mailing).problem is None


def test_a_refused_login_pauses_with_the_servers_words_and_resume_works(
    settings: Settings,
) -> None:
    mailing = make_mailing(2)
    with Sink(user="ada", password="right") as sink:
        settings.EMAIL_URL = f"smtp://ada:wrong@127.0.0.1:{sink.port}"
        drain()
        now = report(mailing)
        assert (now.state, now.deliveries["waiting"]) == ("paused", 2)
        assert "refused the login" in str(now.problem)
        drain()
        assert sink.addresses == []
        settings.EMAIL_URL = f"smtp://ada:right@127.0.0.1:{sink.port}"
        resume(mailing=mailing, by="ada")
        drain()
        assert len(sink.addresses) == 2
    assert state(mailing) == "finished"


def test_a_line_cut_in_the_middle_leaves_one_doubt_and_loses_nobody(
    send_to: Callable[[Sink], None],
) -> None:
    mailing = make_mailing(5)
    third = Subscriber.objects.order_by("pk")[2].address
    with Sink(data={third: "drop"}) as sink:
        send_to(sink)
        drain()  # ends with the broken session; the rest was handed back
        assert states(mailing)[:3] == ["accepted", "accepted", "in_doubt"]
        drain()
    assert states(mailing) == ["accepted", "accepted", "in_doubt", "accepted", "accepted"]
    assert len(sink.addresses) == 4
    assert state(mailing) == "finished"


def test_many_refusals_in_a_row_pause_the_mailing(send_to: Callable[[Sink], None]) -> None:
    mailing = make_mailing(30)
    everybody = Subscriber.objects.values_list("address", flat=True)
    with Sink(rcpt=dict.fromkeys(everybody, "550 blocked for abuse")) as sink:
        send_to(sink)
        drain()
    now = report(mailing)
    assert now.state == "paused"
    assert "550 blocked for abuse" in str(now.problem)
    assert now.deliveries["refused"] == senders.REFUSALS_IN_A_ROW
    assert now.deliveries["retrying"] == 30 - senders.REFUSALS_IN_A_ROW


def test_a_worker_asked_to_stop_hands_the_rest_back(monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = make_mailing(4)
    real = Addresser.address
    asked: list[Recipient] = []

    def stop_after_two(self: Addresser, recipient: Recipient) -> Outgoing:
        asked.append(recipient)
        if len(asked) == 2:
            stopping.set()
        return real(self, recipient)

    monkeypatch.setattr(Addresser, "address", stop_after_two)
    drain()
    assert states(mailing) == ["accepted", "accepted", "retrying", "retrying"]
    assert report(mailing).accounted
    stopping.clear()
    monkeypatch.undo()
    drain()
    assert states(mailing) == ["accepted"] * 4


def test_a_fault_of_ours_pauses_the_mailing_and_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailing = make_mailing(2)

    def broken(*_: object) -> object:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(Addresser, "address", broken)
    with pytest.raises(ZeroDivisionError):
        drain()
    now = report(mailing)
    assert (now.state, now.accounted) == ("paused", True)
    assert "a fault" in str(now.problem)
    assert now.deliveries["retrying"] == 2


def test_nobody_is_left_when_everybody_unsubscribed() -> None:
    mailing = make_mailing(2)
    Subscriber.objects.all().delete()
    drain()
    assert outbox() == []
    assert report(mailing).left_out == {"erased": 2}
    assert state(mailing) == "finished"


def test_a_worker_that_drained_was_seen() -> None:
    drain()
    assert status.workers_alive() == 1


def test_a_server_that_greets_and_then_says_421_is_asked_less_and_less_often(
    send_to: Callable[[Sink], None],
) -> None:
    mailing = make_mailing(2)
    with Sink(mail="421 too many connections") as sink:
        send_to(sink)
        for times in (1, 2, 3):
            TransportStatus.objects.update(blocked_until=Now())
            drain()
            assert TransportStatus.objects.get().failures == times
            assert "too many connections" in str(report(mailing).problem)
    with Sink() as sink:
        send_to(sink)
        TransportStatus.objects.update(blocked_until=Now())
        drain()
    assert TransportStatus.objects.get().failures == 0
    assert state(mailing) == "finished"


def test_the_trouble_of_a_transport_that_is_used_no_more_is_not_reported() -> None:
    TransportStatus.objects.create(name="smtp", problem="connection refused", failures=3)
    mailing = make_mailing(1)
    status.worker_seen("host:1")
    assert report(mailing).problem is None


def test_without_a_journal_nothing_is_handed_over_and_the_reason_is_shown(tmp_path: Path) -> None:
    mailing = make_mailing(2)
    (tmp_path / "journal").write_text("a file in its place")
    drain()
    now = report(mailing)
    assert (now.state, now.deliveries["waiting"]) == ("sending", 2)
    assert "journal" in str(now.problem)
    (tmp_path / "journal").unlink()
    TransportStatus.objects.update(blocked_until=Now())
    drain()
    assert state(mailing) == "finished"


def test_a_full_disk_in_the_middle_of_a_batch_hands_the_rest_back(tmp_path: Path) -> None:
    mailing = make_mailing(3)
    (tmp_path / "outbox" / "tmp").mkdir(parents=True)
    second = Subscriber.objects.order_by("pk")[1]
    # A folder where the draft of the second should be written.
    in_the_way = tmp_path / "outbox" / "tmp" / f"m{mailing.pk}.r{second.pk}.eml"
    in_the_way.mkdir()
    drain()
    now = report(mailing)
    assert states(mailing) == ["accepted", "retrying", "retrying"]
    assert now.accounted
    in_the_way.rmdir()
    TransportStatus.objects.update(blocked_until=Now())
    drain()
    assert states(mailing) == ["accepted"] * 3


def test_a_heartbeat_shows_that_the_worker_lives_and_survives_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_mailing(1)
    claimed = claim()
    assert senders.keep(claimed)
    assert status.workers_alive() == 1

    def away(_: object) -> bool:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(ledger, "renew", away)
    monkeypatch.setattr(senders, "connection", Mock())
    assert senders.keep(claimed)
    monkeypatch.undo()
    assert senders.keep(claimed)
    Mailing.objects.update(state="paused")
    assert not senders.keep(claimed)
    claimed.journal.delete()


def test_a_worker_asked_to_end_does_not_wait_for_a_server_that_is_silent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "TICK", 0.05)
    monkeypatch.setattr(senders, "LONGEST_GOODBYE", 0.2)
    mailing = make_mailing(3)
    answers = ("250 ok", "250 ok", "354 go on")
    with scripted(*answers, at_silence=stopping.set) as settings.EMAIL_URL:
        drain()
    assert states(mailing) == ["in_doubt", "retrying", "retrying"]
    [doubt] = Delivery.objects.filter(state=Delivery.State.IN_DOUBT)
    assert "closed by us" in str(doubt.detail)  # and not for want of an answer


def test_children_that_were_forked_hear_of_the_end_too() -> None:
    """With `-P prefork` only the parent gets the signal."""
    child = os.fork()
    if not child:
        os._exit(0 if until(stopping.is_set) else 1)
    stopping.set()
    _, code = os.waitpid(child, 0)
    assert code == 0
