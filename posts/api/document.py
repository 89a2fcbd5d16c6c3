"""The OpenAPI 3.1 document, as Ninja writes it and we finish it.

Ninja knows the operations and their schemas. What it cannot say: that problems are
`application/problem+json`, which scope each operation wants, and which headers go along.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation

from posts.api.callers import Scope
from posts.desk.programs.scopes import SCOPES

if TYPE_CHECKING:
    from ninja.operation import Operation

__all__ = ["as_json", "document"]

PREFIX = "/api/v1/"
_PROBLEM = "#/components/schemas/Problem"
_ABOUT = """\
Letters, readers and mailings of this site, for other programs.

Calls carry `Authorization: Bearer <token>`, and never a cookie. An owner makes tokens in the desk \
(Settings, Other programs), each with the scopes that it needs; each is shown once. What stands \
under “public” needs none.

Lists come a page at a time: `next` is the `cursor` of the following page, and null at the end. \
A POST with an `Idempotency-Key` can be repeated for a day: it is done once and answered alike. \
Errors are problem details (RFC 9457). A 429 says in `Retry-After` how many seconds to wait. Times \
are in UTC, as RFC 3339 writes them.
"""
_MEANINGS = {
    400: "It is not as described here; `errors` says where.",
    401: "No token, or none that is good.",
    403: "The token has not the scope that this wants.",
    404: "There is nothing of that name or number.",
    409: "It cannot be done now, or was changed meanwhile, or the idempotency key was used before.",
    413: "It is more than can be sent in one call.",
    422: "It is well formed, and cannot be done.",
    429: "Too many calls. `Retry-After` says when to go on.",
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "Of your making, another for each thing that is to be done.",
}


def document() -> dict[str, Any]:
    """The document as a dictionary, made once in a process. Nobody may change it."""
    return document_at(settings.SITE_URL)


@cache
def document_at(address: str) -> dict[str, Any]:
    """The same, for the site at that address."""
    from posts.api.application import api

    with translation.override("en"):  # whoever asks for it first
        # Through JSON: Ninja's has enums, tuples and numbers as keys.
        found = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), default=str))
        told = _told_of_scopes()
    scopes = dict(_scopes())
    found["info"] = {"title": "Passalong", "version": "1", "description": _ABOUT}
    found["servers"] = [{"url": address}]
    found["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": told}
    }
    for operation in _operations(found):
        _finish(operation, scopes[operation["operationId"]])
    return dict(found)


def as_json() -> str:
    return _as_json_at(settings.SITE_URL)


@cache
def _as_json_at(address: str) -> str:
    return json.dumps(document_at(address), ensure_ascii=False)


def _operations(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in found["paths"].values():
        yield from path.values()


def _scopes() -> Iterator[tuple[str, str]]:
    """Each operation with the scope that it wants; empty where everybody may."""
    from posts.api.application import api

    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                yield str(operation.view_func.__name__), _scope_of(operation)


def _scope_of(operation: "Operation") -> str:
    guards = [guard for guard in operation.auth_callbacks if isinstance(guard, Scope)]
    return guards[0].name if guards else ""


def _told_of_scopes() -> str:
    lines = (f"- `{name}`: {told}" for name, told in SCOPES.items())
    return "A token of the desk. Scopes:\n\n" + "\n".join(lines)


def _finish(operation: dict[str, Any], scope: str) -> None:
    operation["security"] = [{"token": [scope]}] if scope else []
    for status, answer in operation["responses"].items():
        answer["description"] = _MEANINGS.get(int(status), "Done.")
        content = answer.get("content", {})
        if content.get("application/json", {}).get("schema", {}).get("$ref") == _PROBLEM:
            content["application/problem+json"] = content.pop("application/json")
    retry = {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}
    operation["responses"]["429"]["headers"] = {"Retry-After": retry}
    if operation["operationId"] in _REPEATABLE:
        operation["parameters"].append(_KEY)


# Those that go through `once`.
_REPEATABLE = frozenset(
    {
        *("write_post", "import_post", "publish", "mail"),
        *("add_subscriber", "add_subscribers", "unsubscribe"),
    }
)
