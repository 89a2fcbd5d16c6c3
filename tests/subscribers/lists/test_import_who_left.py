"""Nobody is mailed who left elsewhere: on the command line, nothing is imported on a guess."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from posts.content.actions import Foundation
from subscribers.models import Newsletter, Subscriber, Subscription, TransactionalMail
from subscribers.queries import audience
from tests.subscribers.lists.who_left import LISTS, ListOfPeople, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def run(path: Path, **options: Any) -> tuple[dict[str, int], str]:
    out = io.StringIO()
    options = {"confirmed": True, "source": "moved", **options}
    call_command("import_subscribers", str(path), json=True, stdout=out, **options)
    *told, last = out.getvalue().splitlines()
    answer: dict[str, int] = json.loads(last)
    return answer, "\n".join(told)


def laid(folder: Path, people: ListOfPeople) -> Path:
    path = folder / people.file_name
    path.write_text(written(people))
    return path


def found() -> dict[str, str]:
    pairs = Subscription.objects.values_list("subscriber__address", "status")
    return {address.partition("@")[0]: status for address, status in pairs}


def refused(path: Path, **options: Any) -> str:
    with pytest.raises(CommandError) as refusal:
        run(path, **options)
    assert refusal.value.returncode == 2
    assert not Subscriber.objects.exists()
    return str(refusal.value)


@pytest.mark.parametrize("name", LISTS)
def test_whoever_left_or_never_agreed_is_not_mailed(
    name: str, newsletter: Newsletter, tmp_path: Path
) -> None:
    people = LISTS[name]
    path = laid(tmp_path, people)
    if people.asked:
        message = refused(path)
        assert all(word in message for word in people.asked), message
        assert refused(path, dry_run=True) == message
    answer, told = run(path, **people.options)
    assert found() == people.found
    active = {one for one, status in people.found.items() if status == "active"}
    assert len(audience(newsletter.pk)) == len(active) == answer["added"]
    assert "rejected" in told


@pytest.mark.parametrize("name", LISTS)
def test_a_dry_run_calls_nobody_active_of_whom_the_list_says_otherwise(
    name: str, newsletter: Newsletter, tmp_path: Path
) -> None:
    people = LISTS[name]
    _, told = run(laid(tmp_path, people), dry_run=True, **people.options)
    for line in told.splitlines():
        who = line.partition(": ")[2].partition("@")[0]
        if who in people.found and people.found[who] != "active":
            assert "active" not in line
            assert people.found[who] in line
    assert not Subscriber.objects.exists()


def test_all_questions_are_asked_at_once_with_the_options_that_answer_them(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    path = tmp_path / "bounces.csv"
    path.write_text("email,Xyzzy,GDPR\niris@a.example,y,yes\nolaf@a.example,n,no\n")
    message = refused(path)
    assert "--value 'Xyzzy:y=…'" in message
    assert "--value 'Xyzzy:n=…'" in message
    assert "--value GDPR:no=unsubscribed" in message
    assert "--everybody active" in message
    run(
        path,
        value=["Xyzzy:n=skip", "xyzzy:Y=active", "GDPR:no=nothing"],
        everybody="active",
    )
    assert found() == {"iris": "active"}
    rejected = (tmp_path / "bounces.csv.rejects.csv").read_text()
    assert "You said to leave out the rows with “n” in Xyzzy" in rejected


def test_of_two_columns_of_addresses_one_is_chosen(newsletter: Newsletter, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,Mail,name\niris@work.example,iris@home.example,Iris\n")
    assert "column 1, “email”, column 2, “Mail”" in refused(path)
    run(path, column=["Mail=email"])
    assert Subscriber.objects.get().address == "iris@home.example"


def test_the_column_of_addresses_is_known_by_what_stands_in_it(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Who;Where to\nIris;iris@home.example\nOlaf;olaf@home.example\n")
    run(path)
    assert found() == {"iris": "active", "olaf": "active"}


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"column": ["Colour=status"]}, "there is no such column. There are #1 email, #2 status"),
        ({"column": ["status=purple"]}, "with one of email, name, first, last, tags"),
        ({"column": ["status"]}, "write it as NAME=…"),
        ({"column": ["#7=ignore"]}, "there is no such column"),
        ({"value": ["status:sleepy=active"]}, "the column has no such value. It has: “happy”"),
        ({"value": ["status:happy=glad"]}, "with one of nothing, active, pending"),
        ({"value": ["mood:happy=active"]}, "there is no such column"),
    ],
)
def test_an_option_that_fits_nothing_in_the_list_is_refused(
    newsletter: Newsletter, tmp_path: Path, options: dict[str, list[str]], hint: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,status\niris@a.example,happy\n")
    assert hint in refused(path, **options)


def test_inactive_is_not_pending_and_gets_no_mail(newsletter: Newsletter, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,status\niris@a.example,inactive\nolaf@a.example,unconfirmed\n")
    run(path)
    assert found() == {"iris": "unsubscribed", "olaf": "pending"}
    waiting = TransactionalMail.objects.values_list("subscriber__address", flat=True)
    assert list(waiting) == ["olaf@a.example"]


def test_of_two_rows_far_apart_the_graver_counts_also_in_a_dry_run(
    newsletter: Newsletter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subscribers.lists.importer.CHUNK", 2)
    path = tmp_path / "people.csv"
    rows = [f"p{n}@a.example,active" for n in range(5)]
    rows += ["p0@a.example,bounced", "p0@a.example,active", "p1@a.example,active"]
    path.write_text("\n".join(["email,status", *rows]))
    foreseen, told = run(path, dry_run=True)
    assert "line 2: p0@a.example, bounced: left out" in told
    really, _ = run(path)
    assert foreseen == really
    assert found()["p0"] == "bounced"


def test_the_lines_of_a_dry_run_show_each_outcome(newsletter: Newsletter, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = [f"p{n}@a.example,active" for n in range(50)] + [
        "q@a.example,complained",
        "nobody,active",
    ]
    path.write_text("\n".join(["email,status", *rows, "r@a.example,pending"]))
    _, told = run(path, dry_run=True)
    assert "line 52: q@a.example, complained: left out" in told
    assert "line 53: rejected." in told
    assert "line 54: r@a.example, pending: added" in told
