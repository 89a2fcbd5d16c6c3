"""The command: what becomes of each row, in numbers that add up, and nobody brought back."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts.content.actions import Foundation
from subscribers import actions, mailer
from subscribers.addresses import normalise
from subscribers.lists import importer
from subscribers.models import (
    ConsentEvent,
    Newsletter,
    Subscriber,
    Subscription,
    TransactionalMail,
)
from subscribers.queries import audience, recipients
from tests.factories import make_newsletter
from tests.subscribers.making import ADA, confirm, mail_row, person, subscribed, subscription

pytestmark = pytest.mark.django_db
CONFIRMED = {"confirmed": True, "source": "sign-up sheet, 3 May"}


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(
        "email,name\nada@example.org,Ada\nBEN@example.org,Ben\nada@example.org,\nnobody,Nobody\n"
    )
    return path


def run(path: Path, **options: Any) -> tuple[dict[str, int], str]:
    out = StringIO()
    call_command("import_subscribers", str(path), json=True, stdout=out, **options)
    *told, last = out.getvalue().splitlines()
    answer = json.loads(last)
    totals = {name: answer[name] for name in counts()}
    assert sum(totals.values()) == 2 * totals["read"], "the parts sum to what was read"
    return totals, "\n".join(told)


def counts(**fields: int) -> dict[str, int]:
    names = ("read", "added", "updated", "unchanged", "suppressed", "rejected")
    return {name: fields.get(name, 0) for name in names}


def test_people_with_consent_are_active_at_once(newsletter: Newsletter, people: Path) -> None:
    totals, told = run(people, **CONFIRMED)
    assert totals == counts(read=4, added=2, unchanged=1, rejected=1)
    assert str(people) + ".rejects.csv" in told
    assert list(audience(newsletter.pk)) == [person().pk, person("ben@example.org").pk]
    assert person().name == "Ada"
    assert person("ben@example.org").email == "BEN@example.org"
    event = ConsentEvent.objects.filter(subscriber=person()).get()
    assert (event.kind, event.source, event.by) == (
        "imported",
        "sign-up sheet, 3 May",
        "import_subscribers",
    )
    assert not TransactionalMail.objects.exists()


def test_what_is_inserted_past_django_is_what_django_reads(
    newsletter: Newsletter, people: Path
) -> None:
    run(people, **CONFIRMED)
    rows = list(Subscription.objects.all())
    tokens = {token for row in rows for token in (row.header_token, row.body_token)}
    assert len(tokens) == 4
    by_hand = Subscriber.objects.create(email="x@example.org", address="x@example.org", name="")
    imported = person()
    differ = {"id", "email", "address", "name", "created_at", "_state"}
    for name, value in vars(by_hand).items():
        assert name in differ or getattr(imported, name) == value
    assert abs((by_hand.created_at - imported.created_at).total_seconds()) < 60
    assert [r.left_out for r in recipients(newsletter.pk, [imported.pk])] == [""]


def test_running_it_again_changes_nothing(newsletter: Newsletter, people: Path) -> None:
    run(people, **CONFIRMED)
    totals, _ = run(people, **CONFIRMED)
    assert totals == counts(read=4, unchanged=3, rejected=1)
    assert ConsentEvent.objects.count() == 2


def test_the_second_time_only_reads(newsletter: Newsletter, people: Path) -> None:
    run(people, **CONFIRMED)
    with CaptureQueriesContext(connection) as queries:
        run(people, **CONFIRMED)
    words = {query["sql"].split()[0] for query in queries}
    assert words <= {"SELECT", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}


def test_tokens_of_a_chunk_begin_alike_and_each_is_another(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "CHUNK", 2)
    path = tmp_path / "four.csv"
    path.write_text("email\n" + "".join(f"{n}@example.org\n" for n in range(4)))
    run(path, **CONFIRMED)
    rows = Subscription.objects.order_by("pk")
    tokens = [(row.header_token.hex, row.body_token.hex) for row in rows]
    assert len({token for both in tokens for token in both}) == 8
    begun = [{token[:8] for both in chunk for token in both} for chunk in (tokens[:2], tokens[2:])]
    assert [len(one) for one in begun] == [1, 1]
    assert begun[0] != begun[1]


def test_people_have_numbers_in_the_order_of_the_file(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    path = tmp_path / "three.csv"
    path.write_text("email\nc@example.org\na@example.org\nb@example.org\n")
    run(path, **CONFIRMED)
    found = Subscriber.objects.order_by("pk").values_list("address", flat=True)
    assert list(found) == ["c@example.org", "a@example.org", "b@example.org"]


def test_without_consent_each_is_asked_once(newsletter: Newsletter, people: Path) -> None:
    totals, told = run(people)
    assert totals["added"] == 2
    assert "asks to confirm" in told
    assert not audience(newsletter.pk)
    run(people)
    mailer.mail_due()
    mailer.mail_due()
    assert sorted(message.to[0] for message in mail.outbox) == [ADA, "ben@example.org"]
    confirm()
    assert list(audience(newsletter.pk)) == [person().pk]


def test_consent_that_is_brought_later_ends_the_waiting(
    newsletter: Newsletter, people: Path
) -> None:
    run(people)
    totals, _ = run(people, **CONFIRMED)
    assert totals == counts(read=4, updated=2, unchanged=1, rejected=1)
    assert len(audience(newsletter.pk)) == 2
    assert mailer.mail_due() == 0, "nobody is asked for what is settled"


def test_a_reader_of_another_newsletter_is_asked_too(newsletter: Newsletter, people: Path) -> None:
    subscribed(newsletter)
    second = make_newsletter()
    old = mail_row().token
    totals, _ = run(people, newsletter=second.slug)
    assert totals["added"] == 2
    assert subscription(second).status == "pending"
    assert mail_row().token != old
    assert mail_row().due_at is not None


def test_whoever_left_stays_away(newsletter: Newsletter, people: Path) -> None:
    row = subscribed(newsletter)
    actions.unsubscribe(subscription=row, source="test", by="test")
    totals, told = run(people, **CONFIRMED)
    assert totals == counts(read=4, added=1, unchanged=2, rejected=1)
    assert "1 of the unchanged had unsubscribed" in told
    assert subscription(newsletter).status == "unsubscribed"
    assert person().name == ""


def test_the_suppressed_stay_suppressed(newsletter: Newsletter, people: Path) -> None:
    subscribed(newsletter)
    actions.erase(address=normalise(ADA), source="test", by="test")
    totals, _ = run(people, **CONFIRMED)
    assert totals == counts(read=4, added=1, suppressed=2, rejected=1)
    assert not Subscriber.objects.filter(address=ADA).exists()


def test_a_name_is_filled_in_and_corrected(newsletter: Newsletter, people: Path) -> None:
    run(people, **CONFIRMED)
    people.write_text("email,name\nada@example.org,Ada Fern\nben@example.org,\n")
    totals, _ = run(people, **CONFIRMED)
    assert totals == counts(read=2, updated=1, unchanged=1)
    assert person().name == "Ada Fern"
    assert person("ben@example.org").name == "Ben"


@pytest.mark.parametrize("before", [False, True])
def test_a_dry_run_tells_the_same_and_changes_nothing(
    newsletter: Newsletter, people: Path, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "CHUNK", 2)  # the duplicate comes in another transaction
    if before:
        subscribed(newsletter)
    rows = Subscriber.objects.count(), ConsentEvent.objects.count()
    foreseen, told = run(people, dry_run=True, **CONFIRMED)
    assert "nothing was changed" in told
    assert (Subscriber.objects.count(), ConsentEvent.objects.count()) == rows
    if not before:
        assert run(people, **CONFIRMED)[0] == foreseen


def test_duplicates_far_apart_count_once(
    newsletter: Newsletter, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "CHUNK", 1)
    totals, _ = run(people, **CONFIRMED)
    assert totals == counts(read=4, added=2, unchanged=1, rejected=1)


def test_somebody_who_signs_up_in_the_middle_is_no_trouble(
    newsletter: Newsletter, people: Path
) -> None:
    """The chunk looks, she signs up, the chunk inserts: it looks again."""
    seen = 0

    def sign_up_in_between(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if "nextval" in sql or "sqlite_sequence" in sql:  # numbers for those who are to come
            seen += 1
            if seen == 1:
                Subscriber.objects.create(email=ADA, address=ADA)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(sign_up_in_between):
        totals, _ = run(people, **CONFIRMED)
    # In this test her row was rolled back with the chunk; what counts is that it was tried again.
    assert seen == 2
    assert totals["added"] == 2


def test_ten_times_the_rows_need_no_more_statements(newsletter: Newsletter, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"

    def statements(start: int, count: int) -> int:
        lines = (f"reader{n}@example.org,Reader {n}\n" for n in range(start, start + count))
        path.write_text("email,name\n" + "".join(lines))
        with CaptureQueriesContext(connection) as captured:
            run(path)
        return len(captured)

    assert statements(0, 100) == statements(1000, 1000)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"confirmed": True}, "--source"),
        ({"confirmed": True, "source": "  "}, "--source"),
        ({"confirmed": True, "source": "x" * 201}, "longer than 200"),
        ({"newsletter": "no-such-letter"}, "no newsletter 'no-such-letter'"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    newsletter: Newsletter, people: Path, options: dict[str, Any], hint: str
) -> None:
    with pytest.raises(CommandError, match=hint) as refused:
        run(people, **options)
    assert refused.value.returncode == 2
    assert not Subscriber.objects.exists()


def test_among_several_newsletters_one_must_be_named(newsletter: Newsletter, people: Path) -> None:
    second = make_newsletter()
    with pytest.raises(CommandError, match=f"one of: {newsletter.slug}, {second.slug}") as refused:
        run(people)
    assert refused.value.returncode == 2


@pytest.mark.parametrize("content", [b"", b"name\nAda\n", b"\0\1\2", None])
def test_a_file_that_is_no_list_changes_nothing(
    newsletter: Newsletter, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        run(path)
    assert refused.value.returncode == 2
    assert not Subscriber.objects.exists()
    assert not list(tmp_path.glob("*.rejects*"))


def test_a_folder_that_cannot_hold_the_rejects_is_told_before_anything_is_done(
    newsletter: Newsletter, people: Path
) -> None:
    # A folder where the draft of the rejects would go stands for a disk that cannot be written.
    people.with_name("people.csv.rejects.csv.part").mkdir()
    with pytest.raises(CommandError, match="another folder") as refused:
        run(people, **CONFIRMED)
    assert refused.value.returncode == 2
    assert not Subscriber.objects.exists()


def test_shared_and_throw_away_mailboxes_are_taken_and_told(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "email\ninfo@example.org\nada@mailinator.com\nben@example.org\nben@mailinator.com\n"
    )
    for dry_run, added in ((True, 4), (False, 4), (False, 0)):
        out = StringIO()
        call_command(
            "import_subscribers", str(path), json=True, stdout=out, dry_run=dry_run, **CONFIRMED
        )
        *told, last = out.getvalue().splitlines()
        answer = json.loads(last)
        assert answer["added"] == added
        found = answer["role_addresses"], answer["disposable_addresses"]
        assert found == ((1, 2) if added else (0, 0)), "who is on the list is no news"
        assert ("several people read" in " ".join(told)) == bool(added)
    assert len(audience(newsletter.pk)) == 4


def test_a_dry_run_counts_a_person_once_however_far_apart_her_rows_are(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "CHUNK", 2)
    path = tmp_path / "people.csv"
    names = [f"p{n}@example.org" for n in (1, 2, 3, 1, 4, 2, 1)]
    path.write_text("\n".join(["email", *names]))
    totals, _ = run(path, dry_run=True, **CONFIRMED)
    assert totals == counts(read=7, added=4, unchanged=3)
