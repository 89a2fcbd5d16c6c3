"""What the columns and statuses of other programs' exports mean. The one place that knows."""

import re
from dataclasses import dataclass, field

OURS = "Passalong"
EMAIL, NAME, FIRST, LAST = "email", "name", "first", "last"
STATUS, TAGS, SINCE = "status", "tags", "since"
# A cell that is filled in, or says yes or no, tells that its person left.
UNSUBSCRIBED_IF_FILLED, BOUNCED_IF_FILLED = "unsubscribed_if_filled", "bounced_if_filled"
UNSUBSCRIBED_IF_TRUE, UNSUBSCRIBED_IF_FALSE = "unsubscribed_if_true", "unsubscribed_if_false"

# What only our own export has; each is the name of its role.
PREFERENCES = ("locale", "edition", "format", "pace", "large_text", "discreet", "resting_until")
CONSENT = ("consent_kind", "consent_source", "consent_at")
EXPORTED = (
    "email", "name", "status", "tags", "created_at", "subscribed_at", *CONSENT, *PREFERENCES
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One program's export: the columns by which it is known, and what each column holds."""

    name: str
    signs: frozenset[str]
    roles: dict[str, str] = field(default_factory=dict)


def plain(column: str) -> str:
    """`First Name`, `first_name` and `FIRST-NAME` are one column."""
    return re.sub(r"[\s_-]", "", column.strip("\ufeff").lower())


# In any file, whoever wrote it. A file's own kind comes first.
COMMON = {
    "email": EMAIL, "emailaddress": EMAIL, "subscriberemail": EMAIL,
    "name": NAME, "fullname": NAME, "firstname": FIRST, "lastname": LAST,
    "status": STATUS, "tags": TAGS, "labels": TAGS,
    "createdat": SINCE, "subscribedat": SINCE,
}  # fmt: skip

KINDS = (
    Kind(
        OURS,
        frozenset({"consentkind", "consentat", "subscribedat"}),
        {plain(name): name for name in EXPORTED},
    ),
    Kind(
        "Mailchimp",
        frozenset({"emailaddress", "leid", "euid"}),
        {
            "optintime": SINCE,
            "unsubtime": UNSUBSCRIBED_IF_FILLED,
            "cleantime": BOUNCED_IF_FILLED,
        },
    ),
    Kind(
        "Substack",
        frozenset({"email", "activesubscription", "emaildisabled"}),
        {"emaildisabled": UNSUBSCRIBED_IF_TRUE},
    ),
    Kind("Substack", frozenset({"email", "stripeplan", "startdate"}), {"startdate": SINCE}),
    Kind(
        "Ghost",
        frozenset({"email", "subscribedtoemails"}),
        {"subscribedtoemails": UNSUBSCRIBED_IF_FALSE, "deletedat": UNSUBSCRIBED_IF_FILLED},
    ),
    Kind(
        "Buttondown",
        frozenset({"email", "creationdate", "metadata"}),
        {
            "subscribertype": STATUS,
            "type": STATUS,
            "creationdate": SINCE,
            "unsubscriptiondate": UNSUBSCRIBED_IF_FILLED,
        },
    ),
    Kind("listmonk", frozenset({"email", "uuid", "status", "attributes"})),
    Kind("Kit", frozenset({"email", "firstname", "createdat", "state"}), {"state": STATUS}),
    Kind("Kit", frozenset({"email", "firstname", "createdat", "status"})),
)


def kind_of(columns: list[str]) -> Kind | None:
    """The first kind of which all signs are among the columns."""
    there = set(map(plain, columns))
    return next((kind for kind in KINDS if kind.signs <= there), None)


def roles_of(columns: list[str], kind: Kind | None) -> list[str]:
    """The role of each column; empty for one that we have no place for.

    Where two columns have one role, the first is taken: each status is looked at, though.
    """
    known = {**COMMON, **(kind.roles if kind else {})}
    return [known.get(plain(column), "") for column in columns]


# What a status means here, whoever wrote it. A word that is missing is asked about: mailing
# somebody who left would be worse than a rejected row.
ACTIVE, PENDING = "active", "pending"
UNSUBSCRIBED, BOUNCED, COMPLAINED = "unsubscribed", "bounced", "complained"
LEFT = (UNSUBSCRIBED, BOUNCED, COMPLAINED)
_WORDS = {
    ACTIVE: "subscribed active enabled confirmed regular premium gifted trialed churned free paid "
    "comp yes true 1",
    PENDING: "pending unconfirmed unactivated inactive",
    UNSUBSCRIBED: "unsubscribed cancelled canceled disabled removed paused archived deleted "
    "nonsubscribed no false 0",
    BOUNCED: "bounced cleaned undeliverable hardbounced invalid",
    COMPLAINED: "complained complaint spam spammy blocked blocklisted blacklisted abuse",
}
STATUSES = {word: status for status, words in _WORDS.items() for word in words.split()}


def status_of(cells: list[tuple[str, str]]) -> str | None:
    """What (role, cell) pairs say together: the gravest. None: a word that we don't know."""
    found = [_status(role, cell.strip()) for role, cell in cells]
    if None in found:
        return None
    order = (ACTIVE, PENDING, *LEFT)
    return max((status for status in found if status), key=order.index, default=ACTIVE)


def _status(role: str, cell: str) -> str | None:
    if not cell:
        return ACTIVE
    if role == STATUS:
        return STATUSES.get(plain(cell))
    if role == UNSUBSCRIBED_IF_FILLED:
        return UNSUBSCRIBED
    if role == BOUNCED_IF_FILLED:
        return BOUNCED
    said = STATUSES.get(plain(cell))
    if said not in (ACTIVE, UNSUBSCRIBED):
        return None
    if role == UNSUBSCRIBED_IF_FALSE:
        return said
    return UNSUBSCRIBED if said == ACTIVE else ACTIVE


STATUS_ROLES = frozenset(
    {
        STATUS,
        UNSUBSCRIBED_IF_FILLED,
        BOUNCED_IF_FILLED,
        UNSUBSCRIBED_IF_TRUE,
        UNSUBSCRIBED_IF_FALSE,
    }
)
