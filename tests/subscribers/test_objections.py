"""Objections beside the database, and brought back into one that is older than they are."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from subscribers import actions, objections, replaying
from subscribers.addresses import Address
from subscribers.models import (
    ConsentEvent,
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
)
from subscribers.queries import address_hash
from tests.factories import make_newsletter, make_subscriber

pytestmark = pytest.mark.django_db

BY: dict[str, Any] = {"source": "a test", "by": "reader"}
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.OBJECTIONS_DIR = tmp_path / "objections"
    return tmp_path / "objections"


@pytest.fixture
def newsletter() -> Newsletter:
    return make_newsletter()


def kinds() -> list[str]:
    return [line.kind for line in objections.read()]


def statuses() -> dict[str, str]:
    rows = Subscription.objects.order_by("pk").values_list("subscriber__address", "status")
    return dict(rows)


def before_it_happened(work: Any) -> list[objections.NotedLine]:
    """What was written beside the database; the database knows nothing of it."""
    objections.catch_up()  # keys are older than any backup
    with transaction.atomic():
        work()
        transaction.set_rollback(True)
    return [line for line in objections.read() if line.kind != "mark"]


def test_who_unsubscribes_is_written_down_without_name_or_number(
    newsletter: Newsletter, folder: Path
) -> None:
    person = make_subscriber(newsletter, address="quist@example.org")
    actions.unsubscribe(subscription=person.subscriptions.get(), **BY)
    (line,) = objections.read()
    assert line.words == ("unsubscribed", str(newsletter.pk), objections.person_hash(person.pk))
    (file,) = folder.iterdir()
    assert "quist" not in file.read_text()  # no word that a hash may hold by chance
    assert file.stat().st_mode & 0o077 == 0


def test_a_no_to_nothing_new_writes_nothing(newsletter: Newsletter) -> None:
    row = make_subscriber(newsletter).subscriptions.get()
    for _ in range(2):
        actions.unsubscribe(subscription=row, **BY)
    assert kinds() == ["tie"]


@pytest.mark.parametrize("reason", [Reason.BOUNCED, Reason.COMPLAINED, Reason.MANUAL])
def test_who_objected_since_does_not_come_back(newsletter: Newsletter, reason: Reason) -> None:
    make_subscriber(newsletter, address="ada@example.org")
    make_subscriber(newsletter, address="bea@example.org")
    ada = Address("ada@example.org", "ada@example.org")
    lines = before_it_happened(lambda: actions.suppress(address=ada, reason=reason, **BY))
    assert statuses()["ada@example.org"] == "active"

    assert replaying.replay(lines) == 1

    assert statuses()["ada@example.org"] in ("bounced", "complained", "unsubscribed")
    assert statuses()["bea@example.org"] == "active"
    assert Suppression.objects.get().reason == reason


def test_who_was_erased_since_is_erased_again(newsletter: Newsletter) -> None:
    make_subscriber(newsletter, address="ada@example.org")
    ada = Address("ada@example.org", "ada@example.org")
    lines = before_it_happened(lambda: actions.erase(address=ada, **BY))
    replaying.replay(lines)
    assert not Subscriber.objects.exists()
    assert bytes(Suppression.objects.get().address_hash) == address_hash("ada@example.org")


def test_who_unsubscribed_under_a_newer_address_is_found_under_the_old(
    newsletter: Newsletter,
) -> None:
    person = make_subscriber(newsletter, address="old@example.org")

    def moves_and_leaves() -> None:
        Subscriber.objects.filter(pk=person.pk).update(address="new@example.org")
        actions.unsubscribe(subscription=person.subscriptions.get(), **BY)

    replaying.replay(before_it_happened(moves_and_leaves))
    assert statuses() == {"old@example.org": "unsubscribed"}
    assert ConsentEvent.objects.get().kind == "unsubscribed"


def test_her_last_word_counts(newsletter: Newsletter) -> None:
    row = make_subscriber(newsletter).subscriptions.get()
    ConsentEvent.objects.create(
        subscriber_id=row.subscriber_id, newsletter=newsletter, kind="confirmed"
    )
    actions.unsubscribe(subscription=row, **BY)
    assert actions.undo_unsubscribe(subscription=row, **BY)
    replaying.replay(objections.read())
    assert set(statuses().values()) == {"active"}


def test_a_full_disk_keeps_nobody_from_unsubscribing_and_is_made_up_for(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_subscriber(newsletter).subscriptions.get()
    objections.catch_up()

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        assert actions.unsubscribe(subscription=row, **BY)
    assert kinds() == ["mark"]
    objections.catch_up()
    assert kinds() == ["mark", "tie", "mark"]
    objections.catch_up()
    assert kinds() == ["mark", "tie", "mark", "mark"]


@pytest.fixture
def torn(folder: Path, newsletter: Newsletter) -> None:
    rows = [make_subscriber(newsletter).subscriptions.get() for _ in range(2)]
    actions.unsubscribe(subscription=rows[0], **BY)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-9])
    actions.unsubscribe(subscription=rows[1], **BY)


@pytest.mark.usefixtures("torn")
def test_a_line_that_was_torn_off_is_counted_and_spoils_no_other() -> None:
    assert kinds() == ["tie"]
    assert objections.unreadable() == 1
