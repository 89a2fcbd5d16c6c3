"""What imports hold of somebody who is erased."""

import csv
import io
from pathlib import Path

import pytest
from pytest_django import Settings

from subscribers.lists import forgetting, jobs
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter

pytestmark = pytest.mark.django_db

HER = "Ada@Example.org"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path


def uploaded(content: bytes) -> ImportJob:
    newsletter = Newsletter.objects.create(name="Letters", slug="letters")
    job = jobs.receive(pieces=[content], file_name="list.csv", newsletter=newsletter, by="ada")
    jobs.work_on(job.pk)
    job.refresh_from_db()
    return job


def is_taken(job: ImportJob) -> ImportJob:
    job.refresh_from_db()
    assert jobs.confirm(job=job, confirmed=True, source="fair", by="ada")
    jobs.work_on(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_that_waits_goes_in_without_her(encoding: str) -> None:
    text = f"email,name\nben@example.org,Zoë\n{HER},Ada\nida@example.org,Ida\n"
    job = uploaded(text.encode(encoding))
    forgetting.forget([HER.lower()])
    left = jobs.path_of(job).read_bytes()
    assert HER.lower() not in left.decode(encoding).lower()
    assert "Zoë" in left.decode(encoding)
    job = is_taken(job)
    assert (job.state, job.counts["added"]) == (ImportJob.State.FINISHED, 2)


def test_a_row_over_several_lines_keeps_its_quotes() -> None:
    job = uploaded(f'email,name\n"{HER}","A\nda"\nida@example.org,Ida\n'.encode())
    forgetting.forget([HER.lower()])
    rows = list(csv.reader(io.StringIO(jobs.path_of(job).read_text())))
    assert [len(row) for row in rows] == [2, 2, 2]
    assert rows[2] == ["ida@example.org", "Ida"]
    assert is_taken(job).counts["added"] == 1


def test_what_is_not_about_her_is_left_byte_for_byte() -> None:
    content = b"email,name\nben@example.org,Ben\n"
    job = uploaded(content)
    before = ImportJob.objects.values().get()
    forgetting.forget([HER.lower()])
    assert jobs.path_of(job).read_bytes() == content
    assert ImportJob.objects.values().get() == before


def test_rejects_that_are_hers_alone_go_with_their_file() -> None:
    job = is_taken(uploaded(f"email,name\nben@example.org,Ben\n{HER} x,Ada\n".encode()))
    assert jobs.rejects_of(job).exists()
    forgetting.forget([HER.lower()])
    assert not jobs.rejects_of(job).exists()
