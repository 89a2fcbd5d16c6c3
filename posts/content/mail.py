"""What goes into a mail, whatever it is written in: its links, its edition, its first lines."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.content.richtext import PageLinks
from posts.content.site_settings import SiteSettings
from posts.content.words import long_date, shortened
from subscribers.models import Newsletter
from subscribers.one_line import one_line

if TYPE_CHECKING:
    from posts.content.models import PostPage


Edition = Literal["full", "short", "step"]


@dataclass(frozen=True)
class MailLinks:
    """Where the links around the post lead: absolute addresses, or markers filled in later.

    `passed` is the one that readers pass along, and `write` a message with it in the reader's own
    mail program; both are empty where a discreet mail would have none that names nothing.
    `subscribe` is for whoever the mail was passed on to.
    """

    online: str
    share: str
    passed: str
    write: str
    subscribe: str
    home: str
    unsubscribe: str
    manage: str


@dataclass(frozen=True)
class Mail:
    """One variant of a post's mail, before it is written as HTML or text."""

    post: "PostPage"
    site: SiteSettings
    newsletter: Newsletter
    links: MailLinks
    page_links: PageLinks
    wanted: str
    large_text: bool
    discreet: bool
    other_subject: str = ""
    note: str = ""

    @cached_property
    def edition(self) -> Edition:
        """The edition that was asked for, or the full one where the post has no such text."""
        if self.wanted == "short" and one_line(strip_tags(self.post.short_version)):
            return "short"
        if self.wanted == "step" and one_line(self.post.small_step):
            return "step"
        return "full"

    @property
    def page_url(self) -> str:
        """The page below which its files are, without a slash at its end. That of a discreet mail
        is behind a link that names nothing, where there is one."""
        opaque = self.links.passed if self.discreet else ""
        return (opaque or self.links.online).rstrip("/")

    @property
    def subject(self) -> str:
        """The subject. A discreet one may be seen over a shoulder."""
        if self.discreet:
            return _("A note for you")  # a newsletter's name may name an illness
        return one_line(self.other_subject) or self.post.subject

    @property
    def preheader(self) -> str:
        """What an inbox shows after the subject."""
        if self.discreet:
            return _("It is here when you have a quiet moment.")
        return shortened(one_line(self.note), 140) or self.post.mail_preheader

    @property
    def dateline(self) -> str:
        """The date, and for the whole post how long it takes."""
        date = long_date(self.post.date)
        if self.edition != "full":
            return date
        minutes = self.post.reading_minutes
        reading = ngettext("%(minutes)d minute to read", "%(minutes)d minutes to read", minutes)
        return f"{date} · {reading % {'minutes': minutes}}"

    @cached_property
    def care_note(self) -> str:
        """The one in the language of the post."""
        return self.site.care_note_in(self.post.language)

    @property
    def edition_note(self) -> str:
        """Tells readers of a shorter edition that there is more; empty in the full one."""
        return {
            "full": "",
            "short": _("This was the short version, as you asked."),
            "step": _("This was just the one small step, as you asked."),
        }[self.edition]

    @property
    def reason(self) -> str:
        """Why the reader gets this, which is true also of a friend to whom she forwards it."""
        if self.discreet:
            return _(
                "You get this because you subscribed, or because a subscriber passed it on to you."
            )
        name = one_line(self.newsletter.name)
        return _(
            "You get this because you subscribed to %(newsletter)s, or because a subscriber passed "
            "it on to you."
        ) % {"newsletter": name}

    @property
    def sender(self) -> str:
        """Who writes, with the name of the site where that says more."""
        names = [one_line(name) for name in (self.newsletter.from_name, self.site.name)]
        return " · ".join(dict.fromkeys(name for name in names if name))
