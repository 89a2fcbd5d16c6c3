"""Things that many tests need, made in one line. Texts and people are our own inventions."""

from io import BytesIO
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.core.files.images import ImageFile
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from posts.content.actions import ensure_site
from posts.content.models import PostPage
from subscribers.models import Newsletter, Subscriber, Subscription

_numbers = count(1)


def make_newsletter(**fields: Any) -> Newsletter:
    number = next(_numbers)
    defaults = {
        "name": f"Slow mornings {number}",
        "slug": f"slow-mornings-{number}",
        "from_name": "Ada Fern",
        "from_email": "ada@letters.example",
        "postal_address": "Fern House, 1 Quiet Lane, Ghent",
    }
    return Newsletter.objects.create(**{**defaults, **fields})


def make_member(name: str, *, group: str) -> User:
    """Somebody who may what Wagtail's Editors or Moderators may on a new site."""
    user = User.objects.create_user(name, f"{name}@letters.example", "words and more words")
    # Migrations make the groups. A test that empties the database may have run before.
    members, is_new = Group.objects.get_or_create(name=group)
    if is_new:
        members.permissions.add(Permission.objects.get(codename="access_admin"))
        for action in ("add", "change", *(["publish"] if group == "Moderators" else [])):
            may = Permission.objects.get(codename=f"{action}_page")
            GroupPagePermission.objects.create(
                group=members, page=Page.get_first_root_node(), permission=may
            )
        ensure_collection()
        for what in ("add_image", "change_image", "add_document", "change_document"):
            GroupCollectionPermission.objects.create(
                group=members,
                collection=Collection.get_first_root_node(),
                permission=Permission.objects.get(codename=what),
            )
    user.groups.add(members)
    return user


def ensure_collection() -> None:
    """Migrations make the first one. A test that empties the database may have run before."""
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")


def add_picture(title: str, file: BytesIO, *, name: str) -> Any:
    """A picture in the library, as if it had been uploaded."""
    ensure_collection()
    return get_image_model().objects.create(title=title, file=ImageFile(file, name=name))


def make_post(
    *, live: bool = True, newsletter: Newsletter | None = None, **fields: Any
) -> PostPage:
    """A post below the home page; published through a revision, as the desk does, when live."""
    foundation = ensure_site()
    defaults: dict[str, Any] = {
        "title": f"Permission to rest {next(_numbers)}",
        "newsletter": newsletter or foundation.newsletter,
        "body": [("paragraph", "<p>Rest is not a reward. It is part of the work.</p>")],
        "live": False,
    }
    post: PostPage = foundation.home.add_child(instance=PostPage(**{**defaults, **fields}))
    revision = post.save_revision()
    if live:
        revision.publish()
        post.refresh_from_db()
    return post


def make_subscriber(newsletter: Newsletter, *, status: str = "active", **fields: Any) -> Subscriber:
    address = fields.pop("address", f"reader{next(_numbers)}@example.org")
    person = Subscriber.objects.create(**{"email": address, "address": address, **fields})
    Subscription.objects.create(subscriber=person, newsletter=newsletter, status=status)
    return person
