"""The desk's menu: what a writer does, in the order in which she does it."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.contrib.settings.registry import SettingMenuItem

from posts.content.models import HomePage, SiteSettings
from posts.delivery.transports import name_of_current
from posts.delivery.transports.outbox import Outbox
from posts.desk.permissions import (
    MAY_CHANGE_PEOPLE,
    MAY_SEE_PEOPLE,
    may_change_settings,
    may_publish,
)

# Help leads to a manual of Wagtail, not of this desk.
NOT_OURS = frozenset({"help", "snippets"})
# Pages (home, About) and images come after what is used each week.
ORDER = {"explorer": 300, "images": 310, "reports": 9000, "settings": 10000}


class MailingsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_publish(request.user)


class OutboxItem(MenuItem):
    """Shown where mails end up in the outbox."""

    def is_shown(self, request: HttpRequest) -> bool:
        is_staff = bool(getattr(request.user, "is_staff", False))
        return is_staff and name_of_current() == Outbox.name


class SendingItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_change_settings(request.user)


class SubscribersItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_SEE_PEOPLE))


def subscribers_item() -> MenuItem:
    return SubscribersItem(
        _("Subscribers"), reverse("desk:subscribers"), icon_name="group", order=110
    )


class ImportsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_CHANGE_PEOPLE))


def imports_item() -> MenuItem:
    return ImportsItem(
        _("Import and export"), reverse("desk:imports"), icon_name="upload", order=120
    )


def mailings_item() -> MenuItem:
    return MailingsItem(_("Mailings"), reverse("desk:mailings"), icon_name="mail", order=130)


def outbox_item() -> MenuItem:
    return OutboxItem(_("Outbox"), reverse("desk:outbox"), icon_name="download", order=140)


def sending_item() -> MenuItem:
    return SendingItem(_("Sending"), reverse("desk:sending"), icon_name="mail", order=10)


def sign_ups_item() -> MenuItem:
    return SendingItem(_("Sign-ups"), reverse("desk:sign_ups"), icon_name="group", order=15)


def site_settings_item() -> MenuItem:
    item = SettingMenuItem(SiteSettings, name="site-settings", icon="sliders", order=320)
    item.label = _("Site settings")
    return item


def simplify_main_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out what a solo writer does not need; put the rest after her own work."""
    items[:] = [item for item in items if item.name not in NOT_OURS]
    home = HomePage.objects.values_list("pk", flat=True).first()
    items[:] = [_pages_item(item, home) if item.name == "explorer" else item for item in items]
    for item in items:
        item.order = ORDER.get(item.name, item.order)


def _pages_item(explorer: MenuItem, home: int | None) -> MenuItem:
    """Straight to the home page and what is below it: the tree above holds nothing of hers."""
    if home is None:
        return explorer
    return MenuItem(
        explorer.label,
        reverse("wagtailadmin_explore", args=[home]),
        name=explorer.name,
        icon_name=explorer.icon_name,
    )


def simplify_settings_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """The site's settings have a place of their own in the main menu."""
    items[:] = [item for item in items if getattr(item, "model", None) is not SiteSettings]
