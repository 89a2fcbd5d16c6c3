"""Ten lists in which people left, bounced, or never agreed; and what is answered when asked."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ListOfPeople:
    """`asked`: what a question names; empty where all is understood. `options`: answers in the
    command; `pressed`: the same in the desk. `found`: who is what in the end; who is not in it was
    not taken."""

    text: str
    found: dict[str, str]
    asked: list[str] = field(default_factory=list)
    options: dict[str, list[str] | str] = field(default_factory=dict)
    pressed: dict[str, str] = field(default_factory=dict)
    file_name: str = "people.csv"


ACTIVE = {"iris": "active"}
LISTS = {
    "a flag beside a flag for another channel": ListOfPeople(
        "Mail;Blacklisted for email;WhatsApp opt-out\niris@;0;1\nolaf@;1;0\n",
        {"iris": "active", "olaf": "unsubscribed"},
    ),
    "dates of leaving and of bouncing": ListOfPeople(
        "email,opt-out date,Bounced on\n"
        "iris@,,\nolaf@,2021-02-03,\nruth@,,4 May 2022\nsven@,0000-00-00,NULL\n",
        {"iris": "active", "olaf": "unsubscribed", "ruth": "bounced", "sven": "active"},
    ),
    "a yes in German, and somebody who said neither": ListOfPeople(
        "E-Mail-Adresse;Vorname;Einwilligung Newsletter\niris@;Iris;Ja\nolaf@;Olaf;nein\nruth@;;\n",
        {"iris": "active", "olaf": "unsubscribed", "ruth": "unsubscribed"},
        asked=["Einwilligung Newsletter", "empty cell"],
        options={"column": ["Einwilligung Newsletter=agreed"]},
        pressed={"means-3-": "unsubscribed"},
    ),
    "words for a status that nobody knows": ListOfPeople(
        "email,Situation\niris@,onboard\nolaf@,adrift\nruth@,unsubscribed\n",
        {"iris": "active", "olaf": "bounced", "ruth": "unsubscribed"},
        asked=["Situation", "onboard", "adrift"],
        options={"value": ["Situation:Onboard=active", "Situation:adrift=bounced"]},
        pressed={"means-2-onboard": "active", "means-2-adrift": "bounced"},
    ),
    "yes and no in a language that nobody knows": ListOfPeople(
        "email,Kwmdtz\niris@,yes\nolaf@,no\n",
        {"iris": "active", "olaf": "unsubscribed"},
        asked=["Kwmdtz", "yes", "no"],
        options={"column": ["kwmdtz=agreed"]},
        pressed={"role-2": "agreed"},
    ),
    "a column without a name": ListOfPeople(
        "email,name\niris@,Iris,subscribed\nolaf@,Olaf,cleaned\n",
        {"iris": "active", "olaf": "bounced"},
        asked=["column 3", "cleaned"],
        options={"column": ["#3=status"]},
        pressed={"means-3-subscribed": "active", "means-3-cleaned": "bounced"},
    ),
    "a note among many": ListOfPeople(
        "email,remarks\niris@,knits\nolaf@,asked to be taken off in June\nruth@,sings\n",
        {"iris": "active", "olaf": "unsubscribed", "ruth": "active"},
        asked=["remarks", "asked to be taken off in June"],
        options={"value": ["remarks:asked to be taken off in june=unsubscribed"]},
        pressed={"means-2-askedtobetakenoffinjune": "unsubscribed"},
    ),
    "a tag among others": ListOfPeople(
        'email,tags\niris@,"choir, Do not email?"\nolaf@,"choir, opted out"\nruth@,choir\n',
        {"iris": "unsubscribed", "olaf": "unsubscribed", "ruth": "active"},
        asked=["tags", "opted out", "Do not email?"],
        options={
            "value": ["tags:opted out=unsubscribed", "tags:Do not email?=unsubscribed"],
        },
        pressed={"means-2-optedout": "unsubscribed", "means-2-donotemail": "unsubscribed"},
    ),
    "a file named after those who left": ListOfPeople(
        "email,name\nolaf@,Olaf\nruth@,Ruth\n",
        {"olaf": "unsubscribed", "ruth": "unsubscribed"},
        asked=["Abmeldungen 2024"],
        options={"everybody": "unsubscribed"},
        pressed={"everybody": "unsubscribed"},
        file_name="Abmeldungen 2024.csv",
    ),
    "two columns that contradict each other": ListOfPeople(
        "email,state,marketing opt-in,double opt-in date,inactive\n"
        "iris@,Active,TRUE,2020-01-01,no\n"
        "olaf@,Active,FALSE,2020-01-01,no\n"
        "ruth@,Deleted,TRUE,,no\n"
        "sven@,Active,TRUE,,yes\n",
        {"iris": "active", "olaf": "unsubscribed", "ruth": "unsubscribed", "sven": "unsubscribed"},
        asked=["inactive", "yes"],
        options={"value": ["inactive:yes=unsubscribed"]},
        pressed={"means-5-yes": "unsubscribed"},
    ),
}


def written(people: ListOfPeople) -> str:
    """The list as it lies in the file."""
    return people.text.replace("@", "@readers.example")
