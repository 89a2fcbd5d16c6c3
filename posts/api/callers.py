"""Which scope an operation wants."""

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase

from posts.api.problems import ApiProblem
from posts.desk.programs.models import ProgramToken

__all__ = ["Scope", "may", "said_by"]


class Scope(AuthBase):
    """The operation's guard: a token that has this scope. The door found out whose it is."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_name = "token"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __call__(self, request: HttpRequest) -> Any:
        program: ProgramToken | None = request.program  # type: ignore[attr-defined]
        if program is None:
            return None
        if self.name and self.name not in program.scopes:
            raise ApiProblem(
                403,
                f"This wants a token with the scope `{self.name}`. What a token is for cannot be "
                "changed: an owner makes another in the desk.",
                kind="scope",
                scope=self.name,
            )
        return program


def may(request: HttpRequest, scope: str) -> bool:
    """Whether the token of this call has another scope as well."""
    program: ProgramToken = request.program  # type: ignore[attr-defined]
    return scope in program.scopes


def said_by(request: HttpRequest) -> str:
    """Who did it, for the records: the owner, and by which program."""
    program: ProgramToken = request.program  # type: ignore[attr-defined]
    return f"{program.by.get_username()} ({program.name})"[:150]
