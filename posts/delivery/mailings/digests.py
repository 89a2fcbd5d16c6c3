"""Digests: the posts of a week or a month in one mailing, for those who want it so.

One is made as a scheduled mailing, due on the morning after its period, and then goes the way of
all that is scheduled: frozen when it starts, held for the editor's word when that is found to be
more than an hour late, cancelled by whoever may. Its row is unique, so that two beats make one.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from posts.content.arrivals import Arrival
from posts.content.digest import DigestEntry, Frame, render_digest
from posts.content.mail import MailLinks
from posts.content.models import PostPage
from posts.content.rendering import RenderedMail
from posts.delivery import restored
from posts.delivery.clock import GRAIN, database_now
from posts.delivery.letters.compile import slot
from posts.delivery.letters.compose import links, subscribe_page, variants_of
from posts.delivery.mailings.audit import MACHINE, DeliveryRefused, audit
from posts.delivery.mailings.digest_periods import DigestPeriod, last_period, period_of
from posts.delivery.mailings.start import Composed, check_way_out, refusing_in_words
from posts.delivery.models import Digest, DigestPost, Letter, Mailing
from posts.delivery.states import Who, begin_mailing
from posts.sharing.actions import ensure_link
from subscribers.languages import spoken, stay
from subscribers.models import Newsletter, Subscriber
from subscribers.queries import Choice, audience, choices_of_pace
from subscribers.saying import sentence

# More than one reads at a sitting, and than fits into a mail; the newest are taken.
MOST_POSTS = 30
PACES = {
    Digest.Cadence.WEEKLY: Subscriber.Pace.WEEKLY,
    Digest.Cadence.MONTHLY: Subscriber.Pace.MONTHLY,
}


def make_due(now: datetime | None = None) -> int:
    """Make each digest whose time has come; answers how many. Nothing is mailed here."""
    now = now or database_now() + GRAIN
    made = 0
    for newsletter in Newsletter.objects.order_by("pk"):
        for cadence in PACES:
            period = last_period(cadence, now)
            if period is not None:
                made += _make(newsletter, period) is not None
    return made


def _make(newsletter: Newsletter, period: DigestPeriod) -> Mailing | None:
    known = Digest.objects.filter(
        newsletter=newsletter, cadence=period.cadence, period=period.first
    )
    if known.exists() or not (posts := list(_posts_of(newsletter, period))):
        return None
    try:
        with transaction.atomic():
            # Before all else: of two beats the second waits here, and then fails.
            digest = Digest.objects.create(
                newsletter=newsletter, cadence=period.cadence, period=period.first
            )
            if not audience(newsletter.pk, pace=PACES[period.cadence]).exists():
                return None  # and whoever chooses this pace later begins with the next one
            return schedule(digest, posts, due=period)
    except IntegrityError:
        if not known.exists():
            raise
        return None


def schedule(digest: Digest, posts: Sequence[PostPage], *, due: DigestPeriod) -> Mailing:
    """The mailing of a new digest, to start by itself."""
    mailing = Mailing(
        kind=Mailing.Kind.DIGEST,
        newsletter=digest.newsletter,
        subject=due.title(posts[0].language),
        starts_at=due.due,
    )
    begin_mailing(mailing, Mailing.State.SCHEDULED, who=Who.MACHINE)
    mailing.save()
    if restored.went_by(due.due):
        mailing.problem = sentence(
            "This site came back from a backup, and this digest was due before that. Whether it "
            "went out then is not known here. Start it if you are sure that it did not, or cancel "
            "it."
        )
        mailing.save(update_fields=["problem"])
    attach(digest, mailing, posts)
    audit(mailing, by=MACHINE, action="scheduled", detail=sentence("for %(at)s", at=due.due))
    return mailing


def attach(digest: Digest, mailing: Mailing, posts: Iterable[PostPage]) -> None:
    """Which posts it has, in the order in which they stand there."""
    digest.mailing = mailing
    digest.save()
    DigestPost.objects.bulk_create(
        DigestPost(digest=digest, post=post, place=place) for place, post in enumerate(posts)
    )


def _posts_of(newsletter: Newsletter, period: DigestPeriod) -> QuerySet[PostPage]:
    return wanted_posts(newsletter).filter(
        first_published_at__gte=period.begins, first_published_at__lt=period.ends
    )[:MOST_POSTS]


def wanted_posts(newsletter: Newsletter) -> QuerySet[PostPage]:
    """What is published and was not taken back, newest first.

    Whether it was emailed does not matter: what is on the web is for all who read a newsletter.
    But a writer who undid a mailing, and did not ask for another, did not want it mailed; and of
    what was public where it was brought from, its readers know.
    """
    first = Mailing.objects.filter(post=OuterRef("pk"), kind=Mailing.Kind.FIRST)
    undone = Exists(first.filter(undone_at__isnull=False))
    asked = Exists(first.filter(undone_at__isnull=True))
    posts: QuerySet[PostPage] = PostPage.objects.published().filter(newsletter=newsletter)
    known = Exists(Arrival.objects.filter(page=OuterRef("pk"), was_public=True))
    return posts.exclude((undone | known) & ~asked)


# --- Composing ----------------------------------------------------------------------------


def composed_for(mailing: Mailing) -> tuple[Composed, Iterable[int]]:
    """The letter of a digest as its posts stand now, unsaved, and who gets it.

    Raises DeliveryRefused, in words that say what to do.
    """
    digest = Digest.objects.get(mailing=mailing)
    pace = PACES[Digest.Cadence(digest.cadence)]
    subscriber_ids = audience(mailing.newsletter_id, pace=pace)
    if not subscriber_ids.exists():
        raise DeliveryRefused(
            sentence(
                "Nobody wants this digest any more: its readers chose another pace, or "
                "left. Cancel it."
            )
        )
    posts = [row.post for row in digest.posts.select_related("post__newsletter")]
    period = period_of(Digest.Cadence(digest.cadence), digest.period)
    wanted = choices_of_pace(mailing.newsletter_id, pace, language=language_of(posts))
    letter = compose(mailing, posts, wanted, titled=period.title)
    return letter, subscriber_ids.iterator(chunk_size=10_000)


def language_of(posts: Sequence[PostPage]) -> str:
    """What a digest speaks where its reader speaks no other: as its newest post."""
    return str(next((post for post in posts if post.live), posts[0]).language)


def compose(
    mailing: Mailing,
    posts: Sequence[PostPage],
    wanted: set[Choice],
    *,
    titled: Callable[[str], str],
    gentle: bool = False,
) -> Composed:
    """Each variant once, not once per reader. No network. `titled`: its subject in a language."""
    newsletter = mailing.newsletter
    check_way_out(newsletter)
    posts = [post for post in posts if post.live]
    if not posts:
        raise DeliveryRefused(sentence("No post of this digest is published any more. Cancel it."))
    letter, most = Letter(newsletter=newsletter), language_of(posts)

    @cache
    def entries(*, discreet: bool) -> list[DigestEntry]:
        return [_entry(post, letter, discreet=discreet) for post in posts]

    @cache
    def frame(language: str, *, discreet: bool) -> Frame:
        around = _links_around(letter, language, discreet=discreet)
        # What the desk calls it, its readers do, unless they speak another language.
        subject = mailing.subject if language == most else titled(language)
        return _frame(letter, subject, language, gentle, around)

    def render(choice: Choice) -> RenderedMail:
        return render_digest(
            entries(discreet=choice.discreet),
            frame(choice.language or most, discreet=choice.discreet),
            edition=choice.edition,
            large_text=choice.large_text,
            discreet=choice.discreet,
        )

    with refusing_in_words(newsletter):
        return letter, variants_of(letter, wanted, most, render)


def _frame(letter: Letter, subject: str, language: str, gentle: bool, around: MailLinks) -> Frame:
    with override(spoken(language)):
        intro = (
            _("Here is a little of what appeared. There is nothing you have to read.")
            if gentle
            else _("What appeared, newest first. Read what helps, leave the rest.")
        )
    return Frame(letter.newsletter, language, subject, intro, around, gentle)


def _links_around(letter: Letter, language: str, *, discreet: bool) -> MailLinks:
    """Those that are of no single post."""
    home = f"{settings.SITE_URL}/{stay(language)}"
    return MailLinks(
        online=home,
        share=home,
        passed="",
        write="",
        subscribe=subscribe_page(letter.newsletter, language, discreet=discreet),
        home=home,
        unsubscribe=_unsubscribe(letter),
        manage=f"{settings.SITE_URL}/preferences/{stay(language)}",
    )


def _entry(post: PostPage, letter: Letter, *, discreet: bool) -> DigestEntry:
    ensure_link(post=post)
    return DigestEntry(post, links(post, unsubscribe=_unsubscribe(letter), discreet=discreet))


def _unsubscribe(letter: Letter) -> str:
    return slot(letter.slot_key, "unsubscribe")
