"""What a share page offers: which link, to how much of the post, with which note; and how its
address says so."""

from collections.abc import Sequence
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
WHOLE = "whole"
# By their names in an address: where the page of a post has them, opened by who follows a link.
PARTS = {"short": "#short-version", "step": "#small-step"}


@dataclass(frozen=True, slots=True)
class Option:
    """One of several, as a link that leads to the same page with it."""

    text: str
    address: str
    is_chosen: bool


def offered(post: PostPage, *, discreet: bool) -> ShareMessage:
    """What is passed on where nothing was chosen: in the language that is active."""
    link: ShareLink | None = getattr(post, "share_link", None)
    if link is not None and not link.is_on:
        link = None
    by_default = DISCREET if discreet else PLAIN
    return ShareOffer(post, link, QueryDict(), by_default=by_default).message


class ShareOffer:
    """A post's links, parts and notes, and what was chosen of them in the page's address."""

    def __init__(
        self, post: PostPage, link: ShareLink | None, asked: QueryDict, *, by_default: str = PLAIN
    ) -> None:
        """Without a link the post's own address is all there is to pass on."""
        self._post, self._link = post, link
        self._notes = notes.notes_in(post.language)
        self._note = notes.chosen(self._notes, asked.get("note", ""))
        # Where it can't be chosen there is one link, and it is no discreet one.
        self._by_default = {
            "link": by_default if link else PLAIN,
            "part": WHOLE,
            "note": self._notes[0].name,
        }
        kinds = (PLAIN, DISCREET) if link else (PLAIN,)
        self._chosen = {
            "link": self._known(asked, "link", kinds),
            "part": self._known(asked, "part", [name for name, words in self._named_parts()]),
            "note": self._note.name,
        }

    @property
    def is_discreet(self) -> bool:
        """Whether the page hands out the link that names nothing."""
        return self._chosen["link"] == DISCREET

    @property
    def note_was_chosen(self) -> bool:
        """Whether it is another than the one that stands there by itself."""
        return self._note != self._notes[0]

    @property
    def code(self) -> str:
        """That of the link which is handed out; none where it is the post's own address."""
        if self._link is None:
            return ""
        return self._link.discreet_code if self.is_discreet else self._link.code

    @property
    def message(self) -> ShareMessage:
        """What is passed on as the page stands."""
        address = absolute(self.code) if self.code else self._post.public_url
        link = address + PARTS.get(self._chosen["part"], "")
        return ShareMessage(link, "" if self.is_discreet else self._post.title, self._note.text)

    @property
    def links(self) -> list[Option]:
        """The plain and the discreet link; none where there is nothing to choose."""
        named = [(PLAIN, _("The usual link")), (DISCREET, _("A discreet link"))]
        return self._options("link", named) if self._link else []

    @property
    def parts(self) -> list[Option]:
        """What the link opens first; none where the post has one length only."""
        named = self._named_parts()
        return self._options("part", named) if len(named) > 1 else []

    @property
    def sentences(self) -> list[Option]:
        """Every note, and the choice to send none."""
        named = [(note.name, note.text) for note in self._notes]
        return self._options("note", [*named, (notes.NO_NOTE.name, _("No words"))])

    def _named_parts(self) -> list[tuple[str, str]]:
        """Without a link there may be the beginning of the post only."""
        parts = [
            (WHOLE, _("All of it"), True),
            ("short", _("The short version"), self._link and self._post.short_version),
            ("step", _("Just the one small thing"), self._link and self._post.small_step),
        ]
        return [(name, words) for name, words, is_there in parts if is_there]

    def _known(self, asked: QueryDict, name: str, known: Sequence[str]) -> str:
        given = asked.get(name, "")
        return given if given in known else self._by_default[name]

    def _options(self, name: str, named: list[tuple[str, str]]) -> list[Option]:
        return [
            Option(text, self._address(name, value), value == self._chosen[name])
            for value, text in named
        ]

    def _address(self, name: str, value: str) -> str:
        """What is so by default is left out: a page has one address."""
        asked = {**self._chosen, name: value}
        told = {name: value for name, value in asked.items() if value != self._by_default[name]}
        return f"?{urlencode(told)}" if told else "?"
