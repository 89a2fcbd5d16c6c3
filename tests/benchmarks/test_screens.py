"""What a writer's daily screens cost on a site that has grown: 100,000 readers, 2,000 posts.

    uv run pytest -s tests/benchmarks/test_screens.py

On whichever database DATABASE_URL names, else SQLite. Beside each screen, in turns with it, a bare
view of Django's is asked that counts the same readers and says the number: what a screen takes is
told as so many times that, so that other machines can be compared. To compare with another commit,
copy this file into a worktree of it and run the two in turns.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import Settings

from posts.content.actions import ensure_site
from posts.content.models import PostPage, SiteSettings
from posts.delivery.models import Batch, Delivery, Letter, Mailing
from posts.delivery.reporting.retention import fold_old
from subscribers.figures.actions import count_anew
from subscribers.models import Newsletter, Subscription
from tests.benchmarks.measuring import Figures, say, sized
from tests.benchmarks.readers import make_readers
from tests.benchmarks.test_desk import Answer
from tests.factories import ensure_collection, make_post

READERS = sized(small=5_000, full=100_000)
POSTS = sized(small=100, full=2_000)
REMEMBERED = sized(small=2, full=5)  # mailings of which it is known who got them
ROUNDS = sized(small=7, full=21)
BARE = "/bare/"
# Times the bare view, and milliseconds of SQL.
MOST_TIMES = sized(small=60.0, full=12.0)
MOST_SQL_MS = sized(small=60.0, full=100.0)

pytestmark = pytest.mark.django_db(transaction=True)

DELIVERIES = """
INSERT INTO posts_delivery (mailing_id, subscriber_id, batch_id, state, attempt, reason, changed_at)
SELECT {mailing}, subscriber_id, {batch}, {state}, 1, '', CURRENT_TIMESTAMP
FROM subscribers_subscription WHERE newsletter_id = {newsletter}
"""


def bare(request: HttpRequest) -> HttpResponse:
    """As little as can be done: who is it, and how many are there?"""
    assert request.user.is_authenticated
    active = Subscription.objects.filter(newsletter=request.GET["newsletter"], status="active")
    return HttpResponse(str(active.count()))


urlpatterns = [path("bare/", bare), path("", include("config.urls"))]


@pytest.fixture
def newsletter(settings: Settings) -> Newsletter:
    settings.ROOT_URLCONF = __name__
    found = ensure_site().newsletter
    ensure_collection()
    with connection.cursor() as cursor:
        make_readers(cursor.execute, vendor=connection.vendor, newsletter=found.pk, number=READERS)
    return found


@pytest.fixture
def draft(newsletter: Newsletter) -> PostPage:
    """The next letter, after all the others."""
    mailed = [_mailed(make_post(newsletter=newsletter), newsletter) for _ in range(POSTS - 1)]
    old, lately = mailed[:-REMEMBERED], mailed[-REMEMBERED:]
    with connection.cursor() as cursor:
        for mailing in (old[0], *lately):
            _deliver(cursor, mailing, newsletter)
    ages_ago = timezone.now() - timedelta(days=4000)
    Mailing.objects.filter(pk=old[0].pk).update(finished_at=ages_ago)
    assert fold_old() == 1
    totals = Mailing.objects.get(pk=old[0].pk).totals
    folded = Mailing.objects.filter(pk__in=[mailing.pk for mailing in old])
    folded.update(totals=totals, finished_at=ages_ago, folded_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    count_anew()
    SiteSettings.objects.update(first_steps_over=True)
    return make_post(newsletter=newsletter, live=False)


def _mailed(post: PostPage, newsletter: Newsletter) -> Mailing:
    mailing = Mailing.objects.create(
        post=post,
        letter=Letter.objects.create(newsletter=newsletter),
        newsletter=newsletter,
        state=Mailing.State.FINISHED,
        candidates=READERS,
        finished_at=timezone.now(),
    )
    Batch.objects.create(
        mailing=mailing,
        recipients=b"",
        size=READERS,
        state=Batch.State.FINISHED,
        not_before=timezone.now(),
    )
    return mailing


def _deliver(cursor: object, mailing: Mailing, newsletter: Newsletter) -> None:
    words = {
        "mailing": mailing.pk,
        "batch": mailing.batches.get().pk,
        "state": Delivery.State.ACCEPTED.value,
        "newsletter": newsletter.pk,
    }
    cursor.execute(DELIVERIES.format(**words))  # type: ignore[attr-defined]


def _screens(draft: PostPage) -> Iterator[tuple[str, str]]:
    yield "confirm page", f"/admin/posts/{draft.pk}/email/"
    yield "posts list", "/admin/posts/"
    yield "home", "/admin/"
    yield "subscribers", "/admin/subscribers/"
    yield "mailings", "/admin/mailings/"
    yield "settings", "/admin/setup/"


def test_daily_screens_of_a_site_that_has_grown(draft: PostPage) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("ada", "ada@letters.example", "x"))
    beside = f"{BARE}?newsletter={draft.newsletter_id}"
    assert client.get(beside).content == str(READERS).encode()
    with Figures() as figures:
        for name, address in _screens(draft):
            screen, least = Answer(), Answer()
            client.get(address)
            for _ in range(ROUNDS):
                least.measure(client, beside)
                screen.measure(client, address)
            times = screen.whole / least.whole
            say(
                f"{name}: {screen.statements} statements, {screen.sql:.1f} ms of SQL, "
                f"{screen.whole:.1f} ms whole; bare view {least.whole:.1f} ms"
            )
            figures.at_most(f"{name}: times the bare view", times, MOST_TIMES)
            figures.at_most(f"{name}: ms of SQL", screen.sql, MOST_SQL_MS)
