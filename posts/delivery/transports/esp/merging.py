"""A letter in the merge language of a provider."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from posts.delivery.letters.compile import SLOTS, slot
from posts.delivery.letters.message import LetterSource, Outgoing
from posts.delivery.transports.esp.calls import NotHerOwn
from posts.delivery.transports.esp.capabilities import SIGNS, Capabilities, Syntax

ADDRESSING = frozenset({"from", "to", "reply-to", "subject"})  # fields of their own in each API
DROPPED = frozenset({"date"})  # the provider's, when it really sends


@dataclass(frozen=True, slots=True)
class Own:
    """A text that differs per recipient: it is `pieces` with the values of `slots` between."""

    pieces: tuple[str, ...]
    slots: tuple[str, ...]

    def fill(self, values: dict[str, str]) -> str:
        joined = [self.pieces[0]]
        for name, piece in zip(self.slots, self.pieces[1:], strict=True):
            joined.append(values[name])
            joined.append(piece)
        return "".join(joined)


@dataclass(frozen=True, slots=True)
class Merged:
    """The parts of a call that its recipients share. `slots`: the values its texts name;
    `signs`: values that are the same for everybody (see `Syntax`)."""

    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    own_headers: dict[str, Own]
    own_text: Own | None = None
    own_html: Own | None = None
    slots: frozenset[str] = frozenset()
    signs: dict[str, str] = field(default_factory=dict)


def values_of(message: Outgoing) -> dict[str, str]:
    """What can stand in a slot of a letter that a provider fills in."""
    return {
        "to": message.address,
        "message_id": message.identity,
        "one_click": message.one_click,
        "unsubscribe": message.unsubscribe,
    }


@lru_cache(maxsize=16)
def merged(source: LetterSource, provider: Capabilities) -> Merged:
    """Once for a letter and provider, not for each call."""
    return _Merging(source, provider).result()


class _Merging:
    def __init__(self, source: LetterSource, provider: Capabilities) -> None:
        self.source = source
        self.provider = provider
        self.marker = re.compile(rf"{re.escape(source.key)}\.({'|'.join(SLOTS)})")
        self.slots: set[str] = set()
        self.signs: dict[str, str] = {}

    def result(self) -> Merged:
        self._check()
        addressing, shared, own = self._headers()
        source, syntax = self.source, self.provider.syntax
        return Merged(
            text=self._template(source.text, syntax, syntax.text) if syntax else "",
            html=self._template(source.html, syntax, syntax.html) if syntax else "",
            own_text=None if syntax else self._split(source.text),
            own_html=None if syntax else self._split(source.html),
            sender=addressing["from"],
            reply_to=addressing.get("reply-to", ""),
            subject=addressing.get("subject", source.subject),
            headers=shared,
            own_headers=own,
            slots=frozenset(self.slots),
            signs=self.signs,
        )

    def _check(self) -> None:
        """A letter by which somebody could not unsubscribe must not leave."""
        source = self.source
        named = {name.lower(): value for name, value in source.headers}
        one_click, link = slot(source.key, "one_click"), slot(source.key, "unsubscribe")
        if one_click not in named.get("list-unsubscribe", "") or link not in source.text:
            raise NotHerOwn("The letter has no place for each reader's own link to unsubscribe.")
        if source.html and link not in source.html:
            raise NotHerOwn("The letter's HTML has no place for each reader's link to unsubscribe.")

    def _headers(self) -> tuple[dict[str, str], dict[str, str], dict[str, Own]]:
        """Addressing fields, headers that are the same for everybody, and each reader's own."""
        addressing: dict[str, str] = {}
        shared: dict[str, str] = {}
        own: dict[str, Own] = {}
        syntax = self.provider.syntax
        for name, value in self.source.headers:
            key = name.lower()
            if key in ADDRESSING:
                addressing[key] = self._addressing(key, value)
            elif key in DROPPED or (key == "message-id" and not self.provider.own_message_id):
                continue
            elif self.provider.merged_headers and syntax is not None:
                shared[name] = self._template(value, syntax, syntax.text)
            elif self.marker.search(value):
                own[name] = self._split(value)
            else:
                shared[name] = self._plain(name, value)
        return addressing, shared, own

    def _addressing(self, key: str, value: str) -> str:
        syntax = self.provider.syntax
        if syntax is None or key == "to":
            return value
        if key == "subject" or self.provider.merged_headers:
            return self._template(value, syntax, syntax.text)
        return value

    def _plain(self, name: str, value: str) -> str:
        """Where only ASCII gets through: of `Name <list.example.org>` the part that counts."""
        if value.isascii() or not self.provider.ascii_headers:
            return value
        if name.lower() == "list-id":
            return value[value.rindex("<") :]
        return value.encode("ascii", "replace").decode()

    def _split(self, text: str) -> Own:
        parts = self.marker.split(text)
        return Own(tuple(parts[::2]), tuple(parts[1::2]))

    def _template(self, text: str, syntax: Syntax, form: str) -> str:
        parts = self.marker.split(text)
        last = len(parts) - 1
        written = []
        for index, part in enumerate(parts):
            if index % 2:
                self.slots.add(part)
                written.append(form.format(part))
            else:
                before = form[-1] if index else ""
                after = form[0] if index < last else ""
                written.append(self._escape(part, syntax, form, before, after))
        return "".join(written)

    def _escape(self, text: str, syntax: Syntax, form: str, before: str, after: str) -> str:
        """What the author wrote stays what it is. `before` and `after`: the signs of the slots
        beside it, with which it must not join either."""
        end = len(before) + len(text)

        def name(found: re.Match[str]) -> str:
            sign = found[0]
            if not len(before) <= found.start() < end:
                return sign
            self.signs[SIGNS[sign]] = sign
            return form.format(SIGNS[sign])

        escaped = syntax.special.sub(name, before + text + after)
        return escaped[len(before) : len(escaped) - len(after)]
