"""Nobody's subscription and nobody's consent: neither can be written, nor left behind."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from subscribers.fastsql import insert, reserve
from subscribers.integrity import rows_in_any_order
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription
from tests.delivery.clerk import at_once
from tests.factories import make_newsletter

pytestmark = pytest.mark.django_db
NOBODY = 987_654_321
TABLES = ["subscribers_subscription", "subscribers_consentevent"]


@pytest.fixture
def newsletter() -> Newsletter:
    return make_newsletter()


@pytest.fixture
def ada() -> Subscriber:
    return Subscriber.objects.create(email="ada@example.org", address="ada@example.org")


def write(model: type[Subscription] | type[ConsentEvent], person: int, newsletter: int) -> None:
    """And look, as the end of the transaction would."""
    with transaction.atomic():
        model._default_manager.create(subscriber_id=person, newsletter_id=newsletter)
        connection.check_constraints()


def delete_all(table: str) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
        connection.check_constraints()


@pytest.mark.parametrize("model", [Subscription, ConsentEvent])
def test_a_row_without_its_person_or_its_newsletter_is_refused(
    model: type[Subscription] | type[ConsentEvent], ada: Subscriber, newsletter: Newsletter
) -> None:
    for person, letters in ((NOBODY, newsletter.pk), (ada.pk, NOBODY)):
        with pytest.raises(IntegrityError):
            write(model, person, letters)
    write(model, ada.pk, newsletter.pk)
    assert model._default_manager.count() == 1


@pytest.mark.parametrize("model", [Subscription, ConsentEvent])
@pytest.mark.parametrize("parent", ["subscribers_subscriber", "subscribers_newsletter"])
def test_who_is_referred_to_is_not_deleted_past_django(
    model: type[Subscription] | type[ConsentEvent],
    parent: str,
    ada: Subscriber,
    newsletter: Newsletter,
) -> None:
    write(model, ada.pk, newsletter.pk)
    with pytest.raises(IntegrityError):
        delete_all(parent)
    assert Subscriber.objects.exists()
    assert Newsletter.objects.exists()


def test_who_is_deleted_with_all_that_is_hers_goes(ada: Subscriber, newsletter: Newsletter) -> None:
    write(Subscription, ada.pk, newsletter.pk)
    write(ConsentEvent, ada.pk, newsletter.pk)
    ada.delete()
    newsletter.delete()
    connection.check_constraints()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("table", TABLES)
def test_a_row_becomes_nobodys_neither(table: str, ada: Subscriber, newsletter: Newsletter) -> None:
    write(Subscription, ada.pk, newsletter.pk)
    write(ConsentEvent, ada.pk, newsletter.pk)
    ben = Subscriber.objects.create(email="ben@example.org", address="ben@example.org")
    give(table, ben.pk)
    with pytest.raises(IntegrityError):
        give(table, NOBODY)


def give(table: str, person: int) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET subscriber_id = %s", [person])
        connection.check_constraints()


@pytest.mark.only_on("postgresql")
def test_who_may_be_referred_to_keeps_her_number(ada: Subscriber) -> None:
    with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
        Subscriber.objects.filter(pk=ada.pk).update(id=NOBODY)


def test_rows_may_come_before_those_they_refer_to_where_that_is_said(
    newsletter: Newsletter,
) -> None:
    with transaction.atomic():
        with rows_in_any_order():
            [number] = reserve(Subscriber, 1)
            insert(Subscription, ["subscriber"], [(number,)], newsletter=newsletter.pk)
            insert(Subscriber, ["id", "address"], [(number, "ada@example.org")])
        connection.check_constraints()
    assert Subscription.objects.get().subscriber.address == "ada@example.org"


@pytest.mark.only_on("postgresql")
def test_and_are_looked_at_in_the_end(newsletter: Newsletter) -> None:
    def write_nobodys() -> None:
        with transaction.atomic(), rows_in_any_order():
            insert(Subscription, ["subscriber"], [(NOBODY,)], newsletter=newsletter.pk)

    with pytest.raises(IntegrityError, match="1 rows of subscribers_subscription"):
        write_nobodys()
    with pytest.raises(IntegrityError):
        write(Subscription, NOBODY, newsletter.pk)


@pytest.mark.only_on("postgresql")
def test_addresses_have_one_index_for_all_that_is_asked_of_them(ada: Subscriber) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'subscribers_subscriber'"
            " AND indexdef LIKE '%(address%'"
        )
        assert len(cursor.fetchall()) == 1
        cursor.execute("SET LOCAL enable_seqscan = off")
        for people in (
            Subscriber.objects.filter(address="ada@example.org"),
            Subscriber.objects.filter(address__in=["ada@example.org", "ben@example.org"]),
            Subscriber.objects.filter(address__among=["ada@example.org", "ben@example.org"]),
            Subscriber.objects.filter(address__begins="ada"),
        ):
            assert "one_person_an_address" in people.explain()
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.create(email="ADA@example.org", address="ada@example.org")


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")  # SQLite has one writer at a time
def test_whoever_is_deleted_at_the_moment_of_a_new_row_leaves_none_behind(
    newsletter: Newsletter,
) -> None:
    for number in range(8):
        her = Subscriber.objects.create(email="", address=f"{number}@example.org")

        def remove(person: int = her.pk) -> None:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM subscribers_subscriber WHERE id = %s", [person])

        def agree(person: int = her.pk) -> None:
            ConsentEvent.objects.create(subscriber_id=person, newsletter=newsletter)

        removed, agreed = at_once(remove, agree)
        assert isinstance(removed or agreed, IntegrityError), "one of the two is refused"
        assert (removed is None) != (agreed is None)
    there = Subscriber.objects.values_list("pk", flat=True)
    assert not ConsentEvent.objects.exclude(subscriber_id__in=list(there)).exists()


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_migration_that_was_broken_off_is_run_again() -> None:
    """`prepare` stops where a table is in use for too long."""
    module = import_module("subscribers.migrations.0013_checked_by_the_statement")
    for done in range(1, len(module.Migration.operations) + 1):
        with connection.schema_editor(atomic=False) as editor:
            for operation in module.Migration.operations[:done]:
                operation.database_forwards("subscribers", editor, None, None)
