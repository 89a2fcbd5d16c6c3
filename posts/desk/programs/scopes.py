"""What a token may be good for. A token can do what it names, and nothing else."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

__all__ = ["SCOPES"]

# In the order in which they are offered: what mails, publishes or erases stands last.
SCOPES: dict[str, Promise] = {
    "posts:read": _("Read letters and drafts, newsletters, topics and share links"),
    "posts:write": _("Write drafts and change them"),
    "mailings:read": _("See mailings: how they stand, and their numbers"),
    "subscribers:read": _("See readers: addresses, tags, and what they agreed to"),
    "subscribers:write": _("Add, tag and unsubscribe readers"),
    "subscribers:erase": _("Erase readers"),
    "posts:publish": _("Publish drafts on the web"),
    "mail": _("Email published letters to all their readers"),
}
