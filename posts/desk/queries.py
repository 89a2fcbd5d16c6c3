"""What the desk's screens read, in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from posts.content.models import HomePage, PostPage
from posts.delivery.mailings.queries import Report, first_mailings
from posts.delivery.mailings.recipients import subscribed_since
from posts.delivery.models import Batch, Delivery, DigestPost, Mailing
from posts.desk.once import once
from subscribers.models import ConsentEvent, Subscriber

SHOWN_RECIPIENTS = 100
# With these a subscription begins: its owner agreed, or whoever imported it says so.
BEGINNINGS = (
    ConsentEvent.Kind.CONFIRMED,
    ConsentEvent.Kind.IMPORTED,
    ConsentEvent.Kind.RESUBSCRIBED,
)
# Nothing will happen to these any more.
ENDED = (Mailing.State.CANCELLED, Mailing.State.FINISHED)


def home_page(request: HttpRequest) -> HomePage | None:
    home: HomePage | None = once(request, "home page", HomePage.objects.first)
    return home


def write_url(request: HttpRequest) -> str | None:
    """Where a new post is written, if this person may write one and the site is set up."""
    home = home_page(request)
    if home is None or not home.permissions_for_user(request.user).can_add_subpage():
        return None
    return reverse("wagtailadmin_pages:add", args=["posts", "postpage", home.pk])


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reader whose letter was refused or is in doubt; erased people have no address."""

    subscriber_id: int
    address: str
    message: str


def attach_mailings(posts: Iterable[PostPage]) -> None:
    """Give each post its first mailing as `first_mailing`, or None: one query for all."""
    posts = list(posts)
    mailings = first_mailings().filter(post_id__in=[post.pk for post in posts])
    found = {mailing.post_id: mailing for mailing in mailings}
    for post in posts:
        post.first_mailing = found.get(post.pk)


def first_mailing_of(post: PostPage) -> Mailing | None:
    return first_mailings().filter(post_id=post.pk).first()


def recent_posts(limit: int = 5) -> list[PostPage]:
    """The posts last worked on, each with its mailing."""
    posts = list(PostPage.objects.order_by("-latest_revision_created_at", "-pk")[:limit])
    attach_mailings(posts)
    return posts


def others_of_post(mailing: Mailing) -> list[Mailing]:
    """The other mailings of its post, also those that were taken back."""
    if mailing.post_id is None:
        return []
    return list(all_mailings().filter(post_id=mailing.post_id).exclude(pk=mailing.pk))


def posts_of_digest(mailing: Mailing) -> list[PostPage]:
    """What a digest brings, in the order in which it stands there."""
    if mailing.kind != Mailing.Kind.DIGEST:
        return []
    rows = DigestPost.objects.filter(digest__mailing=mailing).select_related("post")
    return [row.post for row in rows]


def newcomers(report: Report) -> int:
    """How many could be caught up with: looked for when everybody of a first mailing had a turn."""
    mailing = report.mailing
    begun = report.state in (Mailing.State.SENDING, Mailing.State.FINISHED)
    if mailing.kind != Mailing.Kind.FIRST or not begun or report.deliveries["waiting"]:
        return 0
    if mailing.totals is not None:  # who is new is no longer known
        return 0
    if mailing.post is None or not mailing.post.live:
        return 0
    return sum(1 for _ in subscribed_since(mailing))


def may_be_corrected(report: Report) -> bool:
    """Whether anybody got the first mailing of a post that is still there."""
    mailing = report.mailing
    return (
        mailing.kind == Mailing.Kind.FIRST
        and mailing.totals is None
        and mailing.post_id is not None
        and bool(report.deliveries["accepted"] or report.deliveries["delivered"])
    )


def letter_before(mailing: Mailing) -> Mailing | None:
    """The one of its kind that finished last before it, to be compared with."""
    if mailing.kind not in (Mailing.Kind.FIRST, Mailing.Kind.DIGEST):
        return None
    return (
        all_mailings()
        .filter(
            newsletter_id=mailing.newsletter_id,
            kind=mailing.kind,
            state=Mailing.State.FINISHED,
            undone_at=None,
            pk__lt=mailing.pk,
        )
        .first()
    )


def all_mailings() -> QuerySet[Mailing]:
    return Mailing.objects.select_related("post", "newsletter").order_by("-pk")


def open_mailings(limit: int = 5) -> list[Mailing]:
    """Mailings that are going on or wait for somebody."""
    return list(all_mailings().exclude(state__in=ENDED)[:limit])


def ways_out(mailing: Mailing) -> set[str]:
    """The names of the transports its batches were handed to so far; mostly one."""
    batches = Batch.objects.filter(mailing=mailing).exclude(transport="")
    return set(batches.values_list("transport", flat=True).distinct())


def troubled(mailing: Mailing, state: Delivery.State) -> list[Trouble]:
    """The first hundred recipients in this state, with the server's words."""
    rows = list(
        Delivery.objects.filter(mailing=mailing, state=state)
        .order_by("subscriber_id")
        .values_list("subscriber_id", "detail")[:SHOWN_RECIPIENTS]
    )
    people = Subscriber.objects.in_bulk([subscriber_id for subscriber_id, _ in rows])
    return [
        Trouble(
            subscriber_id=subscriber_id,
            address=people[subscriber_id].email if subscriber_id in people else "",
            message=message or "",
        )
        for subscriber_id, message in rows
    ]
