"""Every call comes in here: who calls, how often, which operation, and what goes with an answer.

Django Ninja is loaded at the first call: it and Pydantic take 16 MB, which a worker, or a site that
no program calls, has better uses for.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404
from django.views.decorators.csrf import csrf_exempt

from posts.api.limits import count_call
from posts.api.problems import ApiProblem, answer_problem
from posts.desk.programs import tokens
from posts.desk.programs.models import ProgramToken

__all__ = ["door"]

_BEARER = "bearer "


@csrf_exempt  # there is no cookie to abuse: a call that brings one is read as if it did not
def door(request: HttpRequest, rest: str) -> HttpResponseBase:
    """`/api/v1/…`"""
    try:
        program = _caller(request)
        count_call(request, program)
        answer = _answer(request, rest, program)
    except ApiProblem as problem:
        answer = answer_problem(problem)
    answer.headers.setdefault("Cache-Control", "private, no-store")
    answer.headers.setdefault("X-Robots-Tag", "noindex")
    answer.headers.setdefault("Content-Security-Policy", "default-src 'none'")
    return answer


def _caller(request: HttpRequest) -> ProgramToken | None:
    """Whose token was sent; None where none was, or none that is good."""
    sent = request.headers.get("Authorization", "")
    if sent[: len(_BEARER)].lower() != _BEARER:
        return None
    return tokens.find(sent[len(_BEARER) :].strip())


def _answer(request: HttpRequest, rest: str, program: ProgramToken | None) -> HttpResponseBase:
    from posts.api.application import resolver

    try:
        found = resolver().resolve(rest)
    except Resolver404:
        raise ApiProblem(404, "There is nothing at this address.") from None
    request.program = program  # type: ignore[attr-defined]
    is_head = request.method == "HEAD"
    if is_head:
        request.method = "GET"  # whoever sends the answer leaves its body out
    try:
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    finally:
        if is_head:
            request.method = "HEAD"
    if answer.status_code == 405:
        allowed = answer.headers.get("Allow", "")
        answer = answer_problem(ApiProblem(405, f"At this address there is {allowed}."))
        answer["Allow"] = allowed
    if program is not None and answer.status_code < 400:
        tokens.note_use(program)
    assert isinstance(answer, HttpResponse)  # noqa: S101 for the type checker
    return answer
