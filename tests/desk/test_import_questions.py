"""The desk asks what the columns of a list mean before anybody is imported."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from posts.content.actions import Foundation
from subscribers.lists import jobs
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter, Subscriber, Subscription
from subscribers.queries import audience
from tests.factories import make_newsletter
from tests.subscribers.lists.who_left import LISTS, ListOfPeople, written

IMPORTS = "/admin/imports/"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    monkeypatch.setattr("posts.desk.views.imports.ring", lambda task, job_id: None)


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return make_newsletter(name="Quiet hours")


def looked_at(desk: Client, newsletter: Newsletter, people: ListOfPeople) -> str:
    """The address of the page of an upload, when a worker has looked at it."""
    file = SimpleUploadedFile(people.file_name, written(people).encode(), content_type="text/csv")
    response: Any = desk.post(IMPORTS, {"newsletter": newsletter.pk, "file": file})
    work()
    address: str = response.url
    return address


def work() -> None:
    jobs.work_on(ImportJob.objects.get().pk)


def shown(desk: Client, address: str) -> str:
    return unescape(desk.get(address).content.decode())


def pressed(html: str, **chosen: str) -> dict[str, str]:
    """What a browser sends of the form of questions: what is selected, unless chosen otherwise."""
    form = html.partition('class="desk-columns"')[2].partition("</form>")[0]
    sent = {}
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        [value] = re.findall(r'<option value="([^"]*)" selected', options) or [""]
        sent[unescape(name)] = unescape(value)
    for name, value in re.findall(r'name="([^"]*)" value="([^"]*)" checked', form):
        sent[name] = value
    assert set(chosen) - {"everybody", "address"} <= set(sent), "asked on the page"
    return {**sent, **chosen}


def answered(desk: Client, page: str, **chosen: str) -> Any:
    response = desk.post(f"{page}answer/", pressed(shown(desk, page), **chosen))
    work()
    return response


def imported(desk: Client, address: str) -> dict[str, str]:
    desk.post(f"{address}confirm/", {"consent": "agreed", "source": "moved"})
    work()
    pairs = Subscription.objects.values_list("subscriber__address", "status")
    return {one.partition("@")[0]: status for one, status in pairs}


@pytest.mark.parametrize("name", LISTS)
def test_whoever_left_or_never_agreed_is_not_mailed(
    name: str, desk: Client, newsletter: Newsletter
) -> None:
    people = LISTS[name]
    address = looked_at(desk, newsletter, people)
    if people.asked:
        html = shown(desk, address)
        assert "What does this mean?" in html
        assert "Import " not in html.partition("What does this mean?")[2]
        assert imported(desk, address) == {}, "nothing begins before that is answered"
        assert ImportJob.objects.get().state == "asked"
        assert answered(desk, address, **people.pressed).status_code == 302
    assert ImportJob.objects.get().state == "checked"
    table = shown(desk, address).partition("Some rows of each outcome")[2].partition("</table>")[0]
    for row in table.split("<tr>")[2:]:
        who = row.partition("@")[0].rpartition(">")[2]
        assert ("may be mailed" in row) <= (people.found[who] == "active")
        assert ("Kept out" in row) == (people.found[who] != "active")
    assert imported(desk, address) == people.found
    active = [one for one, status in people.found.items() if status == "active"]
    assert len(audience(newsletter.pk)) == len(active)


def test_what_has_no_answer_yet_is_named_and_what_was_chosen_stays(
    desk: Client, newsletter: Newsletter
) -> None:
    people = LISTS["words for a status that nobody knows"]
    address = looked_at(desk, newsletter, people)
    response = answered(desk, address, **{"means-2-onboard": "active"})
    assert response.status_code == 422
    html = unescape(response.content.decode())
    assert "There is still no answer to: “Situation”" in html
    assert pressed(html)["means-2-onboard"] == "active"
    assert pressed(html)["means-2-adrift"] == ""
    assert ImportJob.objects.get().state == "asked"
    assert not Subscriber.objects.exists()


def test_an_answer_that_nobody_offered_is_none(desk: Client, newsletter: Newsletter) -> None:
    people = LISTS["words for a status that nobody knows"]
    address = looked_at(desk, newsletter, people)
    for made_up in ({"means-2-onboard": "root"}, {"role-2": "root"}, {"means-9-x": "active"}):
        sent = {**pressed(shown(desk, address)), **made_up}
        assert desk.post(f"{address}answer/", sent).status_code == 422
    assert not ImportJob.objects.get().mapping["roles"]


def test_a_column_that_was_read_wrongly_can_be_read_otherwise(
    desk: Client, newsletter: Newsletter
) -> None:
    people = ListOfPeople("email,Opted out\niris@,yes\nolaf@,no\n", {})
    address = looked_at(desk, newsletter, people)
    assert "Look again" in shown(desk, address)
    answered(desk, address, **{"role-2": "agreed"})
    assert imported(desk, address) == {"iris": "active", "olaf": "unsubscribed"}


def test_columns_get_the_roles_that_one_gives_them(desk: Client, newsletter: Newsletter) -> None:
    people = ListOfPeople("email,Called,Circle\niris@,Iris Holt,choir\n", {})
    address = looked_at(desk, newsletter, people)
    answered(desk, address, **{"role-2": "name", "role-3": "tags"})
    html = shown(desk, address)
    assert pressed(html)["role-2"] == "name"
    assert "Iris Holt" in html.partition("Some rows of each outcome")[2]
    imported(desk, address)
    her = Subscriber.objects.get()
    assert her.name == "Iris Holt"
    assert her.taggings.get().tag.name == "choir"


def test_a_column_with_addresses_is_chosen_among_two(desk: Client, newsletter: Newsletter) -> None:
    people = ListOfPeople("email,Mail\niris@,work.iris@\n", {})
    address = looked_at(desk, newsletter, people)
    assert "Which column has the addresses?" in shown(desk, address)
    assert answered(desk, address).status_code == 422
    answered(desk, address, address="2")
    assert list(imported(desk, address)) == ["work.iris"]


def test_a_doubtful_column_can_be_answered_as_a_whole(desk: Client, newsletter: Newsletter) -> None:
    people = ListOfPeople("email,Wants a letter\niris@,yes\nolaf@,no\nruth@,\n", {})
    address = looked_at(desk, newsletter, people)
    answered(desk, address, **{"role-2": "agreed"})
    assert imported(desk, address) == {
        "iris": "active",
        "olaf": "unsubscribed",
        "ruth": "unsubscribed",
    }


def test_a_column_that_is_not_about_mail_is_left_out(desk: Client, newsletter: Newsletter) -> None:
    people = ListOfPeople("email,Blorp\niris@,yes\nolaf@,no\n", {})
    address = looked_at(desk, newsletter, people)
    answered(desk, address, **{"role-2": "ignored"})
    assert imported(desk, address) == {"iris": "active", "olaf": "active"}


def test_a_worker_that_takes_over_reads_the_list_by_the_same_answers(
    desk: Client, newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = LISTS["words for a status that nobody knows"]
    address = looked_at(desk, newsletter, people)
    answered(desk, address, **people.pressed)
    desk.post(f"{address}confirm/", {"consent": "agreed", "source": "moved"})
    with monkeypatch.context() as patch:
        patch.setattr(
            "subscribers.lists.importer.Import._take", lambda *_: (_ for _ in ()).throw(SystemExit)
        )
        with pytest.raises(SystemExit):
            work()
    ImportJob.objects.update(lease_until=None)
    work()
    pairs = Subscription.objects.values_list("subscriber__address", "status")
    assert {one.partition("@")[0]: status for one, status in pairs} == people.found


def test_no_get_answers_anything_and_an_editor_cannot(
    desk: Client, editor: Client, newsletter: Newsletter
) -> None:
    people = LISTS["a column without a name"]
    address = looked_at(desk, newsletter, people)
    assert desk.get(f"{address}answer/").status_code == 405
    assert editor.post(f"{address}answer/", people.pressed).status_code in (302, 403)
    assert not ImportJob.objects.get().mapping["roles"]


def test_answers_come_too_late_for_what_runs(desk: Client, newsletter: Newsletter) -> None:
    people = LISTS["a column without a name"]
    address = looked_at(desk, newsletter, people)
    html = shown(desk, address)
    answered(desk, address, **people.pressed)
    desk.post(f"{address}confirm/", {"consent": "agreed", "source": "moved"})
    kept = ImportJob.objects.get().mapping
    desk.post(f"{address}answer/", {**pressed(html), "role-3": "ignored"})
    assert ImportJob.objects.get().mapping == kept
    assert ImportJob.objects.get().state == "running"


def test_a_list_with_hundreds_of_columns_can_be_answered(
    desk: Client, newsletter: Newsletter
) -> None:
    names = ",".join(f"field {n}" for n in range(600))
    text = f"email,{names},Standing\niris@,{',' * 599},status-one\n"
    people = ListOfPeople(text, {})
    address = looked_at(desk, newsletter, people)
    html = shown(desk, address)
    sent = pressed(html)
    assert len(sent) < 1000, "more fields than Django takes"
    assert answered(desk, address, **{"means-602-statusone": "active"}).status_code == 302
    assert imported(desk, address) == {"iris": "active"}
