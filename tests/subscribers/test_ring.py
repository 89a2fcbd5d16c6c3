import re
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from subscribers.ring import ring

RUNG = re.compile(r"""\bring(?:_on_commit)?\(\s*"([\w.]+)\"""")


def test_every_name_that_is_rung_is_a_task_s() -> None:
    current_app.loader.import_default_modules()
    rung = {
        name
        for room in ("posts", "subscribers")
        for file in Path(settings.BASE_DIR, room).rglob("*.py")
        for name in RUNG.findall(file.read_text())
    }
    assert len(rung) >= 5
    assert rung <= set(current_app.tasks)


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
