"""The sample site of `manage.py up --demo`: made once, mailed once, reused ever after."""

import json
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction

from posts.content.actions import create_post, ensure_site, publish_post
from posts.content.models import CareNote, HomePage, PlainPage, PostPage, SiteSettings, Topic
from posts.delivery.mailings.queries import first_mailing
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Mailing
from posts.delivery.transports import current
from posts.desk.sample import BY, OWNER, SOURCE
from posts.desk.welcome import owner_exists
from posts.management import demo_content as sample
from subscribers.actions import add_confirmed
from subscribers.addresses import normalise
from subscribers.models import Newsletter, Subscriber


class DemoRefused(Exception):
    """The sample must not be made here; the message says why and what to do."""


@dataclass(frozen=True)
class Demo:
    """What the sample site consists of; post and mailing are None if the person removed them."""

    owner: User
    post: PostPage | None
    mailing: Mailing | None
    made_now: bool


def check_demo() -> None:
    """Refuse the sample where it would mix with real readers, posts or mail servers."""
    if not current().stays_here:
        raise DemoRefused(
            "EMAIL_URL names a real mail server, and the sample readers do not exist: every mail "
            "to them would bounce. Start --demo without EMAIL_URL; it goes to the outbox."
        )
    if _owner() is None and (
        owner_exists() or PostPage.objects.exists() or Subscriber.objects.exists()
    ):
        raise DemoRefused(
            "This site is somebody’s own already, and the sample would mix with what is hers. "
            "Start it without --demo, or give the sample a folder of its own: "
            "DATA_DIR=/tmp/passalong-demo manage.py up --demo"
        )


def ensure_demo() -> Demo:
    """Make the sample site if it was never made here, all of it or nothing.

    The account of its owner marks that it was: whatever the person changed or removed since
    stays as it is, and nobody is mailed twice.
    """
    owner = _owner()
    if owner is not None:
        mailing = first_mailing(sample.POST_SLUG)
        post = PostPage.objects.filter(slug=sample.POST_SLUG, live=True).first()
        return Demo(owner=owner, post=post, mailing=mailing, made_now=False)
    with transaction.atomic():
        newsletter = _dress_site()
        _add_readers(newsletter)
        owner = get_user_model().objects.create_superuser(
            OWNER, "demo@slowlight.example", first_name="Marit", last_name="Vale"
        )
        post = _write_post(newsletter, owner)
        mailing, _ = start_mailing(post=post, by=BY)
    return Demo(owner=owner, post=post, mailing=mailing, made_now=True)


def _owner() -> User | None:
    return get_user_model().objects.filter(username=OWNER).first()


def _dress_site() -> Newsletter:
    foundation = ensure_site()
    settings = SiteSettings.load()
    for name, value in sample.SITE.items():
        setattr(settings, name, value)
    settings.care_notes = [CareNote(language="en", text=sample.CARE_NOTE)]
    settings.save()
    newsletter = foundation.newsletter
    for name, value in sample.NEWSLETTER.items():
        setattr(newsletter, name, value)
    newsletter.save()
    _write_about(foundation.home)
    return newsletter


def _write_about(home: HomePage) -> None:
    about = PlainPage.objects.filter(slug="about").first()
    if about is None:
        about = home.add_child(instance=PlainPage(title="About", slug="about", live=False))
    about.body = json.dumps(sample.ABOUT)
    about.save_revision().publish()


def _add_readers(newsletter: Newsletter) -> None:
    for name, email in sample.SUBSCRIBERS:
        add_confirmed(
            address=normalise(email), name=name, newsletter=newsletter, source=SOURCE, by=BY
        )
    Subscriber.objects.filter(address__in=sample.PLAIN_TEXT_READERS).update(
        format=Subscriber.Format.TEXT
    )


def _write_post(newsletter: Newsletter, owner: User) -> PostPage:
    post = create_post(
        title=sample.POST_TITLE,
        slug=sample.POST_SLUG,
        subtitle=sample.POST_SUBTITLE,
        excerpt=sample.POST_EXCERPT,
        body=sample.POST_BODY,
        newsletter=newsletter,
        by=BY,
        user=owner,
    )
    post.short_version = sample.POST_SHORT_VERSION
    post.small_step = sample.POST_SMALL_STEP
    post.topics = [Topic.objects.create(**topic) for topic in sample.TOPICS]
    post.save_revision(user=owner)
    publish_post(post=post, by=BY, user=owner)
    post.refresh_from_db()
    return post
