import threading
from collections import namedtuple

import pytest
from django.db import OperationalError
from django.test import Client

from posts.delivery import status
from posts.public import readiness as room
from posts.public.readiness import CHECKS, Readiness
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "readiness", Readiness())


@pytest.mark.django_db
def test_with_all_there_it_is_ready(client: Client) -> None:
    status.worker_seen("one:1")
    status.beat_seen()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": dict.fromkeys(CHECKS, "ok")}
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
def test_without_a_worker_it_is_not_and_says_which(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert not caplog.records, "a monitor that asks fills no log"
    checks = answer.json()["checks"]
    assert (checks["database"], checks["worker"], checks["beat"]) == ("ok", "failing", "failing")


@pytest.mark.django_db
def test_a_full_disk_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(1, 1, 0))
    assert client.get("/readyz").json()["checks"]["disk"] == "failing"


def test_a_database_that_is_away_is_told_without_its_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> bool:
        raise OperationalError("connection to postgres://ada:s3cret@db refused")

    for name in ("database", "worker", "beat"):
        monkeypatch.setitem(CHECKS, name, away)
    monkeypatch.setitem(CHECKS, "broker", lambda: True)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        **dict.fromkeys(["database", "worker", "beat"], "failing"),
        **dict.fromkeys(["broker", "disk"], "ok"),
    }
    assert b"s3cret" not in answer.content


def test_however_often_it_is_asked_it_looks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def look() -> dict[str, bool]:
        looks.append(1)
        return {"database": True}

    monkeypatch.setattr(room, "look", look)
    known = Readiness()
    assert [known.known() for _ in range(50)] == [{"database": True}] * 50
    assert len(looks) == 1


def test_while_one_looks_the_others_are_told_what_was_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looking, over = threading.Event(), threading.Event()

    def slow() -> dict[str, bool]:
        looking.set()
        assert over.wait(PATIENCE)
        return {"database": False}

    known = Readiness()
    monkeypatch.setattr(room, "look", lambda: {"database": True})
    assert known.known() == {"database": True}
    monkeypatch.setattr(room, "OLD", 0.0)
    monkeypatch.setattr(room, "look", slow)
    thread = threading.Thread(target=known.known)
    thread.start()
    assert looking.wait(PATIENCE)
    assert known.known() == {"database": True}
    over.set()
    thread.join()


def test_nobody_changes_anything_by_it(client: Client) -> None:
    assert client.post("/readyz").status_code == 405
