"""The letter as it would leave: its size, the links that every reader needs, who it is from."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from posts.content.colour import accent
from posts.content.rendering import LARGEST_MAIL
from posts.content.site_settings import SiteSettings
from posts.desk.checklist.items import ChecklistItem, ItemLevel, Subject

LARGE = LARGEST_MAIL * 8 // 10
# RFC 2606 and 6761: names that lead nowhere.
_NOWHERE = ("localhost", "example", "test", "invalid", "local")
_EXAMPLES = ("example.org", "example.com", "example.net")
UNSUBSCRIBE = "https://unsubscribe.invalid/"  # in the place of every reader's own


def size(seen: Subject) -> Iterator[ChecklistItem]:
    """Whether mail programs will show all of it."""
    if seen.mail is None:
        yield ChecklistItem(ItemLevel.MEND, seen.too_long, seen.place("body"))
        return
    taken = len(seen.mail.html.encode())
    if taken > LARGE:
        yield ChecklistItem(
            ItemLevel.LOOK,
            _("The letter has %(size)d KB; mail programs cut what is above %(most)d KB.")
            % {"size": taken // 1000, "most": LARGEST_MAIL // 1000},
            seen.place("body"),
        )
    else:
        yield ChecklistItem(ItemLevel.FINE, _("The letter is small enough for every mail program."))


def needed_links(seen: Subject) -> Iterator[ChecklistItem]:
    """The link to pass it on and the one to unsubscribe, in both forms of the letter."""
    if seen.mail is None:
        return
    for link, name in (
        (seen.post.share_page_url, _("The link to pass it on")),
        (UNSUBSCRIBE, _("The link to unsubscribe")),
    ):
        if link in seen.mail.html and link in seen.mail.text:
            yield ChecklistItem(ItemLevel.FINE, _("%(link)s is in the letter.") % {"link": name})
        else:
            yield ChecklistItem(
                ItemLevel.MEND, _("%(link)s is missing in the letter.") % {"link": name}
            )


def sender(seen: Subject) -> Iterator[ChecklistItem]:
    """Whether readers can answer, and where their links lead."""
    address = seen.post.newsletter.from_email
    if leads_nowhere(address.rpartition("@")[2]):
        yield ChecklistItem(
            seen.seriously,
            _("The sender %(address)s is only an example; nobody can answer it.")
            % {"address": address},
            seen.of_newsletter("from_email"),
        )
    else:
        yield ChecklistItem(ItemLevel.FINE, _("It is from %(address)s.") % {"address": address})
    if leads_nowhere(urlsplit(settings.SITE_URL).hostname or ""):
        yield ChecklistItem(
            seen.seriously,
            _("The site has no address of its own yet, so links in the letter lead nowhere."),
            reverse("desk:address"),
        )


def leads_nowhere(host: str) -> bool:
    """Whether no reader elsewhere can reach this host."""
    host = host.casefold().rstrip(".")
    if host.rpartition(".")[2] in _NOWHERE or host in ("127.0.0.1", "::1"):
        return True
    return any(host == name or host.endswith(f".{name}") for name in _EXAMPLES)


def postal_address(seen: Subject) -> Iterator[ChecklistItem]:
    if seen.post.newsletter.postal_address.strip():
        yield ChecklistItem(ItemLevel.FINE, _("The postal address stands at its end."))
    else:
        yield ChecklistItem(
            seen.seriously,
            _("There is no postal address, which every letter must show."),
            seen.of_newsletter("postal_address"),
        )


def colour(seen: Subject) -> Iterator[ChecklistItem]:
    """The accent is shown legibly whatever was chosen; it may not be what she chose, then."""
    chosen = accent(SiteSettings.load().accent)
    if chosen.adjusted:
        yield ChecklistItem(
            ItemLevel.LOOK,
            _("Your colour is too pale to read, so links are shown darker than you chose it."),
            reverse("wagtailsettings:edit", args=["posts", "sitesettings"]) + "#id_accent",
        )
    else:
        yield ChecklistItem(ItemLevel.FINE, _("Your colour can be read, in light and dark."))
