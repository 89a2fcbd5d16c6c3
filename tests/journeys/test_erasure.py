"""One person who touched everything is erased: no table and no file knows her any more."""

import json
import logging
import logging.config
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from config import settings as wired
from posts.content.models import PostPage
from posts.delivery.events.models import ProviderEvent
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Mailing, MailingEvent, TransportStatus
from posts.desk import bulk, resets, search
from posts.desk.models import BulkWork
from posts.moving_in import moves
from posts.moving_in.models import MoveIn
from posts.moving_in.report import MoveReport
from subscribers import actions, by_hand, tasks
from subscribers.addresses import normalise
from subscribers.limits.models import WaitingSignUp
from subscribers.lists import jobs
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter, Subscriber
from subscribers.preferences import addresses
from subscribers.preferences.models import AddressChange
from tests.delivery.making import drain
from tests.factories import make_newsletter, make_post, make_subscriber
from tests.journeys.columns import HERS, NEVER_HERS, all_columns, named
from tests.journeys.telling import latest_to, link_in
from tests.subscribers.making import confirm

pytestmark = pytest.mark.django_db

FIRST, NOW = "marit.vale@reading.example", "Marit.Vale@moved.example"
NAME = "Marit Vale"
NETWORK = "198.51.100.0/24"
NEEDLES = [FIRST, NOW.lower(), NAME.lower(), NETWORK]

LIST = f"""email,name,status
{NOW},{NAME},active
{FIRST} {NOW},{NAME},active
ben@example.org,Ben,active
nobody,Nobody,active
"""


def knows_her(value: object) -> bool:
    if isinstance(value, bytes | memoryview):
        text = bytes(value).decode(errors="replace")
    else:
        text = value if isinstance(value, str) else json.dumps(value, default=str)
    return any(needle in text.lower() for needle in NEEDLES)


def columns_that_know_her() -> set[str]:
    found = set()
    for name, field in all_columns():
        rows = field.model._base_manager.values_list(field.name, flat=True)
        if any(value is not None and knows_her(value) for value in rows.iterator()):
            found.add(name)
    return found


def sessions_that_know_her() -> list[dict[str, Any]]:
    """Signed and packed, so that no search finds a word in them."""
    decoded = [session.get_decoded() for session in Session.objects.all()]
    return [data for data in decoded if knows_her(data)]


def files_that_know_her(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(
        str(path.relative_to(folder))
        for path in files
        if knows_her(path.read_bytes()) or knows_her(str(path.name))
    )


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.EMAIL_URL = "outbox:"
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"  # not pytest's
    with (tmp_path / "worker.log").open("w") as log:
        handler = logging.StreamHandler(log)
        config = logging.config.DictConfigurator(wired.LOGGING)
        handler.setFormatter(config.configure_formatter({**wired.LOGGING["formatters"]["human"]}))  # type: ignore[index]
        logging.getLogger().addHandler(handler)
        yield tmp_path
        logging.getLogger().removeHandler(handler)


@pytest.fixture
def newsletter(site: object) -> Newsletter:
    return make_newsletter(name="Slow mornings", slug="slow")


@pytest.fixture
def post(newsletter: Newsletter) -> PostPage:
    return make_post(title="Leave the kettle on", slug="kettle", newsletter=newsletter)


def signs_up_and_moves(client: Client, newsletter: Newsletter) -> Subscriber:
    client.post("/subscribe/", {"email": FIRST, "newsletter": "slow"}, REMOTE_ADDR="198.51.100.7")
    tasks.mail_what_is_due()
    confirm(FIRST)
    tasks.mail_what_is_due()
    person = Subscriber.objects.get(address=FIRST)
    Subscriber.objects.filter(pk=person.pk).update(name=NAME)
    addresses.ask(person=person, address=normalise(NOW), source="test", by="the reader")
    tasks.mail_what_is_due()
    change = AddressChange.objects.get()
    for token in (change.old_token, change.new_token):
        addresses.agree(seed=token, source="test", by="the reader")
    person.refresh_from_db()
    # And once more, which waits for her; and the link to her page, which waits for a worker.
    addresses.ask(person=person, address=normalise(FIRST), source="test", by="the reader")
    tasks.mail_what_is_due()
    client.post("/preferences/", {"email": NOW}, REMOTE_ADDR="198.51.100.7")
    assert link_in(latest_to(FIRST), "preferences/address")
    return person


def others_know_her(newsletter: Newsletter) -> None:
    """Somebody who had her first address before her, and somebody who asks for her present one."""
    ben, ida = make_subscriber(newsletter, name="Ben"), make_subscriber(newsletter, name="Ida")
    ben.changes.create(what="address", before=FIRST, after=ben.address)
    AddressChange.objects.create(
        subscriber=ida, email=NOW, address=NOW.lower(), asked_at=timezone.now()
    )


def gets_letters(person: Subscriber, post: PostPage) -> None:
    mailing, _created = start_mailing(post=post, by="ada")
    drain()
    reply = f"550 <{NOW}> is full"
    Delivery.objects.filter(subscriber_id=person.pk).update(detail=reply)
    Mailing.objects.filter(pk=mailing.pk).update(problem=reply)
    MailingEvent.objects.create(mailing=mailing, by="machine", action="paused", detail=reply)
    TransportStatus.objects.create(name="smtp", problem=reply)
    ProviderEvent.objects.create(
        provider="mailbox",
        digest=b"x" * 32,
        headers={"To": NOW},
        body=reply.encode(),
        problem="It could not be read.",
    )


def is_imported(newsletter: Newsletter) -> None:
    """One list that is over, with her row among the rejected, and one that waits for a word."""
    for done in (True, False):
        job = jobs.receive(
            pieces=[LIST.encode()], file_name=f"{NOW}.csv", newsletter=newsletter, by="ada"
        )
        jobs.work_on(job.pk)
        job.refresh_from_db()
        if done:
            assert jobs.confirm(job=job, confirmed=True, source="fair", by="ada")
            jobs.work_on(job.pk)
    over = ImportJob.objects.filter(state=ImportJob.State.FINISHED)
    over.update(
        mapping={"values": {NOW: "active", "no": "unsubscribed"}},
        problem=f"Line 3: {FIRST}",
        source=f"A mail of {FIRST}",
    )


def is_in_what_came_from_elsewhere(newsletter: Newsletter) -> None:
    """An upload that is over, and a file of what could not be carried over."""
    told = {"first": [[f"{NOW}.md", "No letter."], ["b.md", "No letter."]]}
    move = MoveIn.objects.create(
        system="markdown",
        newsletter=newsletter,
        file_name=f"{NOW}.zip",
        path="an-upload.zip",
        state=MoveIn.State.FINISHED,
        preview=told,
        counts=told,
        problem=f"In {NOW}.zip there is nothing.",
        by="ada",
    )
    with MoveReport(moves.report_of(move)) as report:
        report.add(f"{NOW}.md", "No letter.")
        report.add("b.md", "No letter.")


def is_looked_after(desk: Client, person: Subscriber, newsletter: Newsletter) -> None:
    second = make_newsletter(name="Evenings")
    by_hand.add(
        address=normalise(NOW),
        name="",
        newsletters=[second],
        consent=f"Her mail from {FIRST}",
        source="test",
        by="ada",
    )
    desk.post(f"/admin/subscribers/{person.pk}/link/")
    desk.post(f"/admin/subscribers/{person.pk}/tag/", {"name": "patient"})
    desk.get(f"/admin/subscribers/?q={NOW}")
    resets.ask(NOW)
    work = bulk.begin(
        verb=BulkWork.Verb.UNSUBSCRIBE,
        filters=search.Filters(q=NOW),
        ids=None,
        value=second.pk,
        expected=1,
        by="ada",
    )
    bulk.go_on()
    # As one was kept before it dropped that by itself.
    BulkWork.objects.filter(pk=work.pk).update(found={**work.found, "q": NOW})
    logging.getLogger("posts").warning("A mail to %s was not taken: <%s>", NOW, FIRST)


@pytest.fixture
def person(client: Client, folder: Path, newsletter: Newsletter, post: PostPage) -> Subscriber:
    desk = Client()
    desk.force_login(User.objects.create_superuser("ada", "ada@letters.example", "rest is work"))
    person = signs_up_and_moves(client, newsletter)
    others_know_her(newsletter)
    gets_letters(person, post)
    is_imported(newsletter)
    is_in_what_came_from_elsewhere(newsletter)
    is_looked_after(desk, person, newsletter)
    return person


def test_every_column_was_thought_of() -> None:
    hers, never = named(HERS), named(NEVER_HERS)
    assert hers & never == set()
    # The index of the search, of pages only, has other columns in each database.
    found = {name for name, _ in all_columns() if not name.startswith("wagtailsearch.")}
    assert found == hers | never


def test_of_one_who_touched_everything_nothing_is_left(
    person: Subscriber,
    folder: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert columns_that_know_her() == named(HERS)
    before = files_that_know_her(folder)
    assert any(path.startswith("outbox/") for path in before)
    assert any(path.endswith(".rejects.csv") for path in before)
    assert any(path.endswith(".not-carried-over.csv") for path in before)
    assert any(path.startswith("imports/") and path.endswith(".csv") for path in before)
    assert sessions_that_know_her() == []

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.erase(address=normalise(NOW), source="/preferences/", by="the reader")

    assert columns_that_know_her() == set()
    assert files_that_know_her(folder) == []
    assert sessions_that_know_her() == []


def test_what_is_about_others_stays(
    person: Subscriber,
    folder: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    letters = len(list((folder / "outbox" / "new").iterdir()))
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(address=normalise(NOW), source="/preferences/", by="the reader")
    left = [path.read_text() for path in (folder / "outbox" / "new").iterdir()]
    assert 0 < len(left) < letters
    [rejects] = (folder / "imports").glob("*.rejects.csv")
    assert "nobody" in rejects.read_text()
    waits = ImportJob.objects.get(state=ImportJob.State.CHECKED)
    assert "ben@example.org" in json.dumps(waits.preview)
    over = ImportJob.objects.get(state=ImportJob.State.FINISHED)
    assert over.mapping == {"values": {"no": "unsubscribed"}}
    # The list that waits is the same but for her, and goes in.
    assert jobs.confirm(job=waits, confirmed=True, source="fair", by="ada")
    jobs.work_on(waits.pk)
    waits.refresh_from_db()
    assert waits.problem == ""
    assert (waits.state, waits.counts["read"]) == (ImportJob.State.FINISHED, 2)
    assert columns_that_know_her() == set()
    assert folder == site_settings.DATA_DIR
    assert not WaitingSignUp.objects.exists()
