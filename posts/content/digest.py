"""Several posts in one mail: the digest of a week or a month, or what was missed during a rest.

As the mail of a post it is rendered once for each variant and knows no reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from posts.content import mail_html, mail_text, pictures
from posts.content.mail import Mail, MailLinks
from posts.content.models import PostPage, SiteSettings
from posts.content.rendering import LARGEST_MAIL, LetterTooLong, RenderedMail
from posts.content.richtext import page_links
from posts.content.text import RULE, TextPage, joined, paragraphs, underlined, wrapped
from subscribers.languages import direction, spoken
from subscribers.models import Newsletter
from subscribers.one_line import one_line


@dataclass(frozen=True)
class Frame:
    """What stands around the posts. `subject` is the title, too; `gentle`: with short versions
    only, for somebody who comes back."""

    newsletter: Newsletter
    language: str
    subject: str
    intro: str
    links: MailLinks
    gentle: bool = False


@dataclass(frozen=True)
class DigestEntry:
    """A post, and where the links below it lead."""

    post: PostPage
    links: MailLinks


@dataclass(frozen=True)
class _Section:
    """A post as it stands in one variant; `brief`: only its beginning, or its short version."""

    mail: Mail
    brief: bool

    @property
    def begins_only(self) -> bool:
        return self.brief and self.mail.edition == "full"

    @property
    def title(self) -> str:
        return str(self.mail.post.title)

    @property
    def language(self) -> str:
        return str(self.mail.post.language)

    @property
    def subtitle(self) -> str:
        return str(self.mail.post.subtitle)

    @property
    def dateline(self) -> str:
        return self.mail.dateline

    @property
    def links(self) -> MailLinks:
        return self.mail.links

    @property
    def whole(self) -> bool:
        return self.mail.edition == "full" and not self.brief

    @property
    def html(self) -> SafeString:
        if self.begins_only:
            return format_html("<p>{}</p>", self.mail.post.lead)
        return mail_html.body(self.mail)

    def text(self, page: TextPage) -> str:
        page.share_url, page.page_url = self.links.share, self.mail.page_url
        length = (
            wrapped(self.mail.post.lead) if self.begins_only else mail_text.body(self.mail, page)
        )
        about = joined([wrapped(self.subtitle), self.dateline], gap="\n")
        where = _("Read online:") if self.whole else _("The whole post:")
        online = f"{where}\n{self.links.online}"
        pass_on = mail_text.to_pass_on(self.links)
        return joined([underlined(self.title, "-"), about, length, online, pass_on])


def render_digest(
    entries: Sequence[DigestEntry],
    frame: Frame,
    *,
    edition: str = "full",
    large_text: bool = False,
    discreet: bool = False,
) -> RenderedMail:
    """The mail in one variant. Where mail programs would cut it, its longest posts are shown by
    their short version or their beginning, as few of them as will do."""
    mails = [_mail(entry, frame, edition, large_text, discreet) for entry in entries]
    for entry in entries:
        blocks = entry.post.body.blocks_by_name("image")
        pictures.prepare(block.value["image"] for block in blocks if block.value["image"])
    with override(spoken(frame.language)):
        longest_first = sorted(
            range(len(mails)), key=lambda at: -len(mail_html.body(mails[at]).encode())
        )
        brief = set(longest_first) if frame.gentle else set[int]()
        while True:
            sections = [
                _Section(replace(mail, wanted="short") if at in brief else mail, at in brief)
                for at, mail in enumerate(mails)
            ]
            html = _html(sections, frame)
            if len(html.encode()) <= LARGEST_MAIL:
                break
            if len(brief) == len(mails):
                raise LetterTooLong(len(html.encode()))
            brief.add(next(at for at in longest_first if at not in brief))
        first = sections[0].mail
        return RenderedMail(first.subject, first.preheader, html, _text(sections, frame))


def _mail(entry: DigestEntry, frame: Frame, edition: str, large_text: bool, discreet: bool) -> Mail:
    post = entry.post
    return Mail(
        post=post,
        site=SiteSettings.load(),
        newsletter=frame.newsletter,
        links=entry.links,
        page_links=page_links([post.body.raw_data, post.short_version], base=settings.SITE_URL),
        wanted=edition,
        large_text=large_text,
        discreet=discreet,
        other_subject=frame.subject,
        # It stands for the preview line of a post.
        note=frame.intro,
    )


def _html(sections: Sequence[_Section], frame: Frame) -> str:
    mail = sections[0].mail
    look = mail_html.look_of(mail.site, large_text=mail.large_text)
    context: dict[str, Any] = {
        "mail": mail,
        "frame": frame,
        "language": frame.language,
        "sections": sections,
        "care_note": mail.site.care_note_in(frame.language),
        "direction": direction(frame.language),
        "our_words": mail_html.our_words(frame.language),
        "gaps": range(100),
        **look,
    }
    return mail_html.inlined(render_to_string("content/mail/digest.html", context), look)


def _text(sections: Sequence[_Section], frame: Frame) -> str:
    mail, links = sections[0].mail, frame.links
    page = TextPage(share_url=links.home)
    parts = []
    for section in sections:
        page.links = section.mail.page_links
        parts.append(section.text(page))
    care = mail.site.care_note_in(frame.language)
    foot = [
        wrapped(mail.reason),
        f"{wrapped(_('Too much just now? Rest, or get less, on your page:'))}\n{links.manage}",
        f"{_('Unsubscribe:')}\n{links.unsubscribe}",
        joined([wrapped(mail.sender), wrapped(frame.newsletter.postal_address)], gap="\n"),
    ]
    head = [
        mail.preheader if mail.discreet else "",
        wrapped(mail.site.name),
        underlined(one_line(frame.subject), "="),
        wrapped(frame.intro),
        mail_text.for_the_friend(links),
    ]
    return (
        joined(
            [
                *head,
                f"\n\n{RULE}\n\n".join(parts),
                page.list_of_links(),
                joined([RULE, paragraphs(care)]) if care else "",
                RULE,
                *foot,
            ]
        )
        + "\n"
    )
