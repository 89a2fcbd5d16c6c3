"""Taking apart a mail that anybody may have written, at a cost that is bounded beforehand.

`email` takes whatever comes, but a line costs it the more the more parts are open around it, a
header the more there are beside it, and a parameter the more there are before it. A mail that goes
beyond all measure of real ones is therefore not read: it is set aside for a person (`apply`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop as _

from subscribers.addresses import LONGEST_ADDRESS
from subscribers.saying import sentence

# Measured together: a mail of 500,000 bytes that exhausts any of these takes less than 0.1 s.
MOST_LINES = 50_000
MOST_LOOKS = 400_000  # lines times the parts that may be open around each
MOST_PARTS = 100
DEEPEST = 20
MOST_RECIPIENTS = 1_000  # that one mail reports; several hundred are legitimate
MOST_ADDRESS_TEXT = 50_000  # characters of all their addresses
MOST_HEADERS = 20_000  # in all parts together
MOST_HEADERS_OF_ONE = 500
LONGEST_HEADER = 20_000  # characters
# Of Content-Type, in which `email` looks for each parameter's end from its beginning.
LONGEST_TYPE = 1_500
LONGEST_MULTIPART_TYPE = 500  # its boundary becomes a regular expression
MOST_PARAMETERS = 30
LONGEST_SUBJECT = 500

_STATUS = "message/delivery-status"
# Nothing is said by so many lines in which nothing stands.
_EMPTY_LINES = re.compile(rb"(?:\r?\n){20,}+")


class TooMuch(Exception):
    """The mail is larger or more tangled than any mail server writes. Says in what."""


@dataclass(slots=True)
class Measure:
    """What was met so far of one mail, with all that is returned in it. `meet…` raise TooMuch."""

    lines: int = 0
    parts: int = 0
    recipients: int = 0
    headers: int = 0
    address_text: int = 0

    def meet_lines(self, count: int) -> None:
        self.lines += count
        _check(self.lines, MOST_LINES, _("lines"))

    def meet_part(self, depth: int) -> None:
        self.parts += 1
        _check(self.parts, MOST_PARTS, _("parts"))
        _check(depth, DEEPEST, _("parts within each other"))
        _check(depth * self.lines, MOST_LOOKS, _("lines within parts of parts"))

    def meet_recipient(self) -> None:
        self.recipients += 1
        _check(self.recipients, MOST_RECIPIENTS, _("recipients"))

    def meet_address(self, text: str) -> None:
        self.address_text += min(len(text), LONGEST_ADDRESS)
        _check(
            self.address_text,
            MOST_ADDRESS_TEXT,
            _("characters in the addresses of recipients"),
        )

    def meet_header(self, of_this_part: int, name: str, value: str) -> None:
        self.headers += 1
        if (
            self.headers > MOST_HEADERS
            or of_this_part > MOST_HEADERS_OF_ONE
            or len(value) > LONGEST_HEADER
        ):
            raise TooMuch(sentence("it has more, or longer, headers than any mail"))
        if name.lower() == "content-type":
            multipart = value[:10].lower() == "multipart/"
            longest = LONGEST_MULTIPART_TYPE if multipart else LONGEST_TYPE
            if len(value) > longest or value.count(";") > MOST_PARAMETERS:
                raise TooMuch(sentence("it says at too great length what a part of it is"))


def _check(count: int, most: int, of: str) -> None:
    if count > most:
        raise TooMuch(sentence("it has more than %(most)s %(of)s", most=most, of=sentence(of)))


class Part(Message):
    """A mail, or a part of one, that is measured while it is parsed."""

    def __init__(self, measure: Measure, policy: Compat32) -> None:
        super().__init__(policy)
        self._measure = measure
        self._depth = 0
        self._own_headers = 0
        self._is_status: bool | None = None
        self.text = ""

    def attach(self, payload: Any) -> None:
        """Called before the part itself is read."""
        if self._is_status is None:
            self._is_status = self.get_content_type() == _STATUS
        payload._depth = self._depth + 1
        if self._is_status:
            self._measure.meet_recipient()
        else:
            self._measure.meet_part(payload._depth)
        super().attach(payload)

    def set_raw(self, name: str, value: Any) -> None:
        """What the parser calls for each header."""
        self._own_headers += 1
        self._measure.meet_header(self._own_headers, name, value)
        super().set_raw(name, value)

    def set_payload(self, payload: Any, charset: Any = None) -> None:
        """Keep the text as it came. `get_payload` decodes it by the charset that the mail names,
        and some of those that Python knows take the square of the time."""
        self.text = payload if isinstance(payload, str) else ""
        super().set_payload(payload, charset)


def parse(body: bytes, measure: Measure) -> Part:
    """The mail as a tree of parts. Raises TooMuch."""
    body = _EMPTY_LINES.sub(b"\n" * 19, body)
    measure.meet_lines(body.count(b"\n") + body.count(b"\r") - body.count(b"\r\n"))
    return BytesParser(partial(Part, measure)).parsebytes(body)


def walk(part: Message) -> Iterator[Message]:
    """The parts of a mail that are its own: not those of a mail that is attached to it, which may
    be a returned letter or somebody else's report."""
    payload = part.get_payload() if part.get_content_maintype() == "multipart" else None
    if isinstance(payload, list):
        for one in payload:
            if isinstance(one, Message):
                yield from walk(one)
    else:
        yield part


def inner(part: Message) -> Message | None:
    """What an attached mail or a report has within."""
    payload = part.get_payload()
    first = payload[0] if isinstance(payload, list) and payload else None
    return first if isinstance(first, Message) else None


def header(mail: Message, name: str) -> str:
    """Its first of that name, on one line; empty where there is none."""
    return " ".join(str(mail.get(name, "")).split())


def subject(mail: Message) -> str:
    """Its beginning as a person reads it, in lower case."""
    text = header(mail, "Subject")[:LONGEST_SUBJECT]
    try:
        return str(make_header(decode_header(text))).strip().lower()
    except (HeaderParseError, LookupError, ValueError):
        return text.strip().lower()
