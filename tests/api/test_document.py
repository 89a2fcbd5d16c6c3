"""The OpenAPI document, and the page that is made of it."""

import json
import re
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from posts.api.docs import GROUPS
from posts.api.document import document
from posts.content.actions import Foundation
from posts.desk.programs.scopes import SCOPES
from tests.api.calling import PREFIX, Program
from tests.factories import make_post


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_served_to_everybody_as_openapi_3_1(stranger: Program) -> None:
    answer = stranger.get("openapi.json")
    said = json.loads(answer.content)
    assert said["openapi"].startswith("3.1")
    assert said["servers"] == [{"url": "http://localhost:8000"}]
    assert not answer.cookies


def test_every_call_says_what_it_wants_and_what_may_come_of_it() -> None:
    assert len(operations()) > 25
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))
    used = set()
    for path, method, operation in operations():
        public = path.startswith("/api/v1/public/")
        assert bool(operation["security"]) != public, path
        if not public:
            (scope,) = operation["security"][0]["token"]
            used.add(scope)
            assert {"401", "403", "429"} <= operation["responses"].keys(), path
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], path
        assert operation["summary"], path
        if method == "get":
            assert "requestBody" not in operation
    assert used == set(SCOPES)


def test_every_body_has_an_example_that_the_call_would_take() -> None:
    schemas = document()["components"]["schemas"]
    for path, _method, operation in operations():
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                name = content["schema"]["$ref"].rpartition("/")[2]
                assert schemas[name]["examples"], path


def test_no_call_does_anything_for_a_token_with_all_other_scopes(
    owner: User, site: Foundation
) -> None:
    """Whatever call is added: its scope is asked before its body is read."""
    post = make_post()
    wanted = {scope: Program(owner, *(SCOPES.keys() - {scope})) for scope in SCOPES}
    for path, method, operation in operations():
        if not operation["security"]:
            continue
        (scope,) = operation["security"][0]["token"]
        place = re.sub(r"\{\w+\}", str(post.pk), path).removeprefix(PREFIX)
        answer = wanted[scope].send(method.upper(), place, {})
        assert answer.status_code == 403, path
        assert json.loads(answer.content)["scope"] == scope


def test_a_page_tells_it_to_people(site: Foundation, client: Client) -> None:
    shown = set()
    for group in ("", *GROUPS):
        answer = client.get(f"/api/v1/docs/{group}{'/' if group else ''}")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert not answer.cookies
        assert len(page) < 60_000
        assert "<script src=" not in page.replace('<script src="/static/', "")
        shown |= set(re.findall(r"</strong> (/api/v1/\S+)</code>", page))
    assert shown == {path for path, _, _ in operations()}
    assert client.get("/api/v1/docs/unknown/").status_code == 404


def test_the_line_that_writes_a_letter_from_elsewhere_is_the_call_that_is_tested(
    site: Foundation, client: Client
) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    assert "http://localhost:8000/api/v1/posts/import" in page
    assert "-F text=@letter.md -F pictures=@kettle.jpg" in page
