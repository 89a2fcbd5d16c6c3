"""From the sample site of `up --demo` to a site of one's own.

What the sample made is known by who made it; whatever a person wrote or changed since stays.
"""

from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import ModelLogEntry, PageLogEntry, Revision

from posts.content.actions import ensure_site, newsletter_to_begin_with
from posts.content.beginning import SLUG as ABOUT
from posts.content.beginning import draft_about
from posts.content.models import PlainPage, PostPage, SiteSettings, Topic
from posts.delivery.models import Delivery, Letter, Mailing
from posts.delivery.transports import outbox
from subscribers.models import ConsentEvent, Newsletter, Subscriber

OWNER = "demo"  # the account that the sample makes, without a password
BY = "up --demo"
SOURCE = "sample"  # of the consent of its readers


def is_sample() -> bool:
    """Whether this is the sample site still."""
    return User.objects.filter(username=OWNER).exists()


@transaction.atomic
def make_own(*, person: User, name: str, email: str, password: str) -> None:
    """Give an account that had no password its name, address and password. Where it is that of the
    sample, the sample goes: its post and mailing, its readers, its names."""
    if person.username == OWNER:
        _clear()
    person.username = person.email = email
    person.first_name, person.last_name = name, ""
    person.set_password(password)
    person.save()


def _clear() -> None:
    made = PageLogEntry.objects.filter(action="wagtail.create", data__by=BY)
    posts = PostPage.objects.filter(pk__in=list(made.values_list("page_id", flat=True)))
    topics = Topic.objects.filter(
        pk__in=[topic.pk for post in posts for topic in post.topics.all()]
    )
    _forget_mailings(list(Mailing.objects.filter(post__in=posts)))
    for post in posts:
        post.delete()
    topics.filter(posts=None).delete()
    _forget_readers()
    _forget_names()


def _forget_mailings(mailings: Collection[Mailing]) -> None:
    letters = [mailing.letter_id for mailing in mailings if mailing.letter_id]
    Delivery.objects.filter(mailing__in=mailings).delete()
    Mailing.objects.filter(pk__in=[mailing.pk for mailing in mailings]).delete()
    Letter.objects.filter(pk__in=letters).delete()


def _forget_readers() -> None:
    """Without a trace of a suppression: nobody has these addresses."""
    people = Subscriber.objects.filter(consent_events__in=list(_consents()))
    folder = Path(settings.DATA_DIR) / "outbox"
    for person in people:
        outbox.forget(folder, person.pk, {person.address, person.email})
    people.delete()


def _consents() -> QuerySet[ConsentEvent]:
    return ConsentEvent.objects.filter(source=SOURCE, by=BY)


def _forget_names() -> None:
    """Back to how a site begins, unless a person changed them."""
    if not _changed(SiteSettings):
        SiteSettings.objects.all().delete()
    if not _changed(Newsletter):
        _reset(ensure_site().newsletter)
    about = PlainPage.objects.filter(slug=ABOUT).first()
    if about is not None and not Revision.objects.for_instance(about).exclude(user=None).exists():
        about.delete()
        draft_about(home=ensure_site().home)
    ensure_site()


def _changed(model: type[SiteSettings] | type[Newsletter]) -> bool:
    kind = ContentType.objects.get_for_model(model)
    return bool(ModelLogEntry.objects.filter(content_type=kind).exclude(user=None).exists())


def _reset(newsletter: Newsletter) -> None:
    fresh = newsletter_to_begin_with()
    fresh.pk, fresh.created_at = newsletter.pk, newsletter.created_at
    fresh.save()
