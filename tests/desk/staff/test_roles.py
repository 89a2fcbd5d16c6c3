"""Who may open which address of the desk, and send something to it: every role at every address.

`role_table.txt` has a line for each: its name, who may GET it, who may POST to it, by the first
letters of owner, editor, author and helper. Who is not named is refused: asked to sign in, told
that she may not, or there is nothing for her (404, 405). A new address without a line fails the
test; `UPDATE_ROLES=1 uv run pytest -n0 tests/desk/staff/test_roles.py` writes the table, to be read
line by line before it is committed.
"""

import itertools
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.regex_helper import normalize
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupApprovalTask, Site, Task, Workflow

from posts.content.actions import Foundation
from posts.content.enclosures.models import Enclosure
from posts.content.models import PostPage, Topic
from posts.desk import again
from posts.desk.models import DeskSession
from posts.desk.staff import invitations, roles
from posts.sharing.models import CoveringNote
from subscribers.limits.models import BlockedDomain
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter, Subscriber
from tests.desk.staff.steps import give_app, make_role, signed_in_as
from tests.factories import make_post
from tests.test_addresses import Values, outbox, values  # noqa: F401 - two are fixtures

TABLE = Path(__file__).with_name("role_table.txt")
LETTERS = {"owner": "o", "editor": "e", "author": "a", "helper": "h"}
METHODS = ("get", "post")
# Ends the session that is used to ask the next one; and Wagtail's way to try what an error does.
_ASKED_OF_NOBODY = {"wagtailadmin_logout", "wagtailadmin_error_test"}


class DeskAddress(NamedTuple):
    """`name`: with its namespaces, and `#2` where Wagtail has it twice."""

    name: str
    pattern: str

    def path(self, known: Values) -> str:
        form, names = normalize(self.pattern)[0]
        chosen = {name: known[name][0] for name in names}
        return "/" + form % chosen


def addresses() -> list[DeskAddress]:
    found: dict[str, DeskAddress] = {}
    for name, pattern in _walk(get_resolver()):
        unique = next(
            key
            for number in itertools.count(1)
            if (key := name if number == 1 else f"{name}#{number}") not in found
        )
        found[unique] = DeskAddress(unique, pattern)
    return list(found.values())


def _walk(resolver: URLResolver, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        pattern = before + entry.pattern.regex.pattern.removeprefix("^").removeprefix("\\A")
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern) and pattern.startswith("admin/"):
            yield f"{space}{entry.name or pattern}", pattern


class _Known(dict[str, list[object]]):
    def __missing__(self, name: str) -> list[object]:
        raise KeyError(f"Give the parameter {name!r} a value in tests/desk/staff/test_roles.py.")


@pytest.fixture
def known(site: Foundation, values: Values, monkeypatch: pytest.MonkeyPatch) -> Values:  # noqa: F811
    """Something real for each parameter, so that a refusal is one, and not a thing that is gone."""
    monkeypatch.setattr(again, "GRACE", timedelta(hours=1))  # however busy the machine is
    owner = make_role("owner")
    give_app(owner)
    picture = get_image_model().objects.first()
    post = PostPage.objects.get(pk=values["post_id"][0])
    ImportJob.objects.update(path="list.csv")
    # Migrations make these. A test that empties the database may have run before.
    task = Task.objects.first() or GroupApprovalTask.objects.create(name="Looks at it")
    workflow = Workflow.objects.first() or Workflow.objects.create(name="Review")
    row, _address = invitations.invite(email="zoe@letters.example", role="author", by=owner)
    elsewhere = DeskSession.objects.create(
        user=owner, key="elsewhere", seen_at=timezone.now() - timedelta(days=1)
    )
    return _Known(
        {
            **values,
            "page_id": [post.pk],
            "parent_page_id": [site.home.pk],
            "page_to_move_id": [post.pk],
            "destination_id": [site.home.pk],
            "revision_id": [post.latest_revision_id],
            "revision_id_a": ["earliest"],
            "revision_id_b": ["latest"],
            "image_id": [picture.pk],
            "filter_spec": ["width-100"],
            "uploaded_file_id": [1],
            "content_type_app_name": ["posts"],
            "content_type_model_name": ["postpage"],
            "app_name": ["posts"],
            "app_label": ["posts"],
            "model_name": ["postpage"],
            "action_name": ["publish"],
            "action": ["delete"],
            "task_state_id": [1],
            "task_id": [task.pk],
            "workflow_pk": [workflow.pk],
            "page_pk": [post.pk],
            "workflow_state_id": [1],
            "collection_id": [Collection.get_first_root_node().pk],
            "object_id": [post.pk],
            "session_id": [elsewhere.pk],
            "user_id": [owner.pk],
            "invitation_id": [row.pk],
            "step_id": [Authenticator.objects.values_list("pk", flat=True)[0]],
            "_0": ["nowhere"],
        }
    )


def _pk_of(name: str) -> object:
    """What `<pk>` means at this address."""
    space = name.partition(":")[0]
    of = {
        "newsletters": Newsletter,
        "wagtailusers_users": User,
        "wagtailusers_groups": Group,
        "wagtailsites": Site,
        "wagtailadmin_collections": Collection,
        "wagtailimages_chooser": get_image_model(),
        "files": Enclosure,
        "file_chooser": Enclosure,
        "sound_chooser": Enclosure,
    }
    if space == "wagtailadmin_workflows":
        return (Task if "task" in name else Workflow).objects.values_list("pk", flat=True)[0]
    model = of.get(space, Newsletter)
    if space == "topics":
        return Topic.objects.values_list("pk", flat=True)[0]
    if space == "covering-notes":
        return CoveringNote.objects.get_or_create(text="Look what I read", language="en")[0].pk
    if space == "blocked-domains":
        return BlockedDomain.objects.get_or_create(domain="spam.example")[0].pk
    if name.startswith("wagtailadmin_api:"):
        model = {"images": get_image_model(), "pages": PostPage}.get(name.split(":")[1], Newsletter)
    return model._default_manager.values_list("pk", flat=True).last()


def is_refused(answer: Any) -> bool:
    if answer.status_code in (403, 404, 405):
        return True
    said = " ".join(map(str, get_messages(answer.wsgi_request)))
    return answer.status_code == 302 and (
        answer["Location"].startswith("/admin/login/") or "do not have permission" in said
    )


def asked(client: Client, method: str, path: str, key: str) -> Any:
    """What this is answered, without any change that it makes, in the session `key`."""
    client.cookies["sessionid"] = key
    with transaction.atomic():
        answer = getattr(client, method)(path)
        answer.getvalue() if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer


def found_for(role: str, known: Values) -> dict[str, tuple[bool, bool]]:
    """Of each address, whether she may GET it, and POST to it."""
    user = User.objects.filter(username=role).first() or make_role(role)
    client, readers = signed_in_as(user), set(Subscriber.objects.values_list("email", flat=True))
    key = client.cookies["sessionid"].value
    session = client.session  # the owner has a second step, and took it
    session["second_step_taken_by"] = user.pk
    session["asked_again_at"] = timezone.now().timestamp()
    session.save()
    client.raise_request_exception = False
    found = {}
    for address in addresses():
        if address.name in _ASKED_OF_NOBODY:
            continue
        path = address.path(_Known({**known, "pk": [_pk_of(address.name)]}))
        may = []
        for method in METHODS:
            answer = asked(client, method, path, key)
            # Wagtail's forms fall over an empty POST: she got as far as that. Ours do not.
            assert answer.status_code < 500 or not address.name.startswith("desk:"), path
            may.append(not is_refused(answer))
            if role in ("editor", "author"):  # who see no reader, wherever they look
                said = b"" if answer.streaming else answer.content
                assert not any(reader.encode() in said for reader in readers), (method, path)
        found[address.name] = (may[0], may[1])
    return found


def table() -> dict[str, tuple[str, str]]:
    text = TABLE.read_text() if TABLE.exists() else ""
    lines = [line.split() for line in text.splitlines() if line]
    return {name: (get, post) for name, get, post in lines}


def test_every_address_of_the_desk_stands_in_the_table() -> None:
    """Whoever adds one says there who may open it."""
    wanted = {address.name for address in addresses()} - _ASKED_OF_NOBODY
    assert set(table()) == wanted


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.only_on("postgresql")  # half a minute; what is missing is seen anywhere
@pytest.mark.parametrize("role", LETTERS)
def test_each_role_may_what_the_table_says(role: str, known: Values) -> None:
    found, letter = found_for(role, known), LETTERS[role]
    if os.environ.get("UPDATE_ROLES"):
        _write(letter, found)
    told = table()
    wrong = {
        name: may
        for name, may in found.items()
        if may != (letter in told[name][0], letter in told[name][1])
    }
    assert wrong == {}


def _write(letter: str, found: dict[str, tuple[bool, bool]]) -> None:
    """Only for whoever changes the table on purpose."""
    told = table()
    lines = []
    for name, may in found.items():
        both = []
        for before, now in zip(told.get(name, ("-", "-")), may, strict=True):
            letters = set(before) - {letter, "-"} | ({letter} if now else set())
            both.append("".join(x for x in LETTERS.values() if x in letters) or "-")
        lines.append(f"{name} {both[0]} {both[1]}")
    TABLE.write_text("\n".join(lines) + "\n")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["editor", "author", "helper"])
def test_a_role_is_a_group_and_one_may_be_changed(site: Foundation, role: str) -> None:
    roles.ensure()
    group = Group.objects.get(name=roles.ROLES[role].group)
    before = group.permissions.count()
    group.permissions.clear()
    roles.ensure()  # what an owner took away stays away
    assert before
    assert group.permissions.count() == 0


@pytest.mark.django_db
def test_an_author_writes_her_own_letters_and_publishes_none(site: Foundation) -> None:
    author = make_role("author")
    hers, others = (make_post(live=False) for _ in range(2))
    PostPage.objects.filter(pk=hers.pk).update(owner=author)
    client = signed_in_as(author)
    assert client.get(f"/admin/pages/{hers.pk}/edit/").status_code == 200
    assert is_refused(client.get(f"/admin/pages/{others.pk}/edit/"))
    assert is_refused(client.get(f"/admin/posts/{hers.pk}/email/"))
    assert is_refused(client.post(f"/admin/posts/{hers.pk}/email/publish/"))
    assert not PostPage.objects.get(pk=hers.pk).live


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/admin/images/chooser/",
        "/admin/choose-page/",
        "/admin/api/main/images/",
        "/admin/reports/site-history/",
    ],
)
def test_a_helper_sees_no_pictures_and_no_pages_and_who_writes_does(
    site: Foundation, path: str
) -> None:
    helper, author = (signed_in_as(make_role(role)) for role in ("helper", "author"))
    assert is_refused(helper.get(path))
    assert not is_refused(author.get(path))


def test_a_role_takes_the_place_of_all_others(site: Foundation) -> None:
    ben = make_role("helper", name="ben")
    roles.set_role(user=ben, key="author")
    assert roles.role_key(ben) == "author"
    assert not User.objects.get(pk=ben.pk).has_perm("subscribers.view_subscriber")
    roles.set_role(user=ben, key="owner")
    assert User.objects.get(pk=ben.pk).is_superuser
    assert not ben.groups.exists()


@pytest.mark.django_db
def test_the_last_owner_stays_one(site: Foundation) -> None:
    ada = make_role("owner", name="ada")
    with pytest.raises(roles.LastOwner):
        roles.set_role(user=ada, key="editor")
    make_role("owner", name="ben")
    roles.set_role(user=ada, key="editor")
    assert not User.objects.get(pk=ada.pk).is_superuser


@pytest.mark.django_db
def test_groups_from_before_keep_their_people_and_their_rights(site: Foundation) -> None:
    """An upgrade takes nothing from anybody, and gives nobody more."""
    from tests.factories import make_member

    ben = make_member("ben", group="Editors")
    before = ben.get_all_permissions()
    roles.ensure()
    ben = User.objects.get(pk=ben.pk)
    assert ben.get_all_permissions() == before
    key = roles.role_key(ben)
    assert key.startswith("group:")
    assert (key, "Editors") in roles.choices()
    assert signed_in_as(ben).get("/admin/").status_code == 200
