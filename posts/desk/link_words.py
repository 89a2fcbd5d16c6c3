"""What is done to share links, in the words of the desk and of a post's history."""

from django.utils.translation import gettext_lazy as _

from posts.sharing import actions

# The verb, and what was done.
LINK_ACTIONS = {
    actions.CHANGED: (_("Change share links"), _("Share links changed")),
    actions.SWITCHED_OFF: (_("Switch share links off"), _("Share links switched off")),
    actions.SWITCHED_ON: (_("Switch share links on"), _("Share links switched on")),
}
