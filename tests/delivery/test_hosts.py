"""Computers that serve one site and do not agree."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from posts.delivery import hosts, status
from posts.delivery.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_who_agrees_has_nothing_to_say() -> None:
    status.worker_seen("one:4711")
    status.worker_seen("two:4711")
    assert list(hosts.checks()) == []


def test_another_secret_is_an_error_that_names_the_host() -> None:
    status.worker_seen("one:4711")
    status.worker_seen("two:4712")
    Heartbeat.objects.filter(worker="two:4712").update(secret="0" * 16)
    [check] = hosts.checks()
    assert (check.name, check.level) == ("secret keys", "error")
    assert "Workers on two have another SECRET_KEY" in check.message


def test_nothing_of_the_secret_is_kept(settings: Settings) -> None:
    status.worker_seen("one:4711")
    assert settings.SECRET_KEY not in str(Heartbeat.objects.values_list()[0])


def test_another_version_is_told_and_one_that_says_none_is_not_judged() -> None:
    status.worker_seen("one:4711")
    Heartbeat.objects.create(worker="old:1", at=timezone.now())  # of before these columns
    assert list(hosts.checks()) == []
    Heartbeat.objects.filter(worker="one:4711").update(version="0" * 12)
    [check] = hosts.checks()
    assert (check.name, check.level) == ("versions of workers", "warning")


@pytest.mark.parametrize(("by", "said"), [(90, "90 seconds ahead of"), (-90, "90 seconds behind")])
def test_a_clock_that_is_wrong_is_told(by: int, said: str) -> None:
    status.worker_seen("one:4711")
    Heartbeat.objects.update(clock=timezone.now() + timedelta(seconds=by))
    [check] = hosts.checks()
    assert (check.name, check.level) == ("clock of one", "warning")
    assert said in check.message


def test_who_was_here_long_ago_is_not_asked() -> None:
    status.worker_seen("one:4711")
    Heartbeat.objects.update(secret="0" * 16, at=timezone.now() - timedelta(minutes=5))
    assert list(hosts.checks()) == []
