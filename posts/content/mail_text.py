"""The text part of a mail: the same words in the same order as the HTML part."""

from django.utils.translation import gettext as _

from posts.content.mail import Mail, MailLinks
from posts.content.text import (
    RULE,
    TextPage,
    body_text,
    joined,
    paragraphs,
    rich,
    underlined,
    wrapped,
)


def write(mail: Mail) -> str:
    """The whole mail as text."""
    page = TextPage(mail.links.share, mail.page_links, mail.page_url)
    parts = [
        _head(mail),
        _body(mail, page),
        page.list_of_links(),
        _care_note(mail),
        RULE,
        _foot(mail),
    ]
    return joined(parts) + "\n"


def _head(mail: Mail) -> str:
    # Some inboxes preview the first words of the text, which must be as discreet as the subject.
    first = mail.preheader if mail.discreet else ""
    title = underlined(mail.post.title, "=")
    about = [wrapped(mail.post.subtitle), mail.dateline]
    site, note = wrapped(mail.site.name), _note(mail)
    return joined([first, site, note, title, joined(about, gap="\n"), for_the_friend(mail.links)])


def for_the_friend(links: MailLinks) -> str:
    """To whom the mail is forwarded: near the top, where she looks."""
    asked = wrapped(_("Was this passed on to you?"))
    read = f"{_('Read it online:')}\n{links.passed}" if links.passed else ""
    return joined([asked, read, f"{_('Get the next one:')}\n{links.subscribe}"], gap="\n")


def to_pass_on(links: MailLinks) -> str:
    """The link itself, to be copied, and where all other ways are. No `mailto:`, since one would
    forward a text rather than press half a page of an encoded address."""
    link = f"{_('Pass this on. The link, the same for everybody:')}\n{links.passed}"
    # An address stands on a line of its own, whole: it may be a marker filled in later.
    ways = f"{_('Other ways to pass it on:')}\n{links.share}"
    return joined([link if links.passed else "", ways])


def _note(mail: Mail) -> str:
    """What a correction says first, set apart from the letter that follows."""
    return joined([RULE, paragraphs(mail.note), RULE]) if mail.note.strip() else ""


def body(mail: Mail, page: TextPage) -> str:
    """The post alone, in the edition of this mail."""
    if mail.edition == "full":
        return body_text(mail.post.body, page)
    short = mail.edition == "short"
    return rich(mail.post.short_version, page) if short else paragraphs(mail.post.small_step)


def _body(mail: Mail, page: TextPage) -> str:
    text = body(mail, page)
    if mail.edition == "full":
        return text
    more = [wrapped(mail.edition_note), _("The whole post:"), mail.links.online]
    return joined([text, joined(more, gap="\n")])


def _care_note(mail: Mail) -> str:
    return joined([RULE, paragraphs(mail.care_note)]) if mail.care_note else ""


def _foot(mail: Mail) -> str:
    links = mail.links
    return joined(
        [
            to_pass_on(links),
            f"{_('Read online:')}\n{links.online}",
            wrapped(mail.reason),
            f"{wrapped(_('Too much just now? Rest, or get less, on your page:'))}\n{links.manage}",
            f"{_('Unsubscribe:')}\n{links.unsubscribe}",
            joined([wrapped(mail.sender), wrapped(mail.newsletter.postal_address)], gap="\n"),
        ]
    )
