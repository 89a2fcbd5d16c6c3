"""A list comes in through the desk: upload, preview, word, result; and everybody goes out again."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from posts.content.actions import Foundation
from subscribers.lists import jobs
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter, Subscriber, Subscription, TransactionalMail
from tests.factories import make_newsletter, make_subscriber

IMPORTS = "/admin/imports/"
LIST = (
    b"email,name,status\nada@example.org,Ada,active\nnope,=1+1,active\nben@example.org,,cleaned\n"
)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SHARED_DIR = tmp_path
    monkeypatch.setattr("posts.desk.views.imports.ring", lambda task, job_id: None)


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return make_newsletter(name="Quiet hours")


def uploaded(desk: Client, newsletter: Newsletter, content: bytes = LIST) -> Any:
    file = SimpleUploadedFile("friends.csv", content, content_type="text/csv")
    return desk.post(IMPORTS, {"newsletter": newsletter.pk, "file": file})


def looked_at(desk: Client, newsletter: Newsletter) -> str:
    """The address of the page of an upload that waits for a word."""
    address: str = uploaded(desk, newsletter).url
    jobs.work_on(ImportJob.objects.get().pk)
    return address


def test_an_upload_is_shown_before_anybody_is_added(desk: Client, newsletter: Newsletter) -> None:
    address = uploaded(desk, newsletter).url
    html = desk.get(address).content.decode()
    assert "Looking at the file" in html
    assert 'http-equiv="refresh"' in html
    jobs.work_on(ImportJob.objects.get().pk)
    html = desk.get(address).content.decode()
    assert "What would happen" in html
    assert "ada@example.org" in html
    assert "Line 3:" in html
    assert "1 of those kept out left, bounced or complained" in html
    assert 'http-equiv="refresh"' not in html
    assert not Subscriber.objects.exists()


def test_a_word_with_a_source_begins_it_and_the_rejects_can_be_fetched(
    desk: Client, newsletter: Newsletter
) -> None:
    address = looked_at(desk, newsletter)
    desk.post(f"{address}confirm/", {"consent": "agreed", "source": "Fair, May"})
    assert "0 of 3 rows" in desk.get(address).content.decode()
    jobs.work_on(ImportJob.objects.get().pk)
    html = desk.get(address).content.decode()
    assert "What happened" in html
    found = dict(Subscription.objects.values_list("subscriber__address", "status"))
    assert found == {"ada@example.org": "active", "ben@example.org": "bounced"}
    lines = b"".join(desk.post(f"{address}rejects.csv")).decode("utf-8-sig").splitlines()
    assert lines[0] == "reason,line,email,name,status"
    assert lines[1].endswith("3,nope,'=1+1,active")


def brought(desk: Client, newsletter: Newsletter, *addresses: str) -> str:
    """The page of a list that was imported."""
    content = "\n".join(["email", *addresses]).encode()
    address: str = uploaded(desk, newsletter, content).url
    job = ImportJob.objects.latest("pk")
    jobs.work_on(job.pk)
    desk.post(f"{address}confirm/", {"consent": "agreed", "source": "Fair, May"})
    jobs.work_on(job.pk)
    return address


def test_see_them_shows_whom_this_list_brought_and_nobody_else_of_that_day(
    desk: Client, newsletter: Newsletter
) -> None:
    make_subscriber(newsletter, address="came-by-herself@example.org")
    first = brought(desk, newsletter, "ada@example.org", "ben@example.org")
    second = brought(desk, newsletter, "ben@example.org", "eve@example.org")
    for page, people in (
        (first, {"ada@example.org", "ben@example.org"}),
        (second, {"eve@example.org"}),
    ):
        [link] = BeautifulSoup(desk.get(page).content, "html.parser").find_all(
            "a", string="See them"
        )
        shown = BeautifulSoup(desk.get(str(link["href"])).content, "html.parser")
        assert {row.get_text(strip=True) for row in shown.select("tbody th a")} == people
        assert "friends.csv" in shown.select_one("[name=brought_by] option[selected]").get_text()  # type: ignore[union-attr]


def test_a_list_that_never_was_shows_nobody_to_whom_something_could_be_done(
    desk: Client, newsletter: Newsletter
) -> None:
    make_subscriber(newsletter)
    refused = desk.post(
        "/admin/subscribers/bulk/", {"verb": "erase", "who": "everybody", "brought_by": "99"}
    )
    assert refused.status_code == 422
    assert "Correct the fields" in refused.content.decode()


@pytest.mark.parametrize("answers", [{}, {"consent": "agreed"}, {"consent": "maybe"}])
def test_without_an_answer_about_consent_nothing_begins(
    desk: Client, newsletter: Newsletter, answers: dict[str, str]
) -> None:
    address = looked_at(desk, newsletter)
    response = desk.post(f"{address}confirm/", answers)
    assert response.status_code == 422
    assert "Nothing was imported" in response.content.decode()
    assert ImportJob.objects.get().state == "checked"


def test_people_of_whom_nothing_is_known_are_asked(desk: Client, newsletter: Newsletter) -> None:
    address = looked_at(desk, newsletter)
    desk.post(f"{address}confirm/", {"consent": "ask", "source": ""})
    jobs.work_on(ImportJob.objects.get().pk)
    assert [mail.subscriber.address for mail in TransactionalMail.objects.all()] == [
        "ada@example.org"
    ]


def test_what_is_no_list_is_refused_with_what_to_do(desk: Client, newsletter: Newsletter) -> None:
    response = uploaded(desk, newsletter, b"%PDF-1.7 rest")
    assert response.status_code == 422
    assert "friends.csv is a PDF" in response.content.decode()
    assert not ImportJob.objects.exists()


def test_an_upload_that_is_not_wanted_goes(desk: Client, newsletter: Newsletter) -> None:
    address = looked_at(desk, newsletter)
    desk.post(f"{address}cancel/")
    assert list(jobs.folder().iterdir()) == []
    assert "cancelled" in desk.get(IMPORTS).content.decode()


def test_no_get_begins_or_stops_anything(desk: Client, newsletter: Newsletter) -> None:
    address = looked_at(desk, newsletter)
    assert desk.get(f"{address}confirm/").status_code == 405
    assert desk.get(f"{address}cancel/").status_code == 405


def test_everybody_goes_out_as_a_file(desk: Client, newsletter: Newsletter) -> None:
    make_subscriber(newsletter, address="ada@example.org")
    response = desk.post(f"{IMPORTS}{newsletter.pk}/subscribers.csv")
    assert response.streaming
    text = b"".join(response).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("ada@example.org,")
    assert "subscribers.csv" in response["Content-Disposition"]


def test_an_editor_sees_none_of_it(editor: Client, newsletter: Newsletter) -> None:
    make_subscriber(newsletter, address="ada@example.org")
    for address in (IMPORTS, f"{IMPORTS}{newsletter.pk}/subscribers.csv"):
        assert editor.post(address).status_code in (302, 403)
