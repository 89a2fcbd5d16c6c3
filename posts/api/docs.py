"""`/api/v1/docs/`: what the OpenAPI document says, as a page for people. Made here, with no script
of anybody's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from posts.api.problems import TYPES
from posts.desk.programs.events import TOLD
from posts.desk.programs.scopes import SCOPES

__all__ = ["docs"]

GROUPS = {
    "public": "What everybody may read",
    "posts": "Letters",
    "newsletters": "Newsletters and topics",
    "subscribers": "Readers",
    "mailings": "Mailings",
}


@dataclass(frozen=True, slots=True)
class Described:
    """A parameter, or a field of a body."""

    name: str
    kind: str
    required: bool
    told: SafeString


@dataclass(frozen=True, slots=True)
class DescribedOperation:
    name: str
    method: str
    path: str
    title: str
    told: SafeString
    scope: str
    call: str
    parameters: list[Described] = field(default_factory=list)
    fields: list[Described] = field(default_factory=list)
    answer: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)


@require_safe
def docs(request: HttpRequest, group: str = "") -> HttpResponse:
    """`/api/v1/docs/`, and a page below it for each group of calls."""
    if group and group not in GROUPS:
        raise Http404
    context = {
        "speaks": "en",
        "group": group,
        "title": GROUPS.get(group, ""),
        "groups": GROUPS,
        "operations": _operations(group, settings.SITE_URL) if group else [],
        "scopes": SCOPES,
        "events": TOLD,
        "problems": TYPES,
        "site_url": settings.SITE_URL,
    }
    answer = render(request, "api/docs.html", context)
    answer["Cache-Control"] = "public, max-age=60"
    return answer


@cache
def _operations(group: str, address: str) -> list[DescribedOperation]:
    """Its examples call the site at that address."""
    from posts.api.document import document_at

    found = document_at(address)
    return [
        _operation(method, path, operation, found)
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
        if group in operation["tags"]
    ]


def _operation(
    method: str, path: str, operation: dict[str, Any], found: dict[str, Any]
) -> DescribedOperation:
    security = operation["security"]
    kind, schema = _body(operation, found)
    done = next(answer for status, answer in operation["responses"].items() if status < "300")
    return DescribedOperation(
        name=operation["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        title=operation["summary"],
        told=_marked(operation.get("description", "")),
        scope=security[0]["token"][0] if security else "",
        call=_call(
            method, f"{found['servers'][0]['url']}{path}", kind, schema, secret=bool(security)
        ),
        parameters=[
            Described(
                one["name"],
                _kind(one["schema"], found),
                one["required"],
                _marked(one.get("description", "")),
            )
            for one in operation["parameters"]
        ],
        fields=list(_fields(schema, found)),
        answer=_example(_schema(done, found)),
        problems=[
            (status, answer["description"])
            for status, answer in sorted(operation["responses"].items())
            if status >= "400"
        ],
    )


def _marked(text: str) -> SafeString:
    """With what stands between backticks as code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in parts),
    )


def _body(operation: dict[str, Any], found: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Its media type and its schema; empty where nothing is sent."""
    content = operation.get("requestBody", {}).get("content", {})
    for kind, one in content.items():
        return kind, _resolved(one["schema"], found)
    return "", {}


def _schema(answer: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return _resolved(schema, found)


def _resolved(schema: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return found["components"]["schemas"][name] if name else schema


def _fields(schema: dict[str, Any], found: dict[str, Any]) -> Iterator[Described]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        told = _marked(one.get("description", ""))
        yield Described(name, _kind(one, found), name in required, told)


def _kind(schema: dict[str, Any], found: dict[str, Any]) -> str:
    """In a word or two: text, number, a list of them, one of some values."""
    if several := schema.get("anyOf", schema.get("allOf")):
        some = [_kind(one, found) for one in several if one.get("type") != "null"]
        return " or ".join(some)
    if "enum" in (plain := _resolved(schema, found)):
        return " or ".join(plain["enum"])
    if plain.get("type") == "array":
        return f"list of {_kind(plain['items'], found)}"
    if plain.get("type") == "object":
        inner = ", ".join(plain.get("properties", {}))
        return f"object ({inner})" if inner else "object"
    if plain.get("format") in ("binary", "date", "date-time"):
        return {"binary": "file", "date": "day", "date-time": "time"}[plain["format"]]
    return {"string": "text", "integer": "number", "boolean": "yes or no"}.get(
        plain.get("type", ""), "anything"
    )


def _example(schema: dict[str, Any]) -> str:
    examples = schema.get("examples")
    return json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""


def _call(method: str, address: str, kind: str, schema: dict[str, Any], *, secret: bool) -> str:
    """A line for curl."""
    lines = ["curl" + (f" -X {method.upper()}" if method not in ("get", "post") else "")]
    lines[0] += f" {address}"
    if secret:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if kind == "application/json":
        example = json.dumps(schema["examples"][0], ensure_ascii=False)
        lines += ['-H "Content-Type: application/json"', f"-d '{example}'"]
    elif kind:
        lines += ["-F text=@letter.md", "-F pictures=@kettle.jpg"]
    return " \\\n  ".join(lines)
