"""What all operations share: which answers each may give, and the parameters of lists."""

from typing import Annotated, Any

from django.urls import register_converter
from django.urls.converters import IntConverter
from ninja import Path, Query

from posts.api.problems import ApiProblem
from posts.api.schemas.common import Problem
from subscribers.models import Newsletter

__all__ = ["Cursor", "Limit", "Number", "answers", "newsletter_named", "public_answers"]

Cursor = Annotated[
    str | None,
    Query(min_length=1, max_length=500, description="`next` of the page before."),
]
# Of rows, by which they are asked for: no longer than a database can compare.
LARGEST = 10**18 - 1
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Limit = Annotated[int, Query(ge=1, le=100, description="How many on a page.")]


class _NumberConverter(IntConverter):
    regex = "[1-9][0-9]{0,17}"


register_converter(_NumberConverter, "number")


def answers(status: int, schema: Any, *also: int) -> dict[int, Any]:
    """For a call with a token."""
    return {status: schema, **dict.fromkeys((401, 403, 429, *also), Problem)}


def public_answers(status: int, schema: Any, *also: int) -> dict[int, Any]:
    return {status: schema, **dict.fromkeys((429, *also), Problem)}


def newsletter_named(slug: str | None) -> Newsletter:
    """The newsletter of this slug; the first one, where none is named."""
    newsletters = {newsletter.slug: newsletter for newsletter in Newsletter.objects.all()}
    found = newsletters.get(slug) if slug else next(iter(newsletters.values()), None)
    if found is None:
        known = ", ".join(newsletters)
        raise ApiProblem(422, f"There is no such newsletter. There is: {known}.", kind="cannot")
    return found
