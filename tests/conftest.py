import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import dns.resolver
import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import SimpleTestCase
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from posts.content.actions import Foundation, ensure_site
from posts.sharing import counting
from subscribers.keys import forget_cached_keys
from subscribers.limits import counters
from subscribers.limits.counters import Mark
from tests import migrated

# The same examples each time. `--hypothesis-profile=default` looks for new ones.
hypothesis.settings.register_profile("steady", derandomize=True)
hypothesis.settings.load_profile("steady")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All tests share the cores. What is named runs in one process: a file is done before a second
    one has started, and a benchmark wants the machine for itself."""
    everything = config.args_source is config.ArgsSource.TESTPATHS
    return min(os.cpu_count() or 1, 4) if everything else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What this run is not for is not run, and not skipped.

    `only_on(service)`: what needs a service that it does not name (a database or Redis). Where all
    tests run, `slow`, which is asked for by name or with `-m slow`; and with PostgreSQL what asks
    no database, and so ran without."""
    there = {connection.vendor} | ({"redis"} if settings.REDIS_URL else set())
    everything = config.args_source is config.ArgsSource.TESTPATHS

    def is_elsewhere(item: pytest.Item) -> bool:
        only = list(item.iter_markers("only_on"))
        if any(not there.intersection(one.args) for one in only):
            return True
        if not everything:
            return False
        ran_without = connection.vendor == "postgresql" and not only and not _asks_a_database(item)
        return ran_without or item.get_closest_marker("slow") is not None

    elsewhere = [item for item in items if is_elsewhere(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in set(elsewhere)]


def _asks_a_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    of_django = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    return bool(fixtures) or item.get_closest_marker("django_db") is not None or of_django


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings: None
) -> Iterator[None]:
    """Before Django makes its test database: what was kept of an earlier one."""
    kept = migrated.kept_in(request.config.cache.mkdir("migrated"))
    if connection.vendor != "sqlite" or not kept.exists():
        yield
        return
    with closing(migrated.begin_with(kept)):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    kept = migrated.kept_in(request.config.cache.mkdir("migrated"))
    if connection.vendor == "sqlite" and not kept.exists():
        with django_db_blocker.unblock():
            migrated.keep(kept)


@pytest.fixture(autouse=True)
def _fresh_keys() -> None:
    """Each test has a database of its own, and so keys of its own."""
    forget_cached_keys()


@pytest.fixture(autouse=True)
def _counted_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread writes totals into a database that is another test's by then."""
    monkeypatch.setattr(counting, "write_soon", lambda: None)
    counting.waiting.take()


@pytest.fixture(autouse=True)
def _no_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of limits turn by the clock: what one test counts, it counts in one, until it moves
    the clock itself."""
    began, mark = timezone.now(), counters.mark

    def of_the_beginning(*what: str, at: datetime | None = None, **lengths: timedelta) -> Mark:
        soon = timezone.now() - began < timedelta(minutes=5)
        return mark(*what, at=began if at is None and soon else at, **lengths)

    monkeypatch.setattr(counters, "mark", of_the_beginning)


@pytest.fixture(autouse=True)
def _no_name_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody outside is asked for a domain; `tests.name_server` is, by whoever opens it."""
    nobody = dns.resolver.Resolver(configure=False)
    monkeypatch.setattr(dns.resolver, "default_resolver", nobody)


@pytest.fixture
def site(db: None) -> Foundation:
    return ensure_site()
