"""The desk's menu: seven things that a writer does, and “More” for who looks after the machine."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from posts.desk.permissions import MAY_SEE_PEOPLE, is_owner, may_publish
from posts.desk.queries import home_page, write_url
from posts.desk.settings import sets_something

# In this order. Whatever else Wagtail and its viewsets put into the menu is reached by Settings or
# by More.
SHOWN = (
    "write",
    "posts",
    "subscribers",
    "mailings",
    "explorer",
    "images",
    "settings",
    "sign-in",
    "more",
)


class GuardedItem(MenuItem):
    """An item for those of whom `shown_to` says yes."""

    def __init__(self, *args: Any, shown_to: Callable[[HttpRequest], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shown_to = shown_to

    def is_shown(self, request: HttpRequest) -> bool:
        return self._shown_to(request)


def subscribers_item() -> MenuItem:
    return GuardedItem(
        _("Subscribers"),
        reverse("desk:subscribers"),
        icon_name="group",
        name="subscribers",
        shown_to=lambda request: bool(request.user.has_perm(MAY_SEE_PEOPLE)),
    )


def mailings_item() -> MenuItem:
    return GuardedItem(
        _("Mailings"),
        reverse("desk:mailings"),
        icon_name="mail",
        name="mailings",
        shown_to=lambda request: may_publish(request.user),
    )


def settings_item() -> MenuItem:
    return GuardedItem(
        _("Settings"),
        reverse("desk:settings"),
        icon_name="cogs",
        name="settings",
        shown_to=lambda request: sets_something(request.user),
    )


def sign_in_item() -> MenuItem:
    """For whom Settings would have this one line."""
    return GuardedItem(
        _("How you sign in"),
        reverse("desk:my_sign_in"),
        icon_name="lock",
        name="sign-in",
        shown_to=lambda request: not sets_something(request.user),
    )


def more_item() -> MenuItem:
    return GuardedItem(
        _("More"),
        reverse("desk:more"),
        icon_name="dots-horizontal",
        name="more",
        shown_to=lambda request: is_owner(request.user),
    )


def only_what_a_writer_does(request: HttpRequest, items: list[MenuItem]) -> None:
    """The seven, and More, in their order."""
    # Ours has the name of Wagtail's submenu, which comes with what nobody needs here.
    found = {item.name: item for item in items if not hasattr(item, "menu")}
    if (url := write_url(request)) is not None:
        found["write"] = MenuItem(_("Write"), url, name="write", icon_name="edit")
    home = home_page(request)
    if home is not None and "explorer" in found:
        # Straight to the home page and what is below it: the tree above holds nothing of hers.
        label, icon = found["explorer"].label, found["explorer"].icon_name
        url = reverse("wagtailadmin_explore", args=[home.pk])
        found["explorer"] = MenuItem(label, url, name="explorer", icon_name=icon)
    items[:] = [found[name] for name in SHOWN if name in found]
    for place, item in enumerate(items):
        item.order = 100 + place
