"""An uploaded list survives whoever works on it, and nobody is taken twice."""

from datetime import timedelta
from importlib import import_module
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from subscribers.lists import importer, jobs, tasks
from subscribers.lists.mapping import ColumnMapping
from subscribers.lists.models import ImportJob
from subscribers.lists.records import ListRefused
from subscribers.models import ConsentEvent, Newsletter, Subscriber, Subscription

pytestmark = pytest.mark.django_db
State = ImportJob.State

LIST = "email,name\n" + "".join(f"p{n}@example.org,P{n}\nnope{n},\n" for n in range(10))


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    monkeypatch.setattr(importer, "CHUNK", 6)


@pytest.fixture
def newsletter() -> Newsletter:
    return Newsletter.objects.create(name="Letters", slug="letters")


def received(newsletter: Newsletter, text: str = LIST) -> ImportJob:
    return jobs.receive(
        pieces=[text.encode()], file_name="list.csv", newsletter=newsletter, by="wendy"
    )


def begun(newsletter: Newsletter) -> ImportJob:
    job = received(newsletter)
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert jobs.confirm(job=job, confirmed=True, source="fair", by="wendy")
    job.refresh_from_db()
    return job


def dies_after(monkeypatch: pytest.MonkeyPatch, chunks: int) -> None:
    """A worker that is killed while it takes the chunk after so many."""
    take, taken = importer.Import._take, [0]

    def dying(self: importer.Import, chunk: list[Any], seen: Any) -> None:
        if taken[0] == chunks:
            raise SystemExit
        taken[0] += 1
        take(self, chunk, seen)

    monkeypatch.setattr(importer.Import, "_take", dying)


def expire(job: ImportJob) -> None:
    past = timezone.now() - timedelta(seconds=1)
    ImportJob.objects.filter(pk=job.pk).update(lease_until=past)


def test_an_upload_is_looked_at_and_waits_for_a_word(newsletter: Newsletter) -> None:
    job = received(newsletter)
    assert jobs.path_of(job).stat().st_mode & 0o777 == 0o600
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.CHECKED
    assert job.preview["totals"]["added"] == job.preview["totals"]["rejected"] == 10
    assert job.preview["rows"][0] == ["p0@example.org", "P0", "nothing", "", "added"]
    assert job.preview["rejects"][0][:2] == [3, "nope0 | "]
    assert not Subscriber.objects.exists()
    jobs.work_on(job.pk)
    assert not Subscriber.objects.exists()


def test_a_confirmed_list_is_taken_and_its_file_goes(newsletter: Newsletter) -> None:
    job = begun(newsletter)
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_rows) == (State.FINISHED, 20)
    assert (job.counts["added"], job.counts["rejected"]) == (10, 10)
    assert not jobs.path_of(job).exists()
    assert jobs.rejects_of(job).read_text(encoding="utf-8-sig").count("nope") == 10
    assert jobs.rejects_of(job).stat().st_mode & 0o777 == 0o600
    assert set(ConsentEvent.objects.values_list("source", "by")) == {("fair", "wendy")}


@pytest.mark.parametrize("chunks", [0, 1, 2, 3])
def test_a_killed_worker_is_followed_by_one_that_goes_on_from_there(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch, chunks: int
) -> None:
    job = begun(newsletter)
    with monkeypatch.context() as patch:
        dies_after(patch, chunks)
        with pytest.raises(SystemExit):
            jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.done_rows == 6 * chunks
    assert Subscriber.objects.count() == 3 * chunks
    jobs.work_on(job.pk)  # under the lease of the dead
    assert Subscriber.objects.count() == 3 * chunks
    assert jobs.unattended() == []
    expire(job)
    assert jobs.unattended() == [job.pk]
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts["read"], job.counts["added"]) == (State.FINISHED, 20, 10)
    assert job.counts["unchanged"] == 0
    assert Subscription.objects.count() == ConsentEvent.objects.count() == 10
    assert jobs.rejects_of(job).read_text(encoding="utf-8-sig").count("nope") == 10


def test_shared_and_throw_away_mailboxes_are_counted_across_a_restart(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"p{n}@mailinator.com" for n in range(5)] + ["info@example.org", "p9@example.org"]
    job = received(newsletter, "\n".join(["email", *names, "hello@example.org"]))
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.preview["role_addresses"], job.preview["disposable_addresses"]) == (2, 5)
    assert jobs.confirm(job=job, confirmed=True, source="fair", by="wendy")
    with monkeypatch.context() as patch:
        dies_after(patch, 1)
        with pytest.raises(SystemExit):
            jobs.work_on(job.pk)
    expire(job)
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.counts["role_addresses"], job.counts["disposable_addresses"]) == (2, 5)
    assert job.counts["added"] == 8


def test_a_worker_that_lost_its_lease_writes_nothing(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(newsletter)
    write = jobs._Worker._write

    def overtaken(self: Any, **changes: Any) -> None:
        later = timezone.now() + timedelta(hours=1)
        ImportJob.objects.filter(pk=job.pk).update(lease_until=later)
        write(self, **changes)

    monkeypatch.setattr(jobs._Worker, "_write", overtaken)
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_rows) == (State.RUNNING, 0)
    assert not Subscriber.objects.exists()


def test_a_file_that_changed_stops_the_import(newsletter: Newsletter) -> None:
    job = begun(newsletter)
    with jobs.path_of(job).open("a") as file:
        file.write("eve@example.org,Eve\n")
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "has changed" in job.problem
    assert not Subscriber.objects.exists()


def test_people_who_agreed_need_a_source_and_only_one_press_counts(newsletter: Newsletter) -> None:
    job = received(newsletter)
    jobs.work_on(job.pk)
    job.refresh_from_db()
    with pytest.raises(ListRefused):
        jobs.confirm(job=job, confirmed=True, source=" ", by="wendy")
    assert jobs.confirm(job=job, confirmed=False, source="", by="wendy")
    assert not jobs.confirm(job=job, confirmed=True, source="late", by="wendy")


def test_what_is_too_large_or_no_list_leaves_nothing_behind(
    newsletter: Newsletter, settings: Any
) -> None:
    for text, words in (("%PDF-1.7", "list.csv is a PDF"), (LIST, "larger than 0 MB")):
        settings.IMPORT_MAX_MB = 0 if text == LIST else 1
        with pytest.raises(ListRefused, match=words):
            received(newsletter, text)
    assert list(jobs.folder().iterdir()) == []
    assert not ImportJob.objects.exists()


def test_a_stopped_import_keeps_what_was_taken_and_its_file_goes(newsletter: Newsletter) -> None:
    job = begun(newsletter)
    assert jobs.cancel(job=job, by="wendy")
    assert not jobs.cancel(job=job, by="wendy")
    assert not jobs.path_of(job).exists()
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_uploads_nobody_decided_about_go_after_a_month(newsletter: Newsletter) -> None:
    job = received(newsletter)
    jobs.work_on(job.pk)
    jobs.remove_old_files()
    assert jobs.path_of(job).exists()
    ImportJob.objects.update(created_at=timezone.now() - timedelta(days=31))
    jobs.remove_old_files()
    assert not jobs.path_of(job).exists()


DOUBTFUL = "email,Mood\np0@example.org,on\np1@example.org,off\n"


def asked(newsletter: Newsletter) -> ImportJob:
    job = received(newsletter, DOUBTFUL)
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.ASKED
    return job


def test_nothing_begins_before_what_is_asked_is_answered(newsletter: Newsletter) -> None:
    job = asked(newsletter)
    [column] = [one for one in job.preview["columns"] if one["open"]]
    assert (column["name"], [value[:3] for value in column["values"]]) == (
        "Mood",
        [["off", "off", 1], ["on", "on", 1]],
    )
    assert "totals" not in job.preview
    assert not jobs.confirm(job=job, confirmed=True, source="fair", by="wendy")
    mapping = ColumnMapping(values={2: {"on": "active", "off": "unsubscribed"}})
    assert jobs.answer(job=job, mapping=mapping, by="wendy")
    assert not jobs.answer(job=job, mapping=ColumnMapping(), by="wendy"), "it is looked at already"
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.preview["totals"]["added"]) == (State.CHECKED, 1)
    assert ColumnMapping.from_json(job.mapping) == mapping


def test_an_import_whose_answers_are_gone_stops(newsletter: Newsletter) -> None:
    job = asked(newsletter)
    ImportJob.objects.filter(pk=job.pk).update(state=State.RUNNING)
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "not clear what this list says" in job.problem
    assert not Subscriber.objects.exists()


def test_a_list_with_questions_can_be_given_up_and_goes_after_a_month(
    newsletter: Newsletter,
) -> None:
    for job in (asked(newsletter), asked(newsletter)):
        assert jobs.path_of(job).exists()
    jobs.cancel(job=ImportJob.objects.earliest("pk"), by="wendy")
    ImportJob.objects.update(created_at=timezone.now() - timedelta(days=31))
    jobs.remove_old_files()
    assert list(jobs.folder().iterdir()) == []


def test_what_waited_for_a_word_before_anybody_asked_is_looked_at_again(
    newsletter: Newsletter,
) -> None:
    job = received(newsletter, DOUBTFUL)
    ImportJob.objects.filter(pk=job.pk).update(state=State.CHECKED, done_rows=2)
    migration = import_module("subscribers.migrations.0005_import_mapping")
    migration.look_again(apps, SimpleNamespace(connection=connection))
    jobs.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == State.ASKED


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_nobody_foresaw_is_tried_three_times_and_told(
    newsletter: Newsletter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_confirmed: bool,
) -> None:
    job = begun(newsletter) if is_confirmed else received(newsletter)
    good = received(newsletter, "email\nq@example.org\n")
    take = importer.Import._take

    def breaking(self: importer.Import, chunk: list[Any], seen: Any) -> None:
        if self.number == job.pk:
            raise ArithmeticError("unforeseen")
        take(self, chunk, seen)

    with monkeypatch.context() as patched:
        patched.setattr(importer.Import, "_take", breaking)
        for number in range(1, 4):
            assert job.state not in (State.FAILED, State.FINISHED)
            expire(job)
            tasks.go_on_with_imports()
            job.refresh_from_db()
            assert caplog.text.count("unforeseen") >= number
    assert (job.state, job.lease_until, jobs.counted(job)) == (State.FAILED, None, {})
    assert "Upload the file again" in job.problem
    assert not jobs.path_of(job).exists()
    good.refresh_from_db()
    assert good.state == State.CHECKED

    again = begun(newsletter)
    jobs.work_on(again.pk)
    again.refresh_from_db()
    assert (again.state, Subscriber.objects.count()) == (State.FINISHED, 10)
    assert jobs.counted(again) == again.counts


def test_an_import_that_comes_further_each_time_goes_on_for_as_long_as_it_takes(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(newsletter)
    take, calls = importer.Import._take, count()

    def breaking(self: importer.Import, chunk: list[Any], seen: Any) -> None:
        if next(calls) % 2:  # as a database that goes away every few minutes
            raise ArithmeticError
        take(self, chunk, seen)

    monkeypatch.setattr(importer.Import, "_take", breaking)
    tries = 0
    while job.state == State.RUNNING:
        expire(job)
        jobs.work_on(job.pk)
        job.refresh_from_db()
        tries += 1
    assert (job.state, Subscriber.objects.count()) == (State.FINISHED, 10)
    assert tries > jobs.MOST_FAULTS


def test_faults_are_counted_beside_what_was_taken(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(newsletter)
    take, calls = importer.Import._take, iter([1, 0, 0])

    def breaking(self: importer.Import, chunk: list[Any], seen: Any) -> None:
        take(self, chunk, seen)
        if not next(calls):
            raise ArithmeticError

    monkeypatch.setattr(importer.Import, "_take", breaking)
    for _ in range(2):
        expire(job)
        jobs.work_on(job.pk)
        job.refresh_from_db()
        assert job.counts[jobs.FAULTS] == 1  # it came further each time
    assert job.done_rows == jobs.counted(job)["read"] == Subscriber.objects.count() * 2 == 18
