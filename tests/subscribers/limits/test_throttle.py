"""How often, with proof of work and without."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from subscribers.addresses import normalise
from subscribers.limits import counters, throttle
from subscribers.limits.models import Tally
from subscribers.limits.throttle import Decision, RequestKind
from tests.subscribers.making import ADA

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counted_in")]


def verdict(
    address: str = ADA,
    network: str = "203.0.113.0/24",
    *,
    kind: RequestKind = RequestKind.LINK,
    proven: bool = True,
) -> Decision:
    answer = throttle.allow(kind=kind, address=normalise(address), network=network, proven=proven)
    assert bool(answer.retry_after) == (answer.decision == Decision.TOO_MANY)
    return answer.decision


def test_an_address_is_asked_for_often_enough_one_day() -> None:
    verdicts = [verdict(network=f"10.0.{n}.0/24") for n in range(throttle.PER_ADDRESS.most + 2)]
    assert verdicts[:-2] == [Decision.GO_ON] * throttle.PER_ADDRESS.most
    assert verdicts[-2:] == [Decision.NO_MAIL] * 2
    assert verdict(kind=RequestKind.SIGN_UP) == Decision.GO_ON, "each kind counts for itself"


def test_proof_of_work_makes_a_network_s_limit_wider() -> None:
    hourly = throttle.PER_NETWORK_UNPROVEN[0].most
    verdicts = [verdict(f"a{n}@example.org", proven=False) for n in range(hourly + 1)]
    assert verdicts == [Decision.GO_ON] * hourly + [Decision.TOO_MANY]
    assert verdict("b@example.org") == Decision.GO_ON
    verdicts = [verdict(f"b{n}@example.org") for n in range(throttle.PER_NETWORK[0].most)]
    assert verdicts[-1] == Decision.TOO_MANY


def test_no_number_of_networks_gets_past_the_limit_of_the_site() -> None:
    most = throttle.PER_SITE_UNPROVEN.most
    verdicts = [
        verdict(f"a{n}@example.org", f"10.{n // 250}.{n % 250}.0/24", proven=False)
        for n in range(most + 1)
    ]
    assert Decision.TOO_MANY not in verdicts[:-1]
    assert verdicts[-1] == Decision.TOO_MANY
    assert verdict("b@example.org", "198.51.100.0/24") == Decision.GO_ON, "with proof of work"


def test_who_comes_from_nowhere_is_limited_too() -> None:
    verdicts = {verdict(f"a{n}@example.org", "") for n in range(throttle.PER_NETWORK[0].most + 1)}
    assert Decision.TOO_MANY in verdicts


def test_while_redis_is_away_the_database_counts(
    settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    counters._redis.cache_clear()
    hourly = throttle.PER_NETWORK_UNPROVEN[0].most
    verdicts = [verdict(f"a{n}@example.org", proven=False) for n in range(hourly + 1)]
    assert verdicts == [Decision.GO_ON] * hourly + [Decision.TOO_MANY]
    assert "the database counts" in caplog.text


def test_a_tally_tells_neither_address_nor_network(counted_in: str) -> None:
    verdict()
    for row in Tally.objects.all():
        assert len(row.key) == 16
        assert ADA.encode() not in bytes(row.key)
    assert Tally.objects.exists() == (counted_in == "database")


def test_two_windows_that_begin_together_are_counted_apart() -> None:
    hour, day = (counters.mark("x", lasts=timedelta(hours=n)) for n in (1, 24))
    assert counters.add([hour, day]) == [1, 1]
    assert counters.add([day]) == [2]
    assert counters.peek([hour, day]) == [1, 2]


def test_a_rush_is_noticed() -> None:
    assert not throttle.rush(RequestKind.SIGN_UP).unusual
    for number in range(40):
        verdict(f"a{number}@example.org", f"10.0.{number}.0/24", kind=RequestKind.SIGN_UP)
    rush = throttle.rush(RequestKind.SIGN_UP)
    assert rush.unusual
    assert rush.lately >= 20  # of the 40, where an hour ended in between
    assert not throttle.rush(RequestKind.LINK).unusual
