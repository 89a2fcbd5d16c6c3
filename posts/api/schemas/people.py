"""Readers, their tags, and what they agreed to."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from posts.api.schemas.common import Answer, Day, Line, Sent, Slug, Text, example

MOST_IN_BULK = 5_000
_PERSON = {
    "id": 7,
    "address": "maria@example.org",
    "name": "Maria",
    "language": "en",
    "tags": ["Talks"],
    "subscriptions": [{"newsletter": "letters", "status": "active"}],
    "suppressed": False,
    "created_at": "2026-11-30T09:00:00Z",
}
_TypedAddress = Annotated[Text, Field(min_length=3, max_length=254)]
_TagName = Annotated[Text, Field(min_length=1, max_length=60)]
_TagNames = Annotated[list[_TagName], Field(max_length=50)]
_Name = Annotated[Text, Field(max_length=120)]


class SubscriptionStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class ConsentStated(Sent):
    """Where and when somebody agreed. It is kept as the proof, so say what you could show."""

    source: Annotated[Line, Field(max_length=150)]
    date: Day


_CONSENT = {"source": "Sign-up sheet, reading in Ghent", "date": "2026-05-03"}


class PersonToAdd(Sent):
    """Without `consent` she gets a mail that asks her, and no letter before she confirms."""

    model_config = {**Sent.model_config, **example(address="maria@example.org", name="Maria")}
    address: _TypedAddress
    name: _Name = ""
    newsletters: Annotated[list[Slug], Field(min_length=1, max_length=20)] | None = Field(
        None, description="The first one, if you leave it out."
    )
    consent: ConsentStated | None = None


class BulkRow(Sent):
    # Plain, for there are thousands: whoever takes them up refuses or drops what cannot be stored.
    address: Annotated[str, Field(max_length=1_000)]
    name: Annotated[str, Field(max_length=120)] = ""
    tags: _TagNames = []


class PeopleToAdd(Sent):
    """Many people for one newsletter. Either say where they agreed, or that each is to be asked."""

    model_config = {
        **Sent.model_config,
        **example(
            newsletter="letters",
            consent=_CONSENT,
            subscribers=[{"address": "maria@example.org", "name": "Maria", "tags": ["Talks"]}],
        ),
    }
    newsletter: Slug | None = None
    consent: ConsentStated | None = None
    ask_to_confirm: bool = Field(
        False,
        description="Each of them gets a mail that asks. It must be said, where no consent is.",
    )
    subscribers: Annotated[list[BulkRow], Field(min_length=1, max_length=MOST_IN_BULK)]


class PersonToFind(Sent):
    model_config = {**Sent.model_config, **example(address="maria@example.org")}
    address: Annotated[Text, Field(min_length=3, max_length=254)]


class TagsToSet(Sent):
    """All tags that she is to have."""

    model_config = {**Sent.model_config, **example(tags=["Talks"])}
    tags: _TagNames


class PersonLeaving(Sent):
    model_config = {**Sent.model_config, **example(newsletter="letters")}
    newsletter: Slug | None = Field(None, description="All of them, if you leave it out.")


class AddedTo(Answer):
    newsletter: str
    outcome: str = Field(
        description="`added`, `asked` (by mail), `asked lately`, `already`, `left` (she left, and "
        "only she can come back) or `blocked` (the address is never mailed)."
    )


class PersonAdded(Answer):
    """Told to a token with `subscribers:read`; to others only that it was taken."""

    model_config = example(id=7, outcomes=[{"newsletter": "letters", "outcome": "asked"}])
    id: int | None
    outcomes: list[AddedTo]


class RowRejected(Answer):
    row: int = Field(description="Counted from 0.")
    problem: str


class PeopleAdded(Answer):
    """`added` and what follows: only to a token with `subscribers:read`."""

    model_config = example(
        read=2,
        rejected=1,
        added=1,
        updated=0,
        unchanged=0,
        suppressed=0,
        problems=[{"row": 1, "problem": "This is no address that mail can be sent to."}],
    )
    read: int
    rejected: int
    added: int | None = None
    updated: int | None = None
    unchanged: int | None = None
    suppressed: int | None = None
    problems: list[RowRejected]


class SubscriptionTold(Answer):
    newsletter: str
    status: SubscriptionStatus


class PersonTold(Answer):
    model_config = example(**_PERSON)
    id: int
    address: str
    name: str
    language: str
    tags: list[str]
    subscriptions: list[SubscriptionTold]
    suppressed: bool = Field(description="Whether the address is never mailed, whatever else.")
    created_at: datetime


class PersonList(Answer):
    model_config = example(data=[_PERSON], next=None)
    data: list[PersonTold]
    next: str | None = Field(description="The `cursor` of the next page; null at the end.")


class TagsSet(Answer):
    tags: list[str]


class Left(Answer):
    ended: int = Field(description="How many subscriptions ended now.")


class ConsentTold(Answer):
    model_config = example(
        at="2026-11-30T09:00:00Z",
        kind="confirmed",
        newsletter="letters",
        source="/confirm/",
        by="the reader",
        wording="Yes, send me the letters.",
    )
    at: datetime
    kind: str
    newsletter: str
    source: str
    by: str
    wording: str


class ConsentList(Answer):
    data: list[ConsentTold]


class TagTold(Answer):
    model_config = example(id=2, name="Talks", people=31)
    id: int
    name: str
    people: int


class TagList(Answer):
    data: list[TagTold]
