"""A site is exported, and comes into an empty place. Over the border between databases:
`tests/faults/test_moving.py`."""

import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.utils import timezone

from posts.content.actions import ensure_site
from posts.content.arrivals import Arrival, OldAddress, remember
from posts.content.enclosures.models import Enclosure
from posts.content.models import CareNote, PlainPage, PostAddress, PostPage, SiteSettings, Topic
from posts.delivery import restored
from posts.delivery.models import Delivery, Mailing
from posts.desk.staff import roles
from posts.management.backup import tables
from posts.management.moving import markdown, plan
from posts.management.moving.coming_in import take_in
from posts.management.moving.folder import NoExport
from posts.management.moving.readiness import NotEmpty
from posts.management.preparing import prepare_database
from posts.sharing.models import FormerCode, ShareLink
from subscribers import actions, keys
from subscribers.addresses import normalise
from subscribers.models import ConsentEvent, Key, Subscriber, Subscription, Suppression
from subscribers.queries import is_suppressed
from subscribers.segments.models import Tag, Tagging
from tests.content.golden_post import make_golden_post
from tests.delivery.making import make_mailing
from tests.factories import make_post, make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.OBJECTIONS_DIR = tmp_path / "objections"
    settings.MEDIA_ROOT = tmp_path / "media"


def ask(*command: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*command, "--json", stdout=out, stderr=StringIO())
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


def export_to(folder: Path) -> dict[str, Any]:
    """Without the copy of the site, which `test_static_site.py` looks at."""
    return ask("export_site", str(folder), "--without-site")


def empty_place() -> None:
    """As `import_site` finds it on a new machine."""
    call_command("flush", interactive=False, verbosity=0)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    keys.forget_cached_keys()


def content_of(folder: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    manifest = json.loads(found.pop("manifest.json"))
    del manifest["taken_at"]  # the one time that an export tells of itself
    return found | {"manifest.json": json.dumps(manifest).encode()}


def make_whole_site() -> PostPage:
    """Something of everything that goes along."""
    post = make_golden_post()
    post.topics.set([Topic.objects.create(name="Rest", slug="rest")])
    post.save()
    owner = User.objects.create_superuser("ada", "ada@letters.example", "words and more words")
    roles.set_role(user=User.objects.create_user("bo", "bo@letters.example"), key="author")
    PostPage.objects.filter(pk=post.pk).update(owner=owner)
    PostAddress.remember(slug="a-former-address", post=post)
    ShareLink.objects.get_or_create(post=post)
    FormerCode.objects.create(code="formercode234567", is_discreet=False, post=post)
    make_post(live=False, title="Not yet", body=[("paragraph", "<p>It is being written.</p>")])
    hidden = make_post(title="For subscribers", visibility="subscribers")
    ShareLink.objects.get_or_create(post=hidden)
    about = ensure_site().home.add_child(
        instance=PlainPage(title="About", slug="about", body=[("paragraph", "<p>Me.</p>")])
    )
    about.save_revision().publish()
    for number, page in enumerate((post, about)):
        Arrival.objects.create(page=page, system="wordpress", key=f"{number}", was_public=True)
        remember(page, [f"/?p={number}"])
    make_readers(post)
    return post


def make_readers(post: PostPage) -> None:
    reader = make_subscriber(post.newsletter, address="ada@example.org", name="Ada O’Neil\t\\N")
    actions.unsubscribe(
        subscription=Subscription.objects.get(subscriber=reader), source="a page", by="the reader"
    )
    kept = make_subscriber(post.newsletter, address="bo@example.org", pace="weekly")
    ConsentEvent.objects.create(
        subscriber=kept, newsletter=post.newsletter, kind="confirmed", wording="Yes.\nPlease."
    )
    Tagging.objects.create(tag=Tag.objects.create(name="night owls"), subscriber=kept)
    actions.suppress(
        address=normalise("never@example.org"), reason=Reason.COMPLAINED, source="", by="t"
    )
    mailing = make_mailing(2, newsletter=post.newsletter)
    Mailing.objects.filter(pk=mailing.pk).update(
        post=post, state="finished", finished_at=timezone.now()
    )
    mailing.batches.update(state="finished", recipients=b"")
    for number in Subscriber.objects.order_by("-pk").values_list("pk", flat=True)[:2]:
        Delivery.objects.create(
            mailing=mailing, subscriber_id=number, batch_id=1, state=2, changed_at=timezone.now()
        )


def facts() -> dict[str, Any]:
    """What is compared, asked of the site itself."""
    return {
        "posts": list(
            PostPage.objects.order_by("pk").values(
                *("pk", "title", "slug", "live", "body", "visibility", "first_published_at"),
                *("owner__username", "topics__name", "newsletter__slug", "short_version"),
            )
        ),
        "latest": [
            post.get_latest_revision_as_object().title for post in PostPage.objects.order_by("pk")
        ],
        "pages": list(PlainPage.objects.order_by("pk").values("pk", "slug", "body", "url_path")),
        "settings": list(SiteSettings.objects.values()),
        "notes": list(CareNote.objects.values()),
        "files": list(Enclosure.objects.order_by("pk").values()),
        "people": list(Subscriber.objects.order_by("pk").values()),
        "ties": list(Subscription.objects.order_by("pk").values()),
        "consent": list(ConsentEvent.objects.order_by("pk").values()),
        "tags": list(Tagging.objects.values("tag__name", "subscriber__address")),
        "codes": list(ShareLink.objects.order_by("pk").values()),
        "former": list(FormerCode.objects.values()),
        "redirects": list(PostAddress.objects.order_by("pk").values()),
        "arrivals": list(Arrival.objects.order_by("pk").values()),
        "old": list(OldAddress.objects.order_by("pk").values("path", "page_id")),
        "never": [is_suppressed(one) for one in ("never@example.org", "bo@example.org")],
        "roles": [(user.username, roles.role_key(user)) for user in User.objects.order_by("pk")],
    }


def test_versions_of_posts_open_where_everything_has_other_numbers(tmp_path: Path) -> None:
    make_whole_site()
    before = facts()["latest"]
    export_to(tmp_path / "first")
    empty_place()
    for kind in ContentType.objects.filter(app_label="posts"):
        Permission.objects.filter(content_type=kind).delete()
        ContentType.objects.filter(pk=kind.pk).update(id=kind.pk + 5000)
    ContentType.objects.clear_cache()
    ask("import_site", str(tmp_path / "first"))
    assert facts()["latest"] == before
    assert {page.specific.__class__ for page in PostPage.objects.all()} == {PostPage}


def test_it_is_the_same_site_and_exports_as_the_same_bytes(tmp_path: Path, client: Any) -> None:
    make_whole_site()
    before = facts()
    left = ask("export_site", str(tmp_path / "first"))
    assert (left["posts"], left["pages"], left["not_found"]) == (4, 1, [])
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "first").rglob("*")} == {0}

    empty_place()
    arrived = ask("import_site", str(tmp_path / "first"))
    assert facts() == before
    assert arrived["files"] == 3  # a picture, a file, a sound
    (mailing,) = Mailing.objects.all()
    assert mailing.totals is not None
    assert mailing.totals["deliveries"]["accepted"] == 2
    assert not Delivery.objects.exists()
    assert restored.shut(), "who said no since is not known here"
    assert client.get("/a-slower-morning/").status_code == 200
    assert client.get("/a-former-address/").status_code == 301
    assert client.get("/?p=1")["Location"] == "/about/"
    code = ShareLink.objects.get(post__title="For subscribers").code
    assert "Rest is not a reward" in client.get(f"/s/{code}/").content.decode()
    assert not User.objects.get(username="ada").has_usable_password()

    ask("export_site", str(tmp_path / "second"))
    first, second = content_of(tmp_path / "first"), content_of(tmp_path / "second")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_what_was_on_its_way_is_over_where_it_comes_in(tmp_path: Path) -> None:
    ensure_site()
    mailings = [make_mailing(2) for _ in range(4)]
    for mailing, state in zip(mailings, ("sending", "held", "paused", "scheduled"), strict=True):
        Mailing.objects.filter(pk=mailing.pk).update(state=state)
    export_to(tmp_path / "out")
    states = set(Mailing.objects.values_list("state", flat=True))
    assert states == {"sending", "held", "paused", "scheduled"}, "nothing changes where it leaves"
    empty_place()
    ask("import_site", str(tmp_path / "out"))
    assert set(Mailing.objects.values_list("state", flat=True)) == {"cancelled"}
    assert all(
        "taken elsewhere" in one for one in Mailing.objects.values_list("problem", flat=True)
    )
    # Nobody gives a number twice of which a provider may still speak.
    assert make_mailing(1).pk > mailings[-1].pk + 900


def test_a_site_with_a_key_of_its_own_keeps_both(tmp_path: Path) -> None:
    ensure_site()
    actions.suppress(
        address=normalise("there@example.org"), reason=Reason.ERASED, source="", by="t"
    )
    theirs = keys.secret_of("suppression")
    export_to(tmp_path / "out")
    empty_place()
    actions.suppress(address=normalise("here@example.org"), reason=Reason.MANUAL, source="", by="t")
    ours = keys.secret_of("suppression")
    assert ours != theirs
    ask("import_site", str(tmp_path / "out"))
    assert is_suppressed("here@example.org")
    assert is_suppressed("there@example.org")
    assert not is_suppressed("other@example.org")
    export_to(tmp_path / "again")
    told = json.loads((tmp_path / "again" / plan.KEYS).read_text())
    assert (told["own"], told["further"]) == (ours.hex(), [theirs.hex()])
    found = [
        bytes.fromhex(json.loads(line)["address_hash"])
        for line in (tmp_path / "again" / "suppression/hashes.jsonl").read_text().splitlines()
    ]
    assert hmac.new(theirs, b"there@example.org", hashlib.sha256).digest() in found


def test_a_place_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    make_post()
    export_to(tmp_path / "out")
    with pytest.raises(CommandError, match="There is a site here already"):
        ask("import_site", str(tmp_path / "out"))
    with pytest.raises(CommandError, match="has something in it"):
        export_to(tmp_path / "out")


def _edit(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def edited(folder: Path) -> None:
        (folder / name).write_text(change((folder / name).read_text()))

    return edited


def _resealed(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Changed by somebody who changes the manifest too."""

    def edited(folder: Path) -> None:
        content = change((folder / name).read_text()).encode()
        (folder / name).write_bytes(content)
        manifest = json.loads((folder / "manifest.json").read_text())
        sum_ = hashlib.sha256(content).hexdigest()
        manifest["files"][name] = {"size": len(content), "sha256": sum_}
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return edited


_MANIFEST, _PEOPLE = "manifest.json", "subscribers/subscribers.jsonl"
SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "a file is gone": (lambda folder: (folder / _PEOPLE).unlink(), "is missing"),
    "a file is another": (_edit(_PEOPLE, str.upper), "is not as it was written"),
    "a stranger": (lambda folder: (folder / "posts/more.json").touch(), "never wrote it"),
    "a link": (lambda folder: os.symlink("/etc/passwd", folder / "posts/x"), "leads elsewhere"),
    "no manifest": (lambda folder: (folder / _MANIFEST).unlink(), "no export of Passalong"),
    "half a manifest": (_edit(_MANIFEST, lambda text: text[:200]), "is damaged"),
    "a newer format": (
        _edit(_MANIFEST, lambda text: text.replace('"format": 1', '"format": 2')),
        "does not understand",
    ),
    "a newer version": (
        _edit(_MANIFEST, lambda text: text.replace('"posts 0001', '"posts 9001')),
        "newer version",
    ),
    "an unknown column": (
        _resealed(_PEOPLE, lambda text: text.replace('"pace"', '"haste"')),
        "of which nothing is known",
    ),
    "a wrong kind": (
        _resealed(_PEOPLE, lambda text: text.replace('"discreet": false', '"discreet": "no"')),
        "is not of the kind",
    ),
    "a tie to nobody": (
        _resealed(
            "subscribers/subscriptions.jsonl", lambda text: text.replace('_id": 1', '_id": 9')
        ),
        "does not fit together",
    ),
    "one person twice": (_resealed(_PEOPLE, lambda text: text + text), "does not fit together"),
    "no JSON": (_resealed(_PEOPLE, lambda text: text[:-9]), "is no JSON"),
    "a file elsewhere": (
        _resealed("pictures/pictures.jsonl", lambda text: text.replace("original_images/", "../")),
        "no file of ours",
    ),
    "an account without a name": (
        _resealed("authors.json", lambda text: text.replace('"username"', '"user"')),
        "is not as we write it",
    ),
}


@pytest.mark.only_on("postgresql")  # slow, and seen on both
def test_whatever_is_wrong_is_refused_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    make_whole_site()
    export_to(tmp_path / "out")
    empty_place()
    prepare_database()
    for what, (spoil, said) in SPOILT.items():
        folder = tmp_path / what
        shutil.copytree(tmp_path / "out", folder)
        spoil(folder)
        with pytest.raises((NoExport, NotEmpty), match=said):
            take_in(folder)
        assert not Subscriber.objects.exists(), what
        assert not Key.objects.filter(name__startswith="suppression").exists(), what
        assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()], what
    ask("import_site", str(tmp_path / "out"))  # the place is as good as before


def test_an_export_that_dies_leaves_no_folder_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post()

    def dies(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("posts.management.moving.leaving.authors", dies)
    with pytest.raises(CommandError, match="There is no export: no space left"):
        export_to(tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []


def test_every_table_goes_along_or_says_why_not() -> None:
    known = {*plan.TABLES, *plan.PAGE_TABLES, plan.TOPICS_OF_POSTS}
    assert not known & plan.LEFT_BEHIND.keys()
    assert {table.name for table in tables.tables()} == known | plan.LEFT_BEHIND.keys()


def test_the_markdown_says_every_word_and_shows_the_pictures(tmp_path: Path) -> None:
    make_whole_site()
    export_to(tmp_path / "out")
    (file,) = (tmp_path / "out" / "posts").glob("*a-slower-morning.md")
    head, _, text = file.read_text().removeprefix("---\n").partition("\n---\n")
    for line in ("title: A slower morning & other plans", "author: ada", "tags:", "- Rest"):
        assert line in head
    for said in (
        "> “I should be further by now.”",
        "[in an earlier letter](../posts/",
        "- warm the pot\n  - and the cup",
        "## What a pot",
        "**Habit:** We hurry because we always have.",
        "1. sit\n2. breathe **out**",
        "](../pictures/",
        "](<../files/",
    ):
        assert said in text
    for target in ("../pictures/", "../files/"):
        path = text.split(target)[1].split(")")[0].rstrip(">")
        assert (file.parent / target / path).is_file()
    assert markdown.RENDERERS.keys() == PostPage.body.field.stream_block.child_blocks.keys()
