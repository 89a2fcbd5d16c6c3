import pytest
from celery import current_app

from subscribers.ring import ring


def test_a_broker_that_is_away_is_noted_and_nothing_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: object, **options: object) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr(current_app, "send_task", away)
    assert ring("subscribers.tasks.mail_subscriber", 1) is False
    assert "beat will ring for subscribers.tasks.mail_subscriber" in caplog.text


def test_a_ring_that_nobody_hears_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, arguments, **options: sent.append(options)
    )
    assert ring("subscribers.tasks.mail_subscriber", 1, times=2)
    assert [options["expires"] for options in sent] == [60, 60]
    assert not any(options["retry"] for options in sent)
