"""Django Ninja with all operations."""

from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from posts.api import (
    document,
    mailings,
    newsletters,
    people,
    people_bulk,
    posts,
    posts_import,
    public,
)
from posts.api.problems import ApiProblem, answer_problem, problem_of_validation
from subscribers.refusals import Refused

__all__ = ["api", "resolver"]

_ROOMS = (public, posts, posts_import, newsletters, people, people_bulk, mailings)


class _Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name: it is what programs are generated from, and stays."""
        return str(operation.view_func.__name__)


api = _Api(title="Passalong", version="1", urls_namespace="api-v1", docs_url=None, openapi_url=None)
for _room in _ROOMS:
    api.add_router("", _room.router)


@api.get("openapi.json", include_in_schema=False, auth=None)
def openapi(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(document.as_json(), content_type="application/json")
    answer["Cache-Control"] = "public, max-age=60"
    return answer


@cache
def resolver() -> URLResolver:
    """What stands below `/api/v1/`."""
    return URLResolver(RegexPattern(r"^"), api.urls[0])


@api.exception_handler(ApiProblem)
def _problem(request: HttpRequest, error: ApiProblem) -> HttpResponse:
    return answer_problem(error)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return answer_problem(ApiProblem(422, error.message, kind="cannot"))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return answer_problem(problem_of_validation(error.errors))


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return answer_problem(
        ApiProblem(
            401,
            "This wants a token: `Authorization: Bearer passalong_…`. An owner makes one in the "
            "desk, under Settings, Other programs.",
        )
    )


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer_problem(ApiProblem(404, "There is nothing of that name or number."))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    # Ninja's own: a body that is no JSON.
    return answer_problem(ApiProblem(error.status_code, "The body cannot be read as JSON."))


@api.exception_handler(IntegrityError)
def _collided(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    # Two at once wanted the same slug, say. Nothing was done, and the next try sees the other.
    return answer_problem(
        ApiProblem(409, "Somebody else did something to the same at this moment. Try it again.")
    )


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(ApiProblem(413, "That is more than can be sent in one call."))


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(MultiPartParserError)
def _broken(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(ApiProblem(400, "The body cannot be read as what it says it is."))
