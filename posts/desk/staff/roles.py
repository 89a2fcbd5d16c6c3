"""Owner, editor, author, helper: what each may.

An owner is a superuser, as she always was. The others are groups of Django's, made when they are
first needed and given these permissions then; what an owner changes about them later stays.
"""

from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from posts.content.actions import ensure_site
from subscribers.saying import sentence

__all__ = ["OWNER", "ROLES", "LastOwner", "choices", "ensure", "role_key", "role_name", "set_role"]

OWNER = "owner"


class LastOwner(Exception):
    """Nobody would be left who may do everything."""


@dataclass(frozen=True, slots=True)
class Role:
    """`pages`, `pictures`: what of Wagtail's page and collection permissions; `may`: others."""

    title: str
    told: str
    group: str = ""
    pages: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    may: tuple[str, ...] = field(default=())


_DESK = "wagtailadmin.access_admin"
_PICTURES = ("add_image", "change_image", "choose_image")

ROLES: dict[str, Role] = {
    OWNER: Role(
        sentence("Owner"),
        sentence("Everything: letters, readers, settings, and who else works here."),
    ),
    "editor": Role(
        sentence("Editor"),
        sentence("Writes, publishes and emails every letter. Sees numbers, and no reader."),
        group="Desk editors",
        pages=("add", "change", "publish", "lock", "unlock"),
        pictures=_PICTURES,
        may=(
            _DESK,
            *(f"posts.{verb}_topic" for verb in ("add", "change", "delete", "view")),
            *(f"posts.{verb}_coveringnote" for verb in ("add", "change", "delete", "view")),
        ),
    ),
    "author": Role(
        sentence("Author"),
        sentence("Writes letters of her own, which others publish. Sees no reader."),
        group="Desk authors",
        pages=("add",),
        pictures=("add_image", "choose_image"),
        may=(_DESK,),
    ),
    "helper": Role(
        sentence("Helper"),
        sentence("Looks after readers: finds, adds, brings, corrects, erases. Writes nothing."),
        group="Desk helpers",
        may=(_DESK, "subscribers.view_subscriber", "subscribers.change_subscriber"),
    ),
}
_OTHER = "group:"  # one that Wagtail made, or an owner


@transaction.atomic
def ensure() -> None:
    """Make the groups that are missing, each with what its role may."""
    for role in ROLES.values():
        if role.group:
            group, is_new = Group.objects.get_or_create(name=role.group)
            if is_new:
                _give(group, role)


def _give(group: Group, role: Role) -> None:
    wanted = Q(pk=None)
    for name in role.may:
        app, _dot, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    group.permissions.set(Permission.objects.filter(wanted))
    home, pictures = ensure_site().home, Collection.get_first_root_node()
    for action in role.pages:
        GroupPagePermission.objects.create(
            group=group, page=home, permission=_permission("wagtailcore", f"{action}_page")
        )
    for codename in role.pictures if pictures else ():
        GroupCollectionPermission.objects.create(
            group=group, collection=pictures, permission=_permission("wagtailimages", codename)
        )


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def choices() -> list[tuple[str, str]]:
    """Every role, and the groups that are none of ours, by key and name."""
    ours = {role.group for role in ROLES.values()}
    # Those that come with Wagtail are offered where somebody is in one.
    unused = Q(name__in=("Editors", "Moderators"), user=None)
    others = Group.objects.exclude(name__in=ours).exclude(unused).order_by("name").distinct()
    return [
        *((key, role.title) for key, role in ROLES.items()),
        *((f"{_OTHER}{group.pk}", group.name) for group in others),
    ]


def role_key(user: User) -> str:
    """Empty for an account that may nothing, or has several groups."""
    if user.is_superuser:
        return OWNER
    groups = list(user.groups.all())
    if len(groups) != 1:
        return ""
    by_group = {role.group: key for key, role in ROLES.items() if role.group}
    return by_group.get(groups[0].name, f"{_OTHER}{groups[0].pk}")


def role_name(user: User) -> str:
    """For people to read, whoever they are: a sentence."""
    key = role_key(user)
    if key in ROLES:
        return ROLES[key].title
    return ", ".join(group.name for group in user.groups.all()) or sentence("Nothing yet")


def title_of(key: str) -> str:
    return dict(choices()).get(key, key)


@transaction.atomic
def set_role(*, user: User, key: str) -> None:
    """Give this role, and take every other. Raises LastOwner."""
    if key != OWNER:
        refuse_last_owner(user)
    ensure()
    user.is_superuser = user.is_staff = key == OWNER
    user.save(update_fields=["is_superuser", "is_staff"])
    if key == OWNER:
        user.groups.clear()
    elif key.startswith(_OTHER):
        user.groups.set([Group.objects.get(pk=int(key.removeprefix(_OTHER)))])
    else:
        user.groups.set([Group.objects.get(name=ROLES[key].group)])


def refuse_last_owner(user: User) -> None:
    """Before somebody stops to be an owner. Locks the owners: of two who go at once, one stays."""
    owners = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
    if [owner.pk for owner in owners] == [user.pk]:
        raise LastOwner
