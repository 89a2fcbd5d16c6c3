"""Every address of the site at once, as the URLconf lists them: what is new is covered too.

Whoever adds an address with a new parameter is told here to give it a value.
"""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import LazySettings, settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.regex_helper import normalize
from wagtail.images.models import Rendition
from wagtail.urls import serve_pattern

from posts.content.actions import Foundation
from posts.content.enclosures.models import Enclosure
from posts.content.letter_templates import keep
from posts.content.models import PlainPage, PostPage, Topic
from posts.delivery.mailings.start import start_mailing
from posts.delivery.webhooks import actions as webhooks
from posts.desk.models import DeskSession
from posts.desk.programs import tokens as program_tokens
from posts.desk.views.mailings import VERBS
from posts.desk.views.programs import WEBHOOK_VERBS
from posts.desk.welcome import issue_one_time_address
from posts.moving_in.models import MoveIn
from posts.sharing.actions import ensure_link
from posts.sharing.models import ShareLink
from subscribers import actions, queries
from subscribers.addresses import normalise
from subscribers.keys import keyed_hash
from subscribers.limits.models import Tally
from subscribers.lists.models import ImportJob
from subscribers.mailed_tokens import TokenPurpose, mailed_text
from subscribers.models import Subscriber
from subscribers.preferences import links
from subscribers.preferences.models import AddressChange
from subscribers.segments.models import Segment, Tag
from tests.content.golden_post import make_golden_post
from tests.desk.test_outbox import put
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db

SECRET = "Only those who hold the link read this sentence."
OURS = ("posts.", "subscribers.")
OUR_SCREENS = ("admin/newsletters/", "admin/posts/")  # made by Wagtail, of our classes
# Sessions, when they were used, and the time of signing in are no business of an address; a
# rendition is a cache; tries of codes that we never gave out are counted for an hour and a day, so
# that guessing ends.
NOT_CHANGES = {DeskSession, Session, Rendition, Tally}

Values = dict[str, list[object]]


class Place(NamedTuple):
    """One route of the URLconf: the regular expression of its addresses, and its view's module."""

    pattern: str
    module: str

    @property
    def route(self) -> str:
        return self.pattern.lstrip("^")

    def addresses(self, values: Values) -> Iterator[str]:
        for form, names in normalize(self.pattern):
            for chosen in itertools.product(*(values[name] for name in names)):
                yield "/" + form % dict(zip(names, chosen, strict=True))


def places(resolver: URLResolver | None = None, before: str = "") -> Iterator[Place]:
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + entry.pattern.regex.pattern.removeprefix("^").removeprefix("\\A")
        if isinstance(entry, URLResolver):
            yield from places(entry, pattern)
        elif isinstance(entry, URLPattern) and pattern != serve_pattern.removeprefix("^"):
            view = getattr(entry.callback, "view_class", entry.callback)
            yield Place(pattern, view.__module__)


def is_ours(place: Place) -> bool:
    return place.module.startswith(OURS) or place.route.startswith(OUR_SCREENS)


@pytest.fixture
def outbox(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    (tmp_path / "outbox" / "new").mkdir(parents=True)
    return tmp_path / "outbox"


@pytest.fixture
def desk(site: Foundation) -> Client:
    """A browser in which the owner is signed in."""
    client = Client()
    client.force_login(User.objects.create_superuser("ada", "ada@letters.example", "rest"))
    return client


@pytest.fixture
def values(site: Foundation, outbox: Path) -> Values:
    """A site with something in every corner, and what its addresses can be asked with."""
    site.home.add_child(instance=PlainPage(title="About", slug="about", show_in_menus=True))
    post = make_golden_post()
    hidden = make_post(
        slug="hidden",
        visibility=PostPage.Visibility.SUBSCRIBERS,
        body=[("paragraph", f"<p>{SECRET} {'And it goes on. ' * 40}</p>")],
    )
    writer = User.objects.create_user("eva", "eva@letters.example", "rest")
    gone = make_post(slug="gone")
    gone.unpublish()
    draft = make_post(slug="draft", live=False)
    reader = make_subscriber(site.newsletter)
    subscription = reader.subscriptions.get()
    mailing, _created = start_mailing(post=post, by="tests")
    actions.sign_up(
        address=normalise("new@example.org"),
        newsletters=[site.newsletter],
        words=None,
        source="/subscribe/",
        by="tests",
    )
    asked = Subscriber.objects.get(address="new@example.org")
    confirmation = asked.transactional_mails.get()
    confirmation.token = subscription.header_token  # two kinds of link never meet in one table
    confirmation.save()
    put(outbox, "m1.r1.eml")
    keyed_hash("tally", "tests")  # a key of the site is made where it is first needed
    moving = AddressChange.objects.create(
        subscriber=reader, email="b@new.example", address="b@new.example", asked_at=timezone.now()
    )
    tokens = [subscription.header_token, subscription.body_token]
    template = keep(post=post, name="A slow letter", by="tests")
    tag = Tag.objects.create(name="Talks")
    segment = Segment.objects.create(
        name="Met at talks",
        newsletter=site.newsletter,
        rule={"all": [{"what": "tag", "is": True, "value": tag.pk}]},
    )
    job = ImportJob.objects.create(newsletter=site.newsletter, file_name="list.csv", by="tests")
    move = MoveIn.objects.create(
        system="ghost", newsletter=site.newsletter, file_name="export.zip", path="x", by="tests"
    )
    token, _text = program_tokens.make(name="Shop", scopes=["posts:read"], by=writer)
    endpoint, _secret = webhooks.add_endpoint(
        url="https://shop.example/told", events=["post.published"], with_address=False, by="tests"
    )
    message = webhooks.try_out(endpoint=endpoint)
    post.topics.add(Topic.objects.create(name="Rest", slug="rest"))
    post.save()
    enclosed = list(Enclosure.objects.values_list("pk", flat=True))
    return {
        "rest": ["openapi.json", "posts", "public/posts", f"public/posts/{post.slug}", "unknown"],
        "group": ["public", "subscribers", "unknown"],
        "token_id": [token.pk],
        "endpoint_id": [endpoint.pk],
        "act": [*sorted(WEBHOOK_VERBS)],
        "message_id": [message.pk],
        "number": [*enclosed, 999_999],
        "enclosure_id": [*enclosed, 999_999],
        "ending": ["pdf", "mp3"],
        "topic_slug": ["rest", "unknown"],
        "template_id": [template.pk],
        "beginning": ["letter", template.pk, "unknown"],
        "tag_id": [tag.pk],
        "segment_id": [segment.pk],
        "job_id": [job.pk],
        "move_id": [move.pk],
        "newsletter_id": [site.newsletter.pk],
        "code": [ensure_link(post=post).code, ensure_link(post=hidden).code, "unknown"],
        "slug": [post.slug, "hidden", "gone", "draft", "about", "unknown"],
        "post_id": [post.pk, hidden.pk, draft.pk],
        "mailing_id": [mailing.pk],
        "verb": [*sorted(VERBS)],
        "esp": ["mailgun", "unknown"],
        "name": ["m1.r1.eml"],
        "subscriber_id": [reader.pk],
        "user_id": [writer.pk],
        "invitation_id": [1],
        "session_id": [1],
        "step_id": [1],
        "subscription_id": [subscription.pk],
        "token": [
            *map(queries.token_text, tokens),
            mailed_text(subscription.header_token, purpose=TokenPurpose.CONFIRM),
            mailed_text(moving.new_token, purpose=TokenPurpose.CHANGE_ADDRESS),
            links.token(reader),
            one_time_token(),
            default_token_generator.make_token(writer),
            "unknown",
        ],
        "uidb64": [urlsafe_base64_encode(force_bytes(writer.pk)), "unknown"],
        "path": ["images/none.jpg", "original_images/kettle.jpg"],
        "pk": [site.newsletter.pk],
        "version": [1],
        "_0": ["", "hidden/", "gone/", "draft/", "about/", "unknown/", f"{post.slug}/"],
    }


def one_time_token() -> str:
    return (
        issue_one_time_address(user=User.objects.filter(is_superuser=True).first())
        .rstrip("/")
        .rpartition("/")[2]
    )


def pages(values: Values) -> list[str]:
    return [f"/{path}" for path in values["_0"]]


def public_addresses(values: Values) -> list[str]:
    """What everybody can ask for: our own addresses outside the desk, and every page."""
    ours = [place for place in places() if is_ours(place) and not place.route.startswith("admin/")]
    return [*pages(values), *(address for place in ours for address in place.addresses(values))]


def everything_stored() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, and the files in DATA_DIR that hold something of worth."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model not in NOT_CHANGES:
            rows = model._base_manager.order_by("pk").values()
            tables[model._meta.label] = [
                {key: value for key, value in row.items() if key != "last_login"} for row in rows
            ]
    folder = Path(settings.DATA_DIR) / "outbox"
    tables["outbox"] = [{"file": str(file)} for file in sorted(folder.rglob("*"))]
    return tables


@pytest.mark.slow
def test_looking_at_an_address_changes_nothing(desk: Client, values: Values) -> None:
    """Mail scanners, link previews and browsers fetch whatever they see."""
    ours = [address for place in places() if is_ours(place) for address in place.addresses(values)]
    assert len(ours) > 40
    before = everything_stored()
    for address in [*pages(values), *ours]:
        for ask in (desk.get, desk.head):
            answer = ask(address)
            answer.getvalue() if answer.streaming else answer.content
            # 503 is what it is to say where no worker runs.
            assert answer.status_code < 500 or address == "/readyz", address
        assert everything_stored() == before, address


def test_a_share_link_that_got_lost_is_not_made_by_looking(client: Client, values: Values) -> None:
    ShareLink.objects.all().delete()
    before = everything_stored()
    for slug in values["slug"]:
        client.get(f"/{slug}/share/")
    assert everything_stored() == before


def test_the_desk_opens_to_nobody_who_is_not_signed_in(client: Client, values: Values) -> None:
    """All of Wagtail's addresses too: previews, history, the API that its editor uses."""
    doors = re.compile(r"admin/(login|password_reset|jsi18n|welcome|invited|sprite|test404)")
    rooms = [place for place in places() if place.route.startswith("admin/")]
    known = [place for place in rooms if not doors.match(place.route)]
    assert len(known) > 150
    for place in known:
        for address in place.addresses(Anything(values)):
            answer = client.get(address)
            assert answer.status_code in (302, 403, 404, 405), address
            if answer.status_code == 302:
                assert answer["Location"].startswith("/admin/"), address


class Anything(dict[str, list[object]]):
    """A value for every parameter: of Wagtail's own addresses we know no names."""

    def __missing__(self, name: str) -> list[object]:
        return [PostPage.objects.order_by("pk").values_list("pk", flat=True)[0]]
