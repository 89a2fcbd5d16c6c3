"""What the desk shows of a list before it is imported, and what can be chosen then."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from posts.content.actions import Foundation
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter, Subscriber, Subscription, TransactionalMail
from subscribers.queries import is_suppressed
from tests.desk.test_import_questions import IMPORTS, answered, shown, work
from tests.factories import make_newsletter


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    monkeypatch.setattr("posts.desk.views.imports.ring", lambda task, job_id: None)


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return make_newsletter(name="Quiet hours")


def uploaded(desk: Client, newsletter: Newsletter, content: bytes) -> str:
    file = SimpleUploadedFile("people.csv", content, content_type="text/csv")
    response: Any = desk.post(IMPORTS, {"newsletter": newsletter.pk, "file": file})
    work()
    address: str = response.url
    return address


def agreed(desk: Client, page: str) -> None:
    desk.post(f"{page}confirm/", {"consent": "agreed", "source": "moved"})
    work()
    assert ImportJob.objects.get().state == "finished"


LATIN = "email,name\nada@example.org,Ada Müller\n"


def test_names_show_the_encoding_and_another_can_be_chosen(
    desk: Client, newsletter: Newsletter
) -> None:
    page = uploaded(desk, newsletter, LATIN.encode("mac_roman"))
    html = shown(desk, page)
    assert "Mac Roman (Western), columns by commas" in html
    assert "Are these names right?" in html
    assert re.search(r'value="mac_roman" selected>Ada Müller \(Mac', html)
    answered(desk, page, encoding="cp1252")
    html = shown(desk, page)
    assert re.search(r'value="cp1252" selected>Ada MŸller \(Windows-1252', html)
    answered(desk, page, encoding="mac_roman")
    agreed(desk, page)
    assert Subscriber.objects.get().name == "Ada Müller"


def test_where_all_names_are_plain_no_encoding_is_asked(
    desk: Client, newsletter: Newsletter
) -> None:
    page = uploaded(desk, newsletter, b"email,name\nada@example.org,Ada\n")
    assert "Are these names right?" not in shown(desk, page)


def test_a_file_without_names_of_columns_comes_in(desk: Client, newsletter: Newsletter) -> None:
    page = uploaded(desk, newsletter, b"ada@example.org\nben@example.org\n")
    agreed(desk, page)
    assert Subscription.objects.filter(status="active").count() == 2


def test_two_addresses_in_a_cell_are_named_and_offered(
    desk: Client, newsletter: Newsletter
) -> None:
    page = uploaded(desk, newsletter, b"email\nada@example.org\nb@example.org; c@example.org\n")
    assert (
        "Line 3: There are 2 addresses in one cell: b@example.org and c@example.org. Keep one, or "
        "give each a row of its own."
    ) in shown(desk, page)


@pytest.mark.parametrize(("said", "people"), [("never", 0), ("unsubscribed", 2), ("complained", 2)])
def test_of_any_file_one_can_say_that_nobody_in_it_may_be_mailed(
    desk: Client, newsletter: Newsletter, said: str, people: int
) -> None:
    page = uploaded(desk, newsletter, b"email\nada@example.org\nben@example.org\n")
    answered(desk, page, everybody=said)
    html = shown(desk, page)
    assert "You said that nobody in this file may be mailed" in html
    assert "Did these people agree" not in html
    desk.post(f"{page}confirm/", {"consent": "ask"})
    work()
    assert ImportJob.objects.get().counts["suppressed"] == 2
    assert Subscriber.objects.count() == people
    assert not Subscription.objects.filter(status__in=("active", "pending")).exists()
    assert not TransactionalMail.objects.exists()
    assert is_suppressed("ada@example.org") == (said != "unsubscribed")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_a_strange_date_breaks_no_screen(
    desk: Client, newsletter: Newsletter, settings: Any, zone: str
) -> None:
    settings.TIME_ZONE = zone
    dates = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2999-01-01", "0000-00-00",
             "1700000000", "31/12/2023", "00/00/0000", "never"]  # fmt: skip
    rows = "".join(f"p{n}@example.org,{at}\n" for n, at in enumerate(dates))
    page = uploaded(desk, newsletter, f"email,created_at\n{rows}".encode())
    agreed(desk, page)
    assert Subscription.objects.count() == len(dates)
    years = set(Subscriber.objects.values_list("created_at__year", flat=True))
    assert {2023} < years
    assert min(years) == 2023
    for address in ("/admin/subscribers/", page, *_people()):
        assert desk.get(address).status_code == 200


def _people() -> list[str]:
    return [f"/admin/subscribers/{pk}/" for pk in Subscriber.objects.values_list("pk", flat=True)]
