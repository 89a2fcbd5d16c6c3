"""The shared buckets in the database: each call is one short transaction on locked rows.

Ten processes ask about twice a second, for many messages at once. PostgreSQL locks the row;
SQLite lets one writer in at a time.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction

from posts.delivery import clock, status
from posts.delivery.rate import buckets, limits
from posts.delivery.rate.buckets import LONG_AGO, Grant
from posts.delivery.rate.models import Allowance
from posts.delivery.rate.queries import sending_settings

# A domain nobody wrote to for so long has a full bucket, as a new one has.
IDLE = timedelta(hours=1)


def grant(transport: str, want: int) -> Grant:
    """Up to `want` tokens of the transport's bucket. Without any limit all that is wanted, and
    nothing is locked."""
    settings = sending_settings()
    seen = Allowance.objects.filter(name=transport).first()
    standing = limits.standing(settings, seen, clock.exact_now())
    if standing.free or want <= 0:
        return Grant(max(0, want), 0.0, standing)
    with _locked(transport) as row:
        return buckets.draw(row, settings, want, clock.exact_now())


def give_back(transport: str, grant: Grant, tokens: int) -> None:
    """Tokens of that grant that were not used."""
    with _locked(transport) as row:
        buckets.put_back(row, grant, tokens)


def count(transport: str, mails: int) -> None:
    """Note what left while there was no limit."""
    with _locked(transport) as row:
        buckets.count(row, mails, clock.exact_now())


def slow_down(transport: str, *, observed: float, retry_after: timedelta | None) -> None:
    """The server said that it is too much. `observed`: how many a second this process had."""
    settings, workers = sending_settings(), max(1, status.workers_alive())
    with _locked(transport) as row:
        buckets.slow_down(
            row,
            settings,
            observed=observed * workers,
            now=clock.exact_now(),
            retry_after=retry_after,
        )


def grant_domains(transport: str, wants: Mapping[str, int]) -> dict[str, tuple[int, float]]:
    """For each domain, how many may leave, and in how many seconds there will be another."""
    rate = limits.domain_rate(sending_settings())
    if rate is None:
        return {}
    granted = {}
    with _locked_domains(transport, wants) as rows:
        now = clock.exact_now()
        for domain, row in rows.items():
            row.bulk_wanted_at = now
            tokens = buckets.pour_for_mailing(row, rate, wants[domain], now)
            granted[domain] = (tokens, buckets.next_token(row, rate))
    return granted


def grant_own(transport: str, domain: str) -> float:
    """A token for one mail of our own, to an address of this domain (empty: not limited by it).

    0: it may leave, and is counted. Else the seconds after which asking again makes sense.
    """
    settings = sending_settings()
    rate = limits.domain_rate(settings) if domain else None
    with transaction.atomic(), _locked(transport) as row:
        now = clock.exact_now()
        wait, standing = buckets.draw_own(row, settings, now)
        if not wait and rate is not None:
            with _locked_domains(transport, [domain]) as rows:
                # Forgotten by another worker at this very moment: as good as full.
                own = rows.get(domain)
                wait = buckets.wait_of_own(own, rate, now) if own else 0.0
                if own and not wait:
                    buckets.take_own(own)
        if not wait:
            if standing.per_second is not None:
                buckets.take_own(row)
            buckets.count_own(row, 1, now)
    return wait


def count_own(transport: str, mails: int) -> None:
    """Mails of our own that left without asking; a negative number: that asked, and did not."""
    with _locked(transport) as row:
        buckets.count_own(row, mails, clock.exact_now())


def give_back_domains(transport: str, tokens: Mapping[str, int]) -> None:
    with _locked_domains(transport, tokens) as rows:
        for domain, row in rows.items():
            row.tokens += tokens[domain]


def put_off(transport: str, domain: str, recipients: int) -> timedelta:
    """Reserve a later turn for so many `recipients` of a domain: how long from now it begins."""
    rate = limits.domain_rate(sending_settings())
    if rate is None:
        return timedelta(0)
    with _locked_domains(transport, [domain]) as rows:
        if domain not in rows:  # forgotten by another worker at this very moment
            return timedelta(seconds=1 / rate)
        return buckets.defer(rows[domain], rate, recipients, clock.exact_now())


def forget_idle_domains(transport: str) -> None:
    """A row for each domain ever written to would be many, and say nothing."""
    now = clock.exact_now()
    idle = Allowance.objects.filter(name__startswith=f"{transport}:", filled_at__lt=now - IDLE)
    idle.exclude(deferred_until__gt=now).delete()


@contextmanager
def _locked(name: str) -> Iterator[Allowance]:
    """The row, made where it is missing, locked, and saved at the end."""
    with transaction.atomic():
        _make([name])
        row = Allowance.objects.select_for_update().get(name=name)
        yield row
        row.save()


@contextmanager
def _locked_domains(transport: str, domains: Iterable[str]) -> Iterator[dict[str, Allowance]]:
    """The domains' rows, always locked in the same order: else two workers wait for each other."""
    names = sorted(f"{transport}:{domain}" for domain in domains)
    with transaction.atomic():
        _make(names)
        rows = list(Allowance.objects.select_for_update().filter(name__in=names).order_by("name"))
        yield {row.name.removeprefix(f"{transport}:"): row for row in rows}
        Allowance.objects.bulk_update(
            rows,
            [
                *("tokens", "filled_at", "deferred_until"),
                *("own_wanted_at", "own_had_last", "bulk_wanted_at"),
            ],
        )


def _make(names: list[str]) -> None:
    """Two workers may meet a new name at the same moment: one of them makes it."""
    known = set(Allowance.objects.filter(name__in=names).values_list("name", flat=True))
    new = [Allowance(name=name, filled_at=LONG_AGO) for name in names if name not in known]
    if new:
        Allowance.objects.bulk_create(new, ignore_conflicts=True)
