"""What a writer's daily screens cost on a site that has grown: 100,000 readers, 2,000 posts.

    uv run pytest -s tests/benchmarks/test_screens.py

On whichever database DATABASE_URL names, else SQLite. Beside each screen, in turns with it, a bare
view of Django's is asked that counts the same readers and says the number: what a screen takes is
told as so many times that, so that other machines can be compared. To compare with another commit,
copy this file into a worktree of it and run the two in turns.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Page

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
# Times the bare view, whole and in SQL alone. A small site's bare view takes next to nothing.
MOST_TIMES = sized(small=200.0, full=60.0)
MOST_SQL_TIMES = sized(small=200.0, full=20.0)

pytestmark = pytest.mark.django_db(transaction=True)

DELIVERIES = """
INSERT INTO posts_delivery (mailing_id, subscriber_id, batch_id, state, attempt, reason, changed_at)
SELECT {mailing}, subscriber_id, {batch}, {state}, 1, '', CURRENT_TIMESTAMP
FROM subscribers_subscription WHERE newsletter_id = {newsletter}
"""


def bare(request: HttpRequest) -> HttpResponse:
    """As little as can be done: who is it, and how many are there?"""
    assert request.user.is_authenticated
    active = Subscription.objects.filter(
        newsletter_id=int(request.GET["newsletter"]), status="active"
    )
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
    mailed = _mailed(_posts(newsletter), newsletter)
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


def _posts(newsletter: Newsletter) -> list[int]:
    """Published ones: one by one as the desk makes them it would take an hour."""
    first = make_post(newsletter=newsletter)
    page = Page.objects.get(pk=first.pk)
    stem, pages = page.path[: -Page.steplen], []
    for number in range(1, POSTS - 1):
        place = first.path[-Page.steplen :]
        path = stem + Page._int2str(Page._str2int(place) + number).rjust(Page.steplen, "0")
        fields = {
            field.attname: getattr(page, field.attname)
            for field in Page._meta.concrete_fields
            if not field.primary_key
        }
        slug = f"{page.slug}-{number}"
        own = {"path": path, "slug": slug, "translation_key": uuid4(), "url_path": f"/home/{slug}/"}
        pages.append(Page(**{**fields, **own}))
    Page.objects.bulk_create(pages)
    Page.objects.filter(pk=page.get_parent().pk).update(numchild=POSTS)
    made = Page.objects.filter(path__startswith=stem, path__gt=page.path).values_list(
        "pk", flat=True
    )
    columns = [field.column for field in PostPage._meta.local_concrete_fields]
    rest = ", ".join(name for name in columns if name != "page_ptr_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO posts_postpage (page_ptr_id, {rest}) SELECT made.id, {rest}"
            " FROM posts_postpage, wagtailcore_page made"
            f" WHERE page_ptr_id = {first.pk} AND made.path LIKE '{stem}%%'"
            f" AND made.path > '{page.path}'",
            [],
        )
    return [first.pk, *made]


def _mailed(posts: list[int], newsletter: Newsletter) -> list[Mailing]:
    now = timezone.now()
    letters = Letter.objects.bulk_create([Letter(newsletter=newsletter) for _ in posts])
    mailings = Mailing.objects.bulk_create(
        Mailing(
            post_id=post,
            letter=letter,
            newsletter=newsletter,
            state=Mailing.State.FINISHED,
            candidates=READERS,
            finished_at=now,
        )
        for post, letter in zip(posts, letters, strict=True)
    )
    finished = {"recipients": b"", "size": READERS, "state": Batch.State.FINISHED}
    Batch.objects.bulk_create(
        [Batch(mailing=mailing, not_before=now, **finished) for mailing in mailings]
    )
    return mailings


def _deliver(cursor: object, mailing: Mailing, newsletter: Newsletter) -> None:
    words = {
        "mailing": mailing.pk,
        "batch": mailing.batches.get().pk,
        "state": Delivery.State.ACCEPTED.value,
        "newsletter": newsletter.pk,
    }
    cursor.execute(DELIVERIES.format(**words))  # type: ignore[attr-defined]


def _screens(draft: PostPage) -> Iterator[tuple[str, str, int]]:
    """Each with its address and how many statements it may take."""
    yield "confirm page", f"/admin/posts/{draft.pk}/email/", 40
    yield "posts list", "/admin/posts/", 21
    yield "home", "/admin/", 54
    yield "subscribers", "/admin/subscribers/", 19
    yield "mailings", "/admin/mailings/", 11
    yield "settings", "/admin/setup/", 28
    yield "a post's page", f"/{PostPage.objects.live().earliest('pk').slug}/", 14


def test_daily_screens_of_a_site_that_has_grown(draft: PostPage) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("ada", "ada@letters.example", "x"))
    beside = f"{BARE}?newsletter={draft.newsletter_id}"
    assert client.get(beside).content == str(READERS).encode()
    with Figures() as figures:
        for name, address, statements in _screens(draft):
            screen, least = Answer(), Answer()
            client.get(address)
            for _ in range(ROUNDS):
                least.measure(client, beside)
                screen.measure(client, address)
            times, of_sql = screen.whole / least.whole, screen.sql / least.sql
            say(
                f"{name}: {screen.statements} statements, {screen.sql:.1f} ms of SQL, "
                f"{screen.whole:.1f} ms whole; bare view {least.sql:.1f} and {least.whole:.1f} ms"
            )
            figures.at_most(f"{name}: times the bare view", times, MOST_TIMES)
            figures.at_most(f"{name}: times its SQL", of_sql, MOST_SQL_TIMES)
            figures.at_most(f"{name}: statements", screen.statements, statements)
