"""Rows written past the instances are the rows that instances would have written."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from subscribers.fastsql import insert, reserve
from subscribers.models import Newsletter, Subscriber, Subscription

HOSTILE = ["tab\there", "line\nbreak", "back\\slash", "\\N", "\\.", "cr\r", "ümlaut 🌿", ""]
HOSTILE += ["it's", "100 %s", "%(name)s?", "');--", "x'41'"]
MOMENT = datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)


@pytest.mark.django_db
def test_every_text_comes_back_as_it_was() -> None:
    insert(
        Newsletter,
        ["name", "slug"],
        [(text, f"letters-{number}") for number, text in enumerate(HOSTILE)],
        description="\\N",
        from_name="Ada\tFern",
        from_email="ada@letters.example",
        created_at=MOMENT,
    )
    rows = Newsletter.objects.order_by("id").values_list("name", "from_name", "created_at")
    assert list(rows) == [(text, "Ada\tFern", MOMENT) for text in HOSTILE]
    assert set(Newsletter.objects.values_list("description", flat=True)) == {"\\N"}


@pytest.mark.django_db
def test_what_is_the_same_in_all_rows_comes_back_as_it_was() -> None:
    for number, text in enumerate(HOSTILE):
        insert(Newsletter, ["slug"], [(f"letters-{number}",)], name=text)
    assert list(Newsletter.objects.order_by("id").values_list("name", flat=True)) == HOSTILE


@pytest.mark.django_db
def test_more_rows_than_are_written_at_a_time_all_arrive() -> None:
    insert(Subscriber, ["address"], ((f"reader-{n}@example.org",) for n in range(2_345)))
    assert Subscriber.objects.count() == 2_345


@pytest.mark.django_db
def test_tokens_choices_and_nothing_at_all_arrive() -> None:
    newsletter = Newsletter.objects.create(name="Letters", slug="letters")
    insert(Subscriber, ["address"], [("ada@example.org",)], edition=Subscriber.Edition.SHORT)
    [ada] = Subscriber.objects.all()
    header, body = uuid.uuid4(), uuid.uuid4()
    insert(
        Subscription,
        ["header_token", "body_token"],
        [(header.hex, body.hex)],
        subscriber=ada.pk,
        newsletter=newsletter.pk,
        status=Subscription.Status.ACTIVE,
        asked_at=None,
    )
    [row] = Subscription.objects.all()
    assert (row.header_token, row.body_token) == (header, body)
    assert (row.status, row.asked_at) == ("active", None)
    assert ada.edition == "short"
    assert ada.resting_until is None


@pytest.mark.django_db
def test_a_row_that_is_there_already_is_refused_as_one() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Subscriber, ["address"], [("ada@example.org",), ("ada@example.org",)])
    assert not Subscriber.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
def test_what_cannot_be_written_as_a_row_is_refused() -> None:
    with pytest.raises(TypeError, match="dict cannot be copied"):
        insert(Subscriber, ["address"], [({"no": "address"},)])
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
def test_reserved_numbers_are_nobody_elses_whoever_writes_meanwhile() -> None:
    with transaction.atomic():
        first = reserve(Subscriber, 3)
        insert(Subscriber, ["id", "address"], [(n, f"{n}@example.org") for n in first])
    other = Subscriber.objects.create(email="", address="ada@example.org")
    with transaction.atomic():
        second = reserve(Subscriber, 2)
    numbers = [*first, other.pk, *second]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 6
