"""How a log is written: with nothing in it that a reader of logs could use or should not know.

Servers quote addresses in their replies, databases the row that they refused, Django the path that
was asked for. All of it passes through here on its way out, tracebacks too.
"""

import json
import logging
import re
from copy import copy
from datetime import UTC, datetime

from subscribers.log_context import bound

__all__ = ["DiscreetFormatter", "JsonFormatter", "discreet"]

LONGEST_LINE = 1_000  # characters; a stranger may have written it
LONGEST = 20_000  # of one record, a traceback included
LONGEST_ABOUT_A_STRANGER = 200
# What Django notes of requests that it refuses: their sender's doing, of which one line is enough.
OF_STRANGERS = "django.security"

# Each begins where nothing of its kind stands before it, so that a long text is read once.
_IN_ADDRESS = r"""[^\s<>()\[\],;:@"\\]"""
_ADDRESS = re.compile(
    rf'(?:"[^"\n]*+"|(?<!{_IN_ADDRESS}){_IN_ADDRESS}++)@(?:\[[^\]\s]*+\]|[^\s<>()\[\],;:@"\'\\]++)'
)
_CODED_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+-]++%40[\w.-]++", re.IGNORECASE)
# What follows these in an address of ours opens something for whoever has it.
_SECRET_PATH = re.compile(
    r"(/(?:s|confirm|preferences(?:/address)?|unsubscribe|admin/(?:welcome|invited|password_reset/confirm))/)"
    r"[^\s\"'<>?#&,;)\\]++"
)
# Random letters and digits, wherever they stand: at least 16 of small, capital and digit.
_RANDOM = re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{16,}+", re.ASCII)
# PostgreSQL quotes the row that it refused.
_VALUES = re.compile(r"(?<=\)=)\([^()\n]*+\)")
_CONTROL = {number: f"\\x{number:02x}" for number in (*range(32), 127) if chr(number) not in "\n\t"}


class DiscreetFormatter(logging.Formatter):
    """Writes a record without addresses, tokens and one-time links, and never at length.

    Lines after the first are indented: no text of a stranger looks like a record of its own.
    """

    def format(self, record: logging.LogRecord) -> str:
        longest = LONGEST_LINE
        if record.name.startswith(OF_STRANGERS):
            record = copy(record)
            record.exc_info = record.exc_text = record.stack_info = None
            longest = LONGEST_ABOUT_A_STRANGER
        lines = discreet(_shortened(super().format(record), LONGEST)).split("\n")
        return "\n    ".join(_shortened(line, longest) for line in lines)


class JsonFormatter(DiscreetFormatter):
    """The same as one JSON object a line, for a program: with what the line belongs to, a request,
    a mailing or a batch."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, tz=UTC)
        return json.dumps(
            {
                "at": at.isoformat(timespec="milliseconds"),
                "level": record.levelname,
                "logger": record.name,
                **bound(),
                "event": super().format(record),
            },
            ensure_ascii=False,
        )


def discreet(text: str) -> str:
    """The text without what is nobody's business."""
    text = _SECRET_PATH.sub(r"\1…", text.translate(_CONTROL))
    text = _ADDRESS.sub("…@…", text)
    text = _CODED_ADDRESS.sub("…@…", text)
    return _RANDOM.sub("…", _VALUES.sub("(…)", text))


def _shortened(text: str, longest: int) -> str:
    """Its beginning and its end: a traceback says what happened in its last line."""
    if len(text) <= longest:
        return text
    return f"{text[: longest * 2 // 3]} […] {text[-(longest // 3) :]}"
