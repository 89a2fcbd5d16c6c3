"""What goes wrong, told as “problem details” (RFC 9457): the same shape for every error."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

__all__ = ["ApiProblem", "answer_problem", "problem_of_validation"]

# What a reader of the document finds under each type; `about:blank` says no more than its status.
TYPES = {
    "scope": "The token is not for that",
    "invalid": "What was sent is not as the document describes it",
    "cannot": "It is well formed, and cannot be done",
    "changed": "It was changed meanwhile",
    "key-reused": "The idempotency key was used for something else",
    "too-many": "Too many calls",
}
_MOST_ERRORS = 20


class ApiProblem(Exception):
    """Raised by whatever finds it; `kind` is one of TYPES, or empty."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "",
        retry_after: int = 0,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind, self.more = status, detail, kind, more
        self.retry_after = retry_after


def answer_problem(problem: ApiProblem) -> HttpResponse:
    kind = problem.kind
    told = {
        "type": f"/api/v1/docs/#problem-{kind}" if kind else "about:blank",
        "title": TYPES[kind] if kind else HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        **problem.more,
    }
    answer = HttpResponse(
        json.dumps(told), status=problem.status, content_type="application/problem+json"
    )
    if problem.retry_after:
        answer["Retry-After"] = str(problem.retry_after)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer


def problem_of_validation(errors: list[dict[str, Any]]) -> ApiProblem:
    """Each place that is wrong, and why; never what stood there, which may be somebody's."""
    told = [
        {
            "where": ".".join(str(part) for part in error["loc"])[:200],
            "problem": _of_pydantic(error),
        }
        for error in errors[:_MOST_ERRORS]
    ]
    return ApiProblem(
        400,
        "Something in it is missing or wrong; `errors` says where.",
        kind="invalid",
        errors=told,
    )


def _of_pydantic(error: dict[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")[:300]
