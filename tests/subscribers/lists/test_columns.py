"""Exports of other programs: known by their columns, and who left there is not mailed."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from subscribers.lists.columns import PROGRAMS
from subscribers.lists.csv_file import open_file
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription
from subscribers.queries import is_suppressed
from subscribers.segments.models import Tagging

pytestmark = pytest.mark.django_db

FILES = {
    "Mailchimp": (
        "Email Address,First Name,Last Name,OPTIN_TIME,UNSUB_TIME,CLEAN_TIME,LEID,EUID,TAGS\n"
        'ada@example.org,Ada,King,2021-03-04 05:06:07,,,1,a,"""VIP"",""Reader"""\n'
        "ben@example.org,Ben,,2021-03-04 05:06:07,2022-01-01 10:00:00,,2,b,\n"
        "cy@example.org,Cy,,2021-03-04 05:06:07,,2022-01-01 10:00:00,3,c,\n"
    ),
    "Substack": (
        "email,active_subscription,expiry,plan,email_disabled,created_at\n"
        "ada@example.org,true,,other,false,2021-03-04T05:06:07.000Z\n"
        "ben@example.org,false,,other,true,2021-03-04T05:06:07.000Z\n"
    ),
    "Ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,labels\n"
        "1,ada@example.org,Ada,,true,false,2021-03-04T05:06:07.000Z,VIP\n"
        "2,ben@example.org,Ben,,false,false,2021-03-04T05:06:07.000Z,\n"
    ),
    "Buttondown": (
        "email,notes,metadata,tags,type,creation_date,unsubscription_date\n"
        "ada@example.org,,{},VIP,regular,2021-03-04T05:06:07Z,\n"
        "ben@example.org,,{},,unsubscribed,2021-03-04T05:06:07Z,2022-03-04\n"
        "cy@example.org,,{},,undeliverable,2021-03-04T05:06:07Z,\n"
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        "x,ada@example.org,Ada,{},enabled,2021-03-04T05:06:07Z,\n"
        "y,ben@example.org,Ben,{},disabled,2021-03-04T05:06:07Z,\n"
        "z,cy@example.org,Cy,{},blocklisted,2021-03-04T05:06:07Z,\n"
    ),
    "Kit": (
        "first_name,email,state,created_at,tags\n"
        "Ada,ada@example.org,active,2021-03-04 05:06:07 UTC,VIP\n"
        "Ben,ben@example.org,cancelled,2021-03-04 05:06:07 UTC,\n"
        "Cy,cy@example.org,complained,2021-03-04 05:06:07 UTC,\n"
    ),
}


@pytest.fixture
def newsletter() -> Newsletter:
    return Newsletter.objects.create(name="Letters", slug="letters")


def imported(path: Path, *arguments: str) -> dict[str, int]:
    out = StringIO()
    call_command(
        "import_subscribers", str(path), "--confirmed", "--source=moved", "--json", *arguments,
        stdout=out,
    )  # fmt: skip
    answer: dict[str, int] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("program", FILES)
def test_whoever_left_there_is_not_mailed_here(
    program: str, newsletter: Newsletter, tmp_path: Path
) -> None:
    path = written(tmp_path, FILES[program])
    assert open_file(path).kind == program
    people = FILES[program].count("@")
    told = imported(path)
    assert told["added"] == 1
    assert told["suppressed"] == people - 1
    found = dict(Subscription.objects.values_list("subscriber__address", "status"))
    assert found.pop("ada@example.org") == "active"
    assert len(found) == people - 1
    assert "active" not in found.values()
    assert is_suppressed("cy@example.org") == ("cy@example.org" in found)
    assert Subscriber.objects.get(address="ada@example.org").created_at.year == 2021
    again = imported(path)
    assert again["added"] == again["updated"] == 0


def test_each_program_named_in_the_table_has_a_file_here() -> None:
    assert {kind.name for kind in PROGRAMS} - {"Passalong"} == set(FILES)


def test_tags_are_carried_and_names_put_together(newsletter: Newsletter, tmp_path: Path) -> None:
    imported(written(tmp_path, FILES["Mailchimp"]))
    tags = Tagging.objects.filter(subscriber__address="ada@example.org")
    assert sorted(tags.values_list("tag__name", flat=True)) == ["Reader", "VIP"]
    assert Subscriber.objects.get(address="ada@example.org").name == "Ada King"


def test_a_status_that_nobody_knows_is_asked_before_anybody_is_imported(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    path = written(tmp_path, "email|status\nada@example.org|mystery\nben@example.org|active\n")
    with pytest.raises(CommandError, match=r"column 2, “status”.*“mystery”") as refused:
        imported(path)
    assert refused.value.returncode == 2
    assert not Subscriber.objects.exists()


def test_a_list_takes_off_whom_a_list_brought_but_not_who_confirmed_here(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    imported(written(tmp_path, "email\nada@example.org\nben@example.org\n"))
    ConsentEvent.objects.create(
        subscriber=Subscriber.objects.get(address="ben@example.org"),
        newsletter=newsletter,
        kind=ConsentEvent.Kind.CONFIRMED,
    )
    left = "email,status\nada@example.org,unsubscribed\nben@example.org,unsubscribed\n"
    told = imported(written(tmp_path, left))
    assert (told["suppressed"], told["unchanged"]) == (1, 1)
    found = dict(Subscription.objects.values_list("subscriber__address", "status"))
    assert found == {"ada@example.org": "unsubscribed", "ben@example.org": "active"}


def test_of_two_rows_about_one_person_the_one_that_says_she_left_counts(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    rows = "ada@example.org,,unsubscribed\nada@example.org,Ada,active\n"
    imported(written(tmp_path, f"email,name,status\n{rows}"))
    assert Subscription.objects.get().status == "unsubscribed"


def test_a_dry_run_shows_what_was_found_and_changes_nothing(
    newsletter: Newsletter, tmp_path: Path
) -> None:
    out = StringIO()
    path = written(tmp_path, FILES["Ghost"] + "3,nope,No,,true,,,\n")
    call_command("import_subscribers", str(path), "--dry-run", stdout=out)
    said = out.getvalue()
    assert "an export of Ghost, UTF-8, columns by commas" in said
    assert "line 3: ben@example.org, Ben, unsubscribed: left out" in said
    assert "line 4: rejected." in said
    assert not Subscriber.objects.exists()
