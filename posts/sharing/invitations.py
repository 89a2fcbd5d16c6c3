"""Messages that the reader's own device can send. Ours sends none, and never learns to whom."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Invitation:
    """A link with the words around it, ready for the apps on the reader's device."""

    title: str
    link: str

    @property
    def note(self) -> str:
        """The covering sentence. It asks nothing of the friend who gets it."""
        return _("I thought of you when I read this. No need to reply.")

    @property
    def text(self) -> str:
        """The note, the title and the link."""
        return f"{self.note}\n\n{self.title}\n{self.link}"

    @property
    def mailto(self) -> str:
        """Opens the reader's own mail program."""
        # RFC 6068 wants line breaks in a body as CRLF.
        body = self.text.replace("\n", "\r\n")
        return f"mailto:?subject={quote(self.title)}&body={quote(body)}"

    @property
    def sms(self) -> str:
        """Opens the reader's own messages; `?&` is what both Android and iOS understand."""
        return f"sms:?&body={quote(self.text)}"

    @property
    def whatsapp(self) -> str:
        """Opens WhatsApp, where the reader picks whom to write to."""
        return f"https://wa.me/?text={quote(self.text)}"
