"""What a share page offers: which link, with which note; and how its address says so."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from posts.content.models import PostPage
from posts.sharing import notes
from posts.sharing.invitations import ShareMessage
from posts.sharing.models import ShareLink
from posts.sharing.queries import absolute

PLAIN, DISCREET = "plain", "discreet"


@dataclass(frozen=True, slots=True)
class Option:
    """One of several, as a link that leads to the same page with it."""

    text: str
    address: str
    is_chosen: bool


class ShareOffer:
    """A post's links and notes, and what was chosen of them in the page's address."""

    def __init__(
        self, post: PostPage, link: ShareLink | None, asked: QueryDict, *, by_default: str = PLAIN
    ) -> None:
        """Without a link the post's own address is all there is to pass on."""
        self._post, self._link, self._by_default = post, link, by_default
        kind = asked.get("link", "")
        # Where it can't be chosen there is one link, and it is no discreet one.
        self.kind = (kind if kind in (PLAIN, DISCREET) else by_default) if link else PLAIN
        self._notes = notes.notes_in(post.language)
        self._note = notes.chosen(self._notes, asked.get("note", ""))

    @property
    def is_discreet(self) -> bool:
        """Whether the page hands out the link that names nothing."""
        return self.kind == DISCREET

    @property
    def note_was_chosen(self) -> bool:
        """Whether it is another than the one that stands there by itself."""
        return self._note != self._notes[0]

    @property
    def message(self) -> ShareMessage:
        """What is passed on as the page stands."""
        note = self._note.text
        if self._link is None:
            return ShareMessage(self._post.public_url, self._post.title, note)
        if self.is_discreet:
            return ShareMessage(absolute(self._link.discreet_code), note=note)
        return ShareMessage(absolute(self._link.code), self._post.title, note)

    @property
    def links(self) -> list[Option]:
        """The plain and the discreet link; none where there is nothing to choose."""
        if self._link is None:
            return []
        named = {PLAIN: _("The usual link"), DISCREET: _("A discreet link")}
        return [
            Option(text, self._address(kind, self._note), kind == self.kind)
            for kind, text in named.items()
        ]

    @property
    def sentences(self) -> list[Option]:
        """Every note, and the choice to send none."""
        named = [*((note, note.text) for note in self._notes), (notes.NO_NOTE, _("No words"))]
        return [
            Option(text, self._address(self.kind, note), note == self._note) for note, text in named
        ]

    def _address(self, kind: str, note: notes.Note) -> str:
        """What is so by default is left out: a page has one address."""
        chosen = {} if kind == self._by_default else {"link": kind}
        if note != self._notes[0]:
            chosen["note"] = note.name
        return f"?{urlencode(chosen)}" if chosen else "?"
