"""What was exported imports again unchanged, formulas and all."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.lists.cells import neutralised, restored
from subscribers.lists.csv_file import open_file
from subscribers.lists.exporter import export
from subscribers.lists.importer import Import
from subscribers.models import (
    ConsentEvent,
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
    TransactionalMail,
)
from subscribers.segments.models import Tag, Tagging

pytestmark = pytest.mark.django_db

WORD = st.text("abz =+-@'\",;|éß", min_size=1, max_size=12).map(lambda t: " ".join(t.split()))
AT = st.datetimes(datetime(2001, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))
PERSON = st.fixed_dictionaries(
    {
        "name": WORD,
        "created_at": AT,
        "locale": st.sampled_from(["en", "de", "pt-BR"]),
        "edition": st.sampled_from(Subscriber.Edition.values),
        "format": st.sampled_from(Subscriber.Format.values),
        "pace": st.sampled_from(Subscriber.Pace.values),
        "large_text": st.booleans(),
        "discreet": st.booleans(),
        "resting_until": st.none() | st.dates(),
    }
)
TIE = st.fixed_dictionaries(
    {"status": st.sampled_from(Subscription.Status.values), "created_at": AT}
)
CONSENT = st.tuples(st.sampled_from(["confirmed", "imported"]), WORD, AT)
LOCAL = st.sampled_from(["ada", "+ben", "=SUM", "-x", "'=y", "''+z", "o'hara"])


@pytest.fixture
def newsletter() -> Newsletter:
    return Newsletter.objects.create(name="Letters", slug="letters")


def exported(newsletter: Newsletter) -> str:
    return "".join(piece for piece, _ in export(newsletter))


def clear() -> None:
    for model in (Tagging, Tag, Suppression, TransactionalMail, Subscription):
        model._default_manager.all().delete()
    ConsentEvent.objects.all()._raw_delete("default")
    Subscriber.objects.all().delete()


def make(newsletter: Newsletter, number: int, made: tuple[Any, ...]) -> None:
    local, person, tie, consent, tags = made
    email = f"{local}{number}@example.org"
    her = Subscriber.objects.create(email=email, address=email.lower(), **person)
    Subscriber.objects.filter(pk=her.pk).update(created_at=person["created_at"])
    sub = Subscription.objects.create(subscriber=her, newsletter=newsletter, status=tie["status"])
    Subscription.objects.filter(pk=sub.pk).update(created_at=tie["created_at"])
    kind, source, at = consent
    event = ConsentEvent(subscriber=her, newsletter=newsletter, kind=kind, source=source)
    event.save()
    with connection.cursor() as cursor:
        value = connection.ops.adapt_datetimefield_value(at)
        cursor.execute(
            "UPDATE subscribers_consentevent SET at = %s WHERE id = %s", [value, event.pk]
        )
    for tag in tags:
        Tagging.objects.create(tag=Tag.objects.get_or_create(name=tag)[0], subscriber=her)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            LOCAL, PERSON, TIE, CONSENT, st.sets(WORD.filter(bool).filter(str.strip), max_size=3)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_was_exported_imports_into_an_empty_site_unchanged(
    newsletter: Newsletter, tmp_path: Path, people: list[tuple[Any, ...]]
) -> None:
    with transaction.atomic():
        clear()
        for number, made in enumerate(people):
            make(newsletter, number, made)
        before = exported(newsletter)
        clear()
        path = tmp_path / "out.csv"
        path.write_bytes(before.encode())
        job = Import(newsletter=newsletter, confirmed=True, source="moved", by="test")
        rejected: list[Any] = []
        job.run(open_file(path).rows(), reject=rejected.append)
        assert rejected == []
        assert exported(newsletter) == before
        again = Import(newsletter=newsletter, confirmed=True, source="moved", by="test")
        again.run(open_file(path).rows(), reject=rejected.append)
        assert again.totals.added == again.totals.updated == 0
        assert exported(newsletter) == before


@given(st.text())
def test_a_neutralised_cell_is_no_formula_and_comes_back(cell: str) -> None:
    assert not neutralised(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert restored(neutralised(cell)) == cell.replace("\0", "\ufffd")


def test_the_command_writes_a_file_for_its_owner_only(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    Subscription.objects.create(
        subscriber=Subscriber.objects.create(email="Ada@example.org", address="ada@example.org"),
        newsletter=newsletter,
        status="active",
    )
    path, out = tmp_path / "readers.csv", io.StringIO()
    call_command("export_subscribers", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {"exported": 1}
    assert path.read_text().splitlines()[1].startswith("Ada@example.org,,active,")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["readers.csv"]


def test_a_newsletter_that_is_not_there_and_a_folder_that_is_not_are_refused(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    for arguments in ([str(tmp_path / "a.csv"), "--newsletter", "nope"], ["/nowhere/a.csv"]):
        with pytest.raises(CommandError) as refused:
            call_command("export_subscribers", *arguments)
        assert refused.value.returncode == 2


def test_a_page_is_followed_by_the_next(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subscribers.lists.exporter.FIRST_PAGE", 2)
    monkeypatch.setattr("subscribers.lists.exporter.PAGE", 3)
    for number in range(11):
        person = Subscriber.objects.create(
            email=f"p{number}@example.org", address=f"p{number}@example.org"
        )
        Subscription.objects.create(subscriber=person, newsletter=newsletter)
    addresses = [line.split(",")[0] for line in exported(newsletter).splitlines()[1:]]
    assert addresses == [f"p{number}@example.org" for number in range(11)]
