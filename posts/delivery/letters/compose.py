"""Composing: the frozen email of a post, and the values of its slots per recipient."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from posts.content.models import PostPage
from posts.content.rendering import MailLinks, RenderedMail, render_mail
from posts.delivery.letters.compile import CompiledLetter, compile_variant, slot
from posts.delivery.letters.headers import mailbox
from posts.delivery.letters.message import Outgoing
from posts.delivery.models import Letter, LetterVariant, Mailing
from posts.sharing.offers import offered
from posts.sharing.queries import share_url
from subscribers.addresses import normalise
from subscribers.keys import begun_hash
from subscribers.languages import spoken, stay
from subscribers.models import Newsletter, Subscriber
from subscribers.one_line import one_line
from subscribers.queries import Choice, Recipient, another_than

DEFAULT_CHOICE = Choice()


def compose(
    post: PostPage, choices: set[Choice], *, subject: str = "", note: str = ""
) -> tuple[Letter, list[LetterVariant]]:
    """Render each variant that the audience needs, unsaved. No database write, no network.
    A correction has a subject and a note of its own."""
    letter = Letter(newsletter=post.newsletter)
    unsubscribe = slot(letter.slot_key, "unsubscribe")
    around = {
        discreet: links(post, unsubscribe=unsubscribe, discreet=discreet)
        for discreet in {False, *(choice.discreet for choice in choices)}
    }

    def render(choice: Choice) -> RenderedMail:
        return render_mail(
            post,
            links=around[choice.discreet],
            edition=choice.edition,
            large_text=choice.large_text,
            discreet=choice.discreet,
            subject=subject,
            note=note,
        )

    return letter, variants_of(letter, choices, post.language, render)


def variants_of(
    letter: Letter,
    choices: set[Choice],
    language: str,
    render: Callable[[Choice], RenderedMail],
) -> list[LetterVariant]:
    """One for each choice, and for the default one, unsaved. Raises what `render` raises, and
    AddressRefused where the newsletter's address cannot be written into a header.

    The default one is the first, for `FrozenLetter`. `language` is that of whoever wants no other.
    """
    return [
        _variant(letter, choice, choice.language or language, render(choice))
        for choice in sorted({DEFAULT_CHOICE, *choices})
    ]


def _variant(letter: Letter, choice: Choice, language: str, mail: RenderedMail) -> LetterVariant:
    return LetterVariant(
        letter=letter,
        edition=choice.edition,
        format=choice.format,
        locale=language,
        discreet=choice.discreet,
        large_text=choice.large_text,
        subject=mail.subject,
        headers=headers(letter, mail.subject, language, discreet=choice.discreet),
        text=mail.text,
        html="" if choice.format == Subscriber.Format.TEXT else mail.html,
    )


def links(post: PostPage, *, unsubscribe: str, discreet: bool = False) -> MailLinks:
    """The links of a mail. Mails are forwarded, so only `unsubscribe` differs between readers."""
    public = post.visibility == PostPage.Visibility.PUBLIC
    on_in_its_language = stay(post.language)
    with translation.override(spoken(post.language)):
        message = offered(post, discreet=discreet)
    home = f"{settings.SITE_URL}/{on_in_its_language}"
    if discreet:
        # Its address shows below a finger and in a browser's history. Where the link is off, there
        # is none that names nothing.
        online = message.link if message.is_discreet else home
        share = f"{message.link}/share/" if message.is_discreet else home
    else:
        online = post.public_url if public else share_url(post)
        share = post.share_page_url
    is_given = message.is_discreet or not discreet
    return MailLinks(
        online=online,
        share=share,
        passed=message.link if is_given else "",
        write=message.mailto if is_given else "",
        subscribe=subscribe_page(post.newsletter, post.language, discreet=discreet),
        home=home,
        unsubscribe=unsubscribe,
        manage=f"{settings.SITE_URL}/preferences/{on_in_its_language}",
    )


def subscribe_page(newsletter: Newsletter, language: str, *, discreet: bool) -> str:
    """Where a friend subscribes; a discreet mail names no newsletter, not in an address either."""
    chosen = "" if discreet else f"newsletter={newsletter.slug}"
    return f"{settings.SITE_URL}/subscribe/{stay(language, query=chosen)}"


def headers(
    letter: Letter, subject: str, language: str, *, discreet: bool = False
) -> list[tuple[str, str]]:
    """Header names and values in order (RFC 5322, 2369, 2919, 8058); slots where readers differ.

    A discreet letter's name no newsletter where an inbox shows it.
    """
    newsletter, key = letter.newsletter, letter.slot_key
    contact = in_ascii(newsletter.reply_to or newsletter.from_email)
    named: list[tuple[str, str]] = [
        ("From", _discreet_sender(newsletter, language) if discreet else sender(newsletter)),
        ("To", slot(key, "to")),
        ("Subject", one_line(subject)),
        ("Date", slot(key, "date")),
        ("Message-ID", slot(key, "message_id")),
        ("List-Id", list_id(newsletter, named=not discreet)),
        ("List-Unsubscribe", f"<{slot(key, 'one_click')}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Help", f"<{settings.SITE_URL}/preferences/>"),
        ("List-Owner", f"<mailto:{contact}>"),
        ("List-Post", "NO"),
        ("List-Archive", f"<{settings.SITE_URL}/>"),
        ("Content-Language", language),
    ]
    if newsletter.reply_to:
        named.insert(1, ("Reply-To", contact))
    return named


def mailing_headers(mailing: Mailing) -> list[tuple[str, str]]:
    """Headers known once the mailing has its number. Feedback-ID: at most four fields, the
    sender last and constant, nothing per recipient (Gmail's feedback loop), and, for the discreet
    ones, no name."""
    return [
        ("X-Mailing", str(mailing.pk)),
        ("Feedback-ID", f"{mailing.pk}:{mailing.kind}:{mailing.newsletter_id}:passalong"),
    ]


def sender(newsletter: Newsletter) -> str:
    address = in_ascii(newsletter.from_email)
    return str(Address(display_name=one_line(newsletter.from_name), addr_spec=address))


def _discreet_sender(newsletter: Newsletter, language: str) -> str:
    with translation.override(spoken(language)):
        name = one_line(gettext("A letter for you"))
    return str(Address(display_name=name, addr_spec=in_ascii(newsletter.from_email)))


def in_ascii(address: str) -> str:
    """As headers and envelopes want it. Raises AddressRefused when there is no such form."""
    return address if address.isascii() else normalise(address).normalised


def frozen_sender(variant: LetterVariant) -> str:
    """The address in From. The newsletter's may have been edited since, but envelope, Message-ID
    and From have to agree, and a retry has to look like the first attempt."""
    return mailbox(dict(variant.headers)["From"])[1]


def list_id(newsletter: Newsletter, *, named: bool = True) -> str:
    """`Name <slug.domain>`, stable as long as the newsletter keeps slug and domain (RFC 2919).
    Not named, by its number: inboxes show it beside the sender, and a slug names it as well."""
    domain = in_ascii(newsletter.from_email).rpartition("@")[2]
    if not named:
        return f"<list-{newsletter.pk}.{domain}>"
    name = one_line(newsletter.name.replace("<", "").replace(">", ""))
    return f"{name} <{newsletter.slug}.{domain}>"


class MessageIds:
    """Of one mailing. The same on every attempt, and no clue to the reader: a keyed hash of the
    delivery."""

    def __init__(self, mailing_id: int, domain: str) -> None:
        self._begun = begun_hash("message-id", mailing_id, "")
        self._domain = domain

    def of(self, subscriber_id: int) -> str:
        return f"<{self.left_part(subscriber_id)}@{self._domain}>"

    def left_part(self, subscriber_id: int) -> str:
        """What stands before the @: the hash alone."""
        delivery = self._begun.copy()
        delivery.update(b"%d" % subscriber_id)
        return delivery.hexdigest()[:32]


def message_id(mailing_id: int, subscriber_id: int, domain: str) -> str:
    return MessageIds(mailing_id, domain).of(subscriber_id)


def unsubscribe_link(token: str) -> str:
    """The header's and the body's differ in the token only."""
    return f"{_unsubscribe_page(settings.SITE_URL)}{token}/"


def _unsubscribe_page(site_url: str) -> str:
    return f"{site_url}/unsubscribe/"


class Addresser:
    """Fills a mailing's letter for its recipients: bytes in, bytes out, nothing rendered.

    Reads the letter when it is made; after that it asks no database, so that it may be used
    where waiting for one would hold up others.
    """

    def __init__(self, mailing: Mailing) -> None:
        letter = mailing.letter
        if letter is None:
            raise ValueError(f"Mailing {mailing.pk} has no letter: it did not start yet.")
        self.mailing_id = mailing.pk
        frozen = frozen_letter(letter.pk, letter.slot_key)
        self.sender = frozen.sender
        self.domain = self.sender.rpartition("@")[2]
        self.compiled = frozen.variants
        self._language, self._is_of_several = frozen.language, frozen.is_of_several_languages
        self._page = _unsubscribe_page(settings.SITE_URL)
        self._by_choice: dict[tuple[str, str, bool, bool, str], CompiledLetter] = {}
        self._message_ids = MessageIds(self.mailing_id, self.domain)

    def address(self, recipient: Recipient) -> Outgoing:
        """The message of one reader; its bytes are made only when they are asked for."""
        return Outgoing(
            mailing_id=self.mailing_id,
            subscriber_id=recipient.id,
            sender=self.sender,
            address=recipient.address,
            letter=self._variant(recipient),
            identity=self._message_ids.of(recipient.id),
            one_click=f"{self._page}{recipient.header_token}/",
            unsubscribe=f"{self._page}{recipient.body_token}/",
        )

    def _variant(self, recipient: Recipient) -> CompiledLetter:
        """What she chose; where that was chosen after the letter froze, the nearest there is."""
        chosen = (
            recipient.edition,
            recipient.format,
            recipient.discreet,
            recipient.large_text,
            recipient.locale if self._is_of_several else "",
        )
        if (known := self._by_choice.get(chosen)) is not None:
            return known
        found = next(filter(None, map(self.compiled.get, self._nearest(*chosen))))
        self._by_choice[chosen] = found
        return found

    def _nearest(
        self, edition: str, format_: str, discreet: bool, large_text: bool, locale: str
    ) -> Iterator[Choice]:
        """The nearest first. Discretion before all else: who asked for it lately gets it if
        anybody's letter has it. Her language before format."""
        language = another_than(self._language, locale) if locale else ""
        spoken_in = dict.fromkeys((language, ""))
        for hers in spoken_in:
            yield Choice(edition, format_, discreet, large_text, hers)
            yield Choice(format=format_, discreet=discreet, language=hers)
            yield Choice(discreet=discreet, language=hers)
        for hers in spoken_in:
            yield Choice(format=format_, language=hers)
            yield Choice(language=hers)


@dataclass(frozen=True)
class FrozenLetter:
    """What all recipients of a letter share, compiled. `language`: where a choice names none."""

    sender: str
    language: str
    variants: dict[Choice, CompiledLetter]

    @property
    def is_of_several_languages(self) -> bool:
        return any(choice.language for choice in self.variants)


@lru_cache(maxsize=8)
def frozen_letter(letter_id: int, slot_key: str) -> FrozenLetter:
    """Compile once per process: a letter is frozen, so the cache never goes stale."""
    variants = list(LetterVariant.objects.filter(letter_id=letter_id).order_by("pk"))
    first = variants[0]  # in the language of the text, see `variants_of`
    return FrozenLetter(
        sender=frozen_sender(first),
        language=first.locale,
        variants={
            Choice(
                variant.edition,
                variant.format,
                variant.discreet,
                variant.large_text,
                "" if variant.locale == first.locale else variant.locale,
            ): compile_variant(variant, slot_key)
            for variant in variants
        },
    )
