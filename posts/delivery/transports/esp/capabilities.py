"""The terms in which a provider's module says what its API can do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from subscribers.saying import sentence

MB = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Syntax:
    """A merge language: how a text names a recipient's value, and what must not stand in it.

    None of them has an escape that holds everywhere. So what the author wrote in the provider's
    syntax is named too: each sign that `special` finds becomes a value whose content is that sign.
    """

    text: str  # with {} for the name of the value
    html: str
    special: re.Pattern[str]


# %recipient.x%, %unsubscribe_url% and their like.
_PERCENTS = re.compile(r"%(?=[A-Za-z_][^%\s]*%)")
_BRACES = re.compile(r"\{(?=[{%#])|(?<=\{)\{|\}(?=\})|(?<=\})\}")
SIGNS: Mapping[str, str] = {"%": "percent", "{": "brace_open", "}": "brace_close"}

PERCENT = Syntax("%recipient.{}%", "%recipient.{}%", _PERCENTS)
MUSTACHE = Syntax("{{{{{}}}}}", "{{{{{}}}}}", _BRACES)
# With two braces the slashes of a link in HTML would become &#x2F;.
TRIPLE = Syntax("{{{{{}}}}}", "{{{{{{{}}}}}}}", _BRACES)
PARAMS = Syntax("{{{{params.{}}}}}", "{{{{params.{}}}}}", _BRACES)


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One that the provider asks for. `{domain}` is the sender's, `{place}` what stands behind the
    @ of EMAIL_URL."""

    purpose: str  # "SPF", "DKIM", "Return path"
    type: str
    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """Of one provider. Bytes and counts are its limits, or somewhat less."""

    title: str
    scheme: str  # of EMAIL_URL
    url: str  # what EMAIL_URL looks like
    # What stands behind the @ of EMAIL_URL, such as "domain"; empty: nothing.
    place: str = ""
    # It has a key and its secret, or neither: then these and the place come from the environment.
    key_pair: bool = False
    options: frozenset[str] = frozenset()  # of EMAIL_URL, besides those all know

    most: int  # recipients a call
    largest: int  # bytes a call
    # None: the call holds a whole text for each recipient.
    syntax: Syntax | None
    # Header values are templates too; else each recipient's headers are given as they are.
    merged_headers: bool = False
    # Each recipient's headers replace those of the call, so they are repeated. (Postmark adds
    # them; but anymail takes longer to join them than we to repeat them.)
    repeat_headers: bool = False
    ascii_headers: bool = False
    own_message_id: bool = False  # ours is kept
    # How long it remembers an idempotency key; None: it promises nothing. Shorter than promised:
    # our clock starts earlier than the provider's may end.
    key_lives: timedelta | None = None

    # For whoever sets it up at the desk.
    key_label: str = sentence("API key")
    records: tuple[DnsRecord, ...] = ()  # besides those whose content only its own page can show
