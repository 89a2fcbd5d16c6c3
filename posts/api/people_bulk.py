"""Thousands of readers in one call, by what imports lists."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Router

from posts.api.callers import Scope, may, said_by
from posts.api.limits import count_asking
from posts.api.once import once
from posts.api.operations import answers, newsletter_named
from posts.api.people import consent_in_words
from posts.api.problems import ApiProblem
from posts.api.schemas.people import BulkRow, PeopleAdded, PeopleToAdd
from subscribers.addresses import AddressRefused, normalise
from subscribers.lists.cells import More
from subscribers.lists.csv_file import ListRow
from subscribers.lists.importer import Import
from subscribers.one_line import printable_line
from subscribers.segments.spelling import tag_name

router = Router(tags=["subscribers"])
# Not the words of the refusal, which may repeat the address: the answer is kept for a day.
_NO_ADDRESS = "This is no address that mail can be sent to."


@router.post(
    "subscribers/bulk",
    auth=Scope("subscribers:write"),
    response=answers(200, PeopleAdded, 400, 409, 413, 422),
    summary="Add many readers",
)
def add_subscribers(request: HttpRequest, sent: PeopleToAdd) -> Any:
    """To one newsletter, as the import of a list does: whoever left, bounced or complained stays
    out, and repeating it is harmless. All that can be taken is taken; the rest is named. At most
    2,000 people are asked in an hour."""
    if (sent.consent is None) != sent.ask_to_confirm:
        raise ApiProblem(
            422,
            "Say where these people agreed (`consent`), or that each of them is to get a mail that "
            "asks (`ask_to_confirm`); one of the two.",
            kind="cannot",
        )

    def count() -> None:
        if sent.ask_to_confirm:
            count_asking(request.program, len(sent.subscribers))  # type: ignore[attr-defined]

    return once(request, lambda: (200, _add(request, sent)), before=count)


def _add(request: HttpRequest, sent: PeopleToAdd) -> dict[str, Any]:
    rejected: list[dict[str, Any]] = []
    job = Import(
        newsletter=newsletter_named(sent.newsletter),
        confirmed=sent.consent is not None,
        source=consent_in_words(sent.consent) if sent.consent else "API",
        by=said_by(request),
    )
    totals = job.run(
        _rows(sent.subscribers),
        reject=lambda row: rejected.append({"row": row.line, "problem": row.problem}),
    ).as_json()
    if not may(request, "subscribers:read"):
        totals = {name: totals[name] for name in ("read", "rejected")}
    return {**totals, "problems": rejected}


def _rows(people: Sequence[BulkRow]) -> Iterator[ListRow]:
    for number, person in enumerate(people):
        try:
            address = normalise(person.address)
        except AddressRefused:
            yield ListRow(number, [], problem=_NO_ADDRESS)
            continue
        tags = tuple(filter(None, map(tag_name, person.tags)))
        yield ListRow(
            number,
            [],
            address.typed,
            address.normalised,
            printable_line(person.name, most=120),
            more=More(tags=tags) if tags else None,
        )
