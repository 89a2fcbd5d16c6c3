"""What the columns of other programs' exports hold. Which statuses their cells name: `statuses`."""

from dataclasses import dataclass, field

from subscribers.lists import statuses
from subscribers.lists.normalising import words

OURS = "Passalong"
EMAIL, NAME, FIRST, LAST = "email", "name", "first", "last"
TAGS, SINCE = "tags", "since"
IGNORED = "ignored"  # it says nothing that we need, and nothing about who may be mailed
UNSUBSCRIBED, BOUNCED = statuses.UNSUBSCRIBED, statuses.BOUNCED  # whoever has something in it

# What only our own export has; each is the name of its role.
PREFERENCES = ("locale", "edition", "format", "pace", "large_text", "discreet", "resting_until")
CONSENT = ("consent_kind", "consent_source", "consent_at")
EXPORTED = (
    "email", "name", "status", "tags", "created_at", "subscribed_at", *CONSENT, *PREFERENCES
)  # fmt: skip


@dataclass(frozen=True)
class Program:
    """One program's export: the columns by which it is known, and what each column holds."""

    name: str
    signs: frozenset[str]
    roles: dict[str, str] = field(default_factory=dict)


def plain(column: str) -> str:
    """`First Name`, `first_name` and `FIRST-NAME` are one column."""
    return words(column).replace(" ", "")


# In any file, whoever wrote it. A file's own kind comes first.
_COMMON = {
    EMAIL: "email emailaddress subscriberemail mail mailaddress primaryemail contactemail "
    "youremail youremailaddress emailadresse mailadresse adresseemail adressemail "
    "adressedemail courriel correo correoelectronico indirizzoemail indirizzomail "
    "enderecodeemail emailadres epost epostadress epostadresse eposta adresemail "
    "электроннаяпочта адресэлектроннойпочты почта メールアドレス",
    NAME: "name fullname displayname nomcomplet nombrecompleto nomecompleto имя 氏名 名前",
    FIRST: "firstname givenname vorname prenom voornaam nombre fornamn fornavn jmeno imie 名",
    LAST: "lastname surname familyname nachname nom nomdefamille apellido apellidos cognome "
    "sobrenome achternaam efternamn efternavn etternavn prijmeni nazwisko фамилия 姓",
    TAGS: "tags labels schlagworte etiquettes etiquetas etichette",
    SINCE: "createdat subscribedat dateadded datecreated signupdate",
}
COMMON = {plain(name): role for role, listed in _COMMON.items() for name in listed.split()}

PROGRAMS = (
    Program(
        OURS,
        frozenset({"consentkind", "consentat", "subscribedat"}),
        {plain(name): name for name in EXPORTED},
    ),
    Program(
        "Mailchimp",
        frozenset({"leid", "euid"}),
        {
            "optintime": SINCE,
            "confirmtime": IGNORED,  # its subscribed are in a file of their own
            "unsubtime": UNSUBSCRIBED,
            "cleantime": BOUNCED,
        },
    ),
    Program(
        "Substack",
        frozenset({"email", "activesubscription", "emaildisabled"}),
        # Who does not pay has no active subscription, and reads all the same.
        {
            "emaildisabled": UNSUBSCRIBED,
            "activesubscription": IGNORED,
            "expiry": IGNORED,
            "digestenabled": IGNORED,
        },
    ),
    Program("Substack", frozenset({"email", "stripeplan", "startdate"}), {"startdate": SINCE}),
    Program(
        "Ghost",
        frozenset({"email", "subscribedtoemails"}),
        {"subscribedtoemails": statuses.AGREED, "deletedat": UNSUBSCRIBED},
    ),
    Program(
        "Buttondown",
        frozenset({"email", "creationdate", "metadata"}),
        {
            "subscribertype": statuses.STATUS,
            "type": statuses.STATUS,
            "creationdate": SINCE,
            "unsubscriptiondate": UNSUBSCRIBED,
        },
    ),
    Program("listmonk", frozenset({"email", "uuid", "status", "attributes"})),
    Program(
        "Kit", frozenset({"email", "firstname", "createdat", "state"}), {"state": statuses.STATUS}
    ),
    Program("Kit", frozenset({"email", "firstname", "createdat", "status"})),
)


def program_of(columns: list[str]) -> Program | None:
    """The first kind of which all signs are among the columns."""
    there = set(map(plain, columns))
    return next((program for program in PROGRAMS if program.signs <= there), None)


def of_rejects(columns: list[str]) -> bool:
    """Whether a file holds the rows that an import could not take, each behind its reason."""
    return [*map(plain, columns[:2])] == ["reason", "line"]


def roles_of(columns: list[str], program: Program | None) -> list[str]:
    """The role of each column; empty for one that we have no place for.

    Where two columns have one role, the first is taken: each status is looked at, though.
    """
    known = {**COMMON, **(program.roles if program else {})}
    roles = [known.get(plain(column), "") for column in columns]
    if of_rejects(columns):
        roles[:2] = [IGNORED, IGNORED]  # our words, not hers
    return roles
