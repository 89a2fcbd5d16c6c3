"""What each provider can do. The only place that says so."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

MB = 1_000_000


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
class Capabilities:
    """One row. Bytes and counts are the provider's limits, or somewhat less."""

    title: str
    scheme: str
    url: str  # what EMAIL_URL looks like
    adapter: str
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
    # Shorter than promised: our clock starts earlier than the provider's may end.
    key_lives: timedelta | None = None
    options: frozenset[str] = field(default_factory=frozenset)  # besides those all know
    webhook_proof: str = "basic"  # how its webhooks show who they are: basic, hmac or svix


TABLE: Mapping[str, Capabilities] = {
    row.scheme: row
    for row in (
        Capabilities(
            title="Mailgun",
            scheme="mailgun",
            url="mailgun://KEY@DOMAIN",
            adapter="posts.delivery.transports.esp.mailgun.Mailgun",
            most=1_000,
            largest=25 * MB,
            syntax=PERCENT,
            merged_headers=True,
            own_message_id=True,
            webhook_proof="hmac",
        ),
        Capabilities(
            title="Postmark",
            scheme="postmark",
            url="postmark://TOKEN@",
            adapter="posts.delivery.transports.esp.postmark.Postmark",
            most=1_000,  # only the size is limited; but a lost answer puts them all in doubt
            largest=50 * MB,
            syntax=MUSTACHE,
            repeat_headers=True,
            own_message_id=True,
            options=frozenset({"message_stream"}),
        ),
        Capabilities(
            title="Brevo",
            scheme="brevo",
            url="brevo://KEY@",
            adapter="posts.delivery.transports.esp.brevo.Brevo",
            most=1_000,
            largest=15 * MB,
            syntax=PARAMS,
            repeat_headers=True,
            ascii_headers=True,
            key_lives=timedelta(minutes=25),  # of 30
        ),
        Capabilities(
            title="Resend",
            scheme="resend",
            url="resend://KEY@",
            adapter="posts.delivery.transports.esp.resend.Resend",
            most=100,
            largest=35 * MB,
            syntax=None,
            key_lives=timedelta(hours=23),  # of 24
            webhook_proof="svix",
        ),
        Capabilities(
            title="SparkPost",
            scheme="sparkpost",
            url="sparkpost://KEY@",
            adapter="posts.delivery.transports.esp.sparkpost.SparkPost",
            most=2_000,
            largest=20 * MB,
            syntax=TRIPLE,
            merged_headers=True,
            own_message_id=True,
        ),
        Capabilities(
            title="Amazon SES",
            scheme="ses",
            url="ses://ACCESS:SECRET@REGION",
            adapter="posts.delivery.transports.esp.ses.Ses",
            most=50,
            largest=9 * MB,
            syntax=MUSTACHE,
            ascii_headers=True,
            options=frozenset({"configuration_set"}),
        ),
    )
}
KEY_LIVES: Mapping[str, timedelta] = {
    scheme: row.key_lives for scheme, row in TABLE.items() if row.key_lives is not None
}
