"""Our own export: into an empty site with everything, and into the same site as an edit."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from subscribers.actions import erase, suppress, unsubscribe
from subscribers.addresses import Address
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
from subscribers.preferences.models import Change
from subscribers.queries import is_suppressed, suppressions_among
from subscribers.segments.models import Tag, Tagging

pytestmark = pytest.mark.django_db

Kind = ConsentEvent.Kind
T = [datetime(2024, month, 3, 4, 5, 6, 7000 + month, tzinfo=UTC) for month in range(1, 13)]


@pytest.fixture
def newsletter() -> Newsletter:
    return Newsletter.objects.create(name="Letters", slug="letters")


def person(newsletter: Newsletter, name: str, status: str = "active", **more: Any) -> Subscriber:
    address = f"{name.lower()}@example.org"
    her = Subscriber.objects.create(email=address, address=address, name=name, **more)
    Subscriber.objects.filter(pk=her.pk).update(created_at=T[0])
    mine = Subscription.objects.create(subscriber=her, newsletter=newsletter, status=status)
    Subscription.objects.filter(pk=mine.pk).update(created_at=T[1])
    return her


def event(newsletter: Newsletter, her: Subscriber, kind: str, at: datetime, **more: str) -> None:
    row = ConsentEvent(subscriber=her, newsletter=newsletter, kind=kind, **more)
    row.save()
    value = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subscribers_consentevent SET at = %s WHERE id = %s", [value, row.pk])


def confirmed(newsletter: Newsletter, her: Subscriber) -> None:
    words = {"wording": "I want it, “please”.", "wording_version": "sign-up 1"}
    event(newsletter, her, Kind.SIGNED_UP, T[2], source="/subscribe/", **words)
    words = {"wording": "Ja, gern.", "wording_version": "confirm 1"}
    event(newsletter, her, Kind.CONFIRMED, T[3], source="/confirm/", **words)


def twelve(newsletter: Newsletter) -> None:
    for name in ("Ada", "Ben"):
        confirmed(newsletter, person(newsletter, name))
    cy = person(newsletter, "Cy", locale="de", edition="short", format="text", pace="weekly")
    event(newsletter, cy, Kind.IMPORTED, T[4], source="a sign-up sheet; 3 May")
    Subscriber.objects.filter(pk=cy.pk).update(large_text=True, discreet=True)
    person(newsletter, "Dora", "pending")
    eve = person(newsletter, "Eve", "pending")
    event(newsletter, eve, Kind.SIGNED_UP, T[5], source="/", wording="Yes", wording_version="s 1")
    fay = person(newsletter, "Fay", "unsubscribed")
    confirmed(newsletter, fay)
    event(newsletter, fay, Kind.UNSUBSCRIBED, T[6], source="mail")
    gus = person(newsletter, "Gus", "bounced")
    confirmed(newsletter, gus)
    suppress(address=_address(gus), reason=Suppression.Reason.BOUNCED, source="t", by="t")
    person(newsletter, "Hal", "bounced")  # of whom the block was lifted
    ida = person(newsletter, "Ida", "complained")
    confirmed(newsletter, ida)
    suppress(address=_address(ida), reason=Suppression.Reason.COMPLAINED, source="t", by="t")
    jo = person(newsletter, "Jo")
    confirmed(newsletter, jo)
    suppress(address=_address(jo), reason=Suppression.Reason.MANUAL, source="t", by="t")
    kim = person(newsletter, "Kim", resting_until=date(2031, 2, 3), resting_since=T[7])
    confirmed(newsletter, kim)
    lou = person(newsletter, "=Lou", resting_since=T[8])
    event(newsletter, lou, Kind.IMPORTED, T[9], source="=a list")
    for her, tags in ((kim, ["red", "two words"]), (lou, ["+x", "a;b", "c,d"])):
        for tag in tags:
            row, _ = Tag.objects.get_or_create(name=tag)
            Tagging.objects.create(tag=row, subscriber=her)


def _address(her: Subscriber) -> Address:
    return Address(her.email, her.address)


def exported(newsletter: Newsletter) -> str:
    return "".join(piece for piece, _ in export(newsletter))


def everything() -> dict[str, Any]:
    """Each person's every field but ids and tokens, and what we hold beside."""
    left_out = {"id", "header_token", "body_token", "subscriber", "newsletter", "asked_at"}
    mine = (Kind.CONFIRMED, Kind.SIGNED_UP)

    def fields(row: Any) -> dict[str, Any]:
        return {
            one.name: getattr(row, one.attname)
            for one in row._meta.concrete_fields
            if one.name not in left_out
        }

    return {
        her.address: {
            **fields(her),
            "subscription": fields(her.subscriptions.get()),
            "tags": sorted(Tagging.objects.filter(subscriber=her).values_list("tag__name")),
            "suppressed": list(_reasons(her.address)),
            "events": [
                {**fields(one), "by": ""}
                for one in her.consent_events.filter(kind__in=mine).order_by("id")
            ],
        }
        for her in Subscriber.objects.all()
    }


def _reasons(address: str) -> Iterator[str]:
    yield from suppressions_among([address]).values()


def clear() -> None:
    for model in (Tagging, Tag, Suppression, TransactionalMail, Subscription, Change):
        model._default_manager.all().delete()
    ConsentEvent.objects.all()._raw_delete("default")
    Subscriber.objects.all().delete()


def run(folder: Path, newsletter: Newsletter, text: str, **more: Any) -> Import:
    path = folder / "export.csv"
    path.write_text(text, newline="")
    options = {"confirmed": True, "source": "our export", "by": "test", **more}
    job = Import(newsletter=newsletter, **options)
    rejected: list[Any] = []
    job.run(open_file(path).rows(), reject=rejected.append)
    assert rejected == []
    return job


def edited(text: str, address: str, **cells: str) -> str:
    """The export with other cells in the row of one person."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows({**row, **(cells if row["email"] == address else {})} for row in rows)
    return out.getvalue()


def test_twelve_kinds_of_people_come_into_an_empty_site_with_everything(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    twelve(newsletter)
    before, people = exported(newsletter), everything()
    assert len(people) == 12
    clear()
    job = run(tmp_path, newsletter, before)
    assert job.totals.added + job.totals.suppressed == 12
    assert everything() == people
    assert exported(newsletter) == before
    asked = TransactionalMail.objects.filter(due_at__isnull=False)
    assert sorted(asked.values_list("subscriber__name", flat=True)) == ["Dora", "Eve"]


def test_into_the_same_site_an_export_changes_nothing(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    twelve(newsletter)
    before, people = exported(newsletter), everything()
    events = ConsentEvent.objects.count()
    job = run(tmp_path, newsletter, before)
    assert (job.totals.added, job.totals.updated) == (0, 0)
    assert everything() == people
    assert ConsentEvent.objects.count() == events
    assert not Change.objects.exists()
    tried = run(tmp_path, newsletter, before, dry_run=True)
    assert tried.totals == job.totals


def test_names_tags_and_pace_are_taken_and_on_record(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    twelve(newsletter)
    text = edited(
        exported(newsletter), "kim@example.org", name="Kim Li", tags="Red, new", pace="monthly",
        resting_until="", format="text",
    )  # fmt: skip
    job = run(tmp_path, newsletter, text)
    assert job.totals.updated == 1
    kim = Subscriber.objects.get(address="kim@example.org")
    assert (kim.name, kim.pace, kim.format, kim.resting_until) == (
        "Kim Li",
        "monthly",
        "text",
        None,
    )
    tags = Tagging.objects.filter(subscriber=kim).values_list("tag__name", flat=True)
    assert sorted(tags) == ["new", "red"]
    changed = {change.what: (change.before, change.after) for change in kim.changes.all()}
    assert changed["name"] == ("Kim", "Kim Li")
    assert changed["pace"] == ("each", "monthly")
    assert {change.source for change in kim.changes.all()} == {"our export"}


def test_a_column_that_was_taken_out_of_the_export_edits_nothing(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    twelve(newsletter)
    people = everything()
    rows = list(csv.DictReader(io.StringIO(exported(newsletter), newline="")))
    kept = ["email", "status", "subscribed_at", "consent_kind", "consent_at", "never_mail"]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    run(tmp_path, newsletter, out.getvalue())
    assert everything() == people


def test_unsubscribed_in_our_own_export_ends_even_who_confirmed_here(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    twelve(newsletter)
    text = edited(exported(newsletter), "ada@example.org", status="unsubscribed")
    run(tmp_path, newsletter, text)
    found = dict(Subscription.objects.values_list("subscriber__name", "status"))
    assert (found["Ada"], found["Ben"]) == ("unsubscribed", "active")


def test_who_said_yes_after_the_export_is_not_ended_by_it(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    twelve(newsletter)
    text = edited(exported(newsletter), "fay@example.org", name="Fay of old")
    fay = Subscriber.objects.get(name="Fay")
    Subscription.objects.filter(subscriber=fay).update(status="active")
    event(newsletter, fay, Kind.CONFIRMED, T[9])
    run(tmp_path, newsletter, text)
    assert Subscription.objects.get(subscriber=fay).status == "active"
    fay.refresh_from_db()
    assert fay.name == "Fay"


def left(newsletter: Newsletter, ada: Subscriber) -> None:
    unsubscribe(subscription=ada.subscriptions.get(), source="mail", by="her")


def bounced(newsletter: Newsletter, ada: Subscriber) -> None:
    suppress(address=_address(ada), reason=Suppression.Reason.BOUNCED, source="mail", by="t")


def complained(newsletter: Newsletter, ada: Subscriber) -> None:
    suppress(address=_address(ada), reason=Suppression.Reason.COMPLAINED, source="mail", by="t")


def objected(newsletter: Newsletter, ada: Subscriber) -> None:
    erase(address=_address(ada), source="desk", by="t")


@pytest.mark.parametrize("gone", [left, bounced, complained, objected])
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_stale_export_that_says_active_changes_nothing_for_who_left_since(
    newsletter: Newsletter,
    tmp_path: Path,
    gone: Callable[[Newsletter, Subscriber], None],
    is_confirmed: bool,
) -> None:
    twelve(newsletter)
    stale = edited(
        exported(newsletter), "ada@example.org", name="Ada of old", pace="weekly", tags="old"
    )
    gone(newsletter, Subscriber.objects.get(name="Ada"))
    people = everything()
    run(tmp_path, newsletter, stale, confirmed=is_confirmed)
    assert everything() == people
    ada = TransactionalMail.objects.filter(subscriber__name__startswith="Ada", kind="confirm")
    assert not ada.filter(due_at__isnull=False).exists()


def test_never_mail_by_hand_in_an_edited_export_is_taken_for_all_newsletters(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    twelve(newsletter)
    other = Newsletter.objects.create(name="Other", slug="other")
    ada = Subscriber.objects.get(name="Ada")
    Subscription.objects.create(subscriber=ada, newsletter=other, status="active")
    run(tmp_path, newsletter, edited(exported(newsletter), "ada@example.org", never_mail="yes"))
    assert set(ada.subscriptions.values_list("status", flat=True)) == {"unsubscribed"}
    assert [*_reasons("ada@example.org")] == ["manual"]


@pytest.mark.parametrize("here", ["nobody", "pending", "in another newsletter"])
def test_a_row_of_our_own_export_keeps_its_consent_and_is_not_asked_again(
    newsletter: Newsletter, tmp_path: Path, here: str
) -> None:
    confirmed(newsletter, person(newsletter, "Ada"))
    text = exported(newsletter)
    clear()
    if here != "nobody":
        person(newsletter, "Ada", "pending")
    if here == "in another newsletter":
        other = Newsletter.objects.create(name="Other", slug="other")
        Subscription.objects.update(newsletter=other)
    run(tmp_path, newsletter, text)
    mine = Subscription.objects.get(newsletter=newsletter)
    assert mine.status == "active"
    assert not TransactionalMail.objects.filter(due_at__isnull=False).exists()
    yes = ConsentEvent.objects.get(newsletter=newsletter, kind=Kind.CONFIRMED)
    assert (yes.at, yes.source, yes.wording) == (T[3], "/confirm/", "Ja, gern.")
    asked = ConsentEvent.objects.get(newsletter=newsletter, kind=Kind.SIGNED_UP)
    assert (asked.at, asked.wording_version) == (T[2], "sign-up 1")


def test_what_never_mail_can_be_is_said(newsletter: Newsletter, tmp_path: Path) -> None:
    person(newsletter, "Ada")
    path = tmp_path / "export.csv"
    path.write_text(edited(exported(newsletter), "ada@example.org", never_mail="sometimes"))
    [row] = open_file(path).rows()
    assert "it can be yes, bounced, complained, manual, or nothing" in row.problem


# --- Lists of people who left, or are never to be mailed -----------------------------------------


def imported(path: Path, *arguments: str) -> dict[str, int]:
    out = StringIO()
    call_command(
        "import_subscribers", str(path), "--confirmed", "--source=moved", "--json", *arguments,
        stdout=out,
    )  # fmt: skip
    answer: dict[str, int] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def test_a_list_of_people_never_to_mail_counts_also_for_people_unknown_to_us(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    ada = person(newsletter, "Ada")
    confirmed(newsletter, ada)
    path = tmp_path / "people.csv"
    path.write_text("email,name\nada@example.org,Ada\nnew@example.org,New\nnew@example.org,New\n")
    tried = imported(path, "--everybody=never", "--dry-run")
    told = imported(path, "--everybody=never")
    assert tried == told
    assert (told["suppressed"], told["unchanged"], told["added"]) == (2, 1, 0)
    assert is_suppressed("ada@example.org")
    assert is_suppressed("new@example.org")
    assert ada.subscriptions.get().status == "unsubscribed"
    assert not Subscriber.objects.filter(address="new@example.org").exists()
    path.write_text("email\nnew@example.org\n")
    assert imported(path)["suppressed"] == 1


def test_a_list_of_people_who_left_keeps_who_is_unknown_out_and_who_confirmed_in(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    confirmed(newsletter, person(newsletter, "Ada"))
    path = tmp_path / "people.csv"
    path.write_text("email\nada@example.org\nnew@example.org\n")
    imported(path, "--everybody=unsubscribed")
    found = dict(Subscription.objects.values_list("subscriber__address", "status"))
    assert found == {"ada@example.org": "active", "new@example.org": "unsubscribed"}


def test_a_column_may_say_who_is_never_to_be_mailed(newsletter: Newsletter, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,Hinweis\nada@example.org,\nnew@example.org,x\n")
    told = imported(path, "--column=Hinweis=never")
    assert (told["added"], told["suppressed"]) == (1, 1)
    assert is_suppressed("new@example.org")


def test_erasing_somebody_unknown_records_the_objection(newsletter: Newsletter) -> None:
    out = StringIO()
    call_command("erase_subscriber", "new@example.org", "--json", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {"erased": False}
    assert "Nobody here has the address new@example.org" in out.getvalue()
    assert [*_reasons("new@example.org")] == ["erased"]
    call_command("erase_subscriber", "new@example.org", stdout=out)
    assert "was erased before" in out.getvalue()
