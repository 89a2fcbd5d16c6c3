"""What other programs can be told, in an owner's words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from posts.delivery.webhooks.events import PING

__all__ = ["EVENTS_IN_WORDS", "TOLD"]

TOLD: dict[str, Promise] = {
    "post.published": _("A letter is on the web"),
    "mailing.finished": _("A letter has gone to all its readers"),
    "subscriber.created": _("Somebody signed up, or was added"),
    "subscriber.confirmed": _("Somebody confirmed, or came back"),
    "subscriber.unsubscribed": _("Somebody unsubscribed"),
    "subscriber.bounced": _("Mail to somebody came back for good"),
    "subscriber.complained": _("Somebody reported a letter as spam"),
}
EVENTS_IN_WORDS = {**TOLD, PING: _("A try")}
