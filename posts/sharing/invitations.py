"""Messages that the reader's own device can send. Ours sends none, and never learns to whom."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class ShareMessage:
    """A link with the words around it, ready for the apps on the reader's device.

    Without a title it is a discreet one: nothing of it says what the link opens.
    """

    link: str
    title: str = ""
    note: str = ""

    @property
    def is_discreet(self) -> bool:
        """Whether nothing of it says what the link opens."""
        return not self.title

    @property
    def subject(self) -> str:
        """Of a mail, and of what the device's share sheet passes on."""
        return self.title or _("Something to read")

    @property
    def beside_link(self) -> str:
        """The note and the title: what stands beside the link."""
        return "\n\n".join(part for part in (self.note, self.title) if part)

    @property
    def text(self) -> str:
        """The whole message: the note, the title and the link."""
        below = "\n".join(part for part in (self.title, self.link) if part)
        return "\n\n".join(part for part in (self.note, below) if part)

    @property
    def mailto(self) -> str:
        """Opens the reader's own mail program."""
        # RFC 6068 wants line breaks in a body as CRLF.
        body = self.text.replace("\n", "\r\n")
        return f"mailto:?subject={quote(self.subject)}&body={quote(body)}"

    @property
    def sms(self) -> str:
        """Opens the reader's own messages; `?&` is what both Android and iOS understand."""
        return f"sms:?&body={quote(self.text)}"

    @property
    def whatsapp(self) -> str:
        """Opens WhatsApp, where the reader picks whom to write to."""
        return f"https://wa.me/?text={quote(self.text)}"

    @property
    def telegram(self) -> str:
        """Opens Telegram, which puts the link above the words by itself."""
        return (
            f"https://t.me/share/url?url={quote(self.link, safe='')}&text={quote(self.beside_link)}"
        )
