"""A program that calls the API, as tests are one."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from posts.desk.programs import tokens
from posts.desk.programs.scopes import SCOPES

PREFIX = "/api/v1/"


class Program:
    """With a token of some scopes; all there are, where none is named. None: without a token."""

    def __init__(self, owner: User | None, *scopes: str) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers: dict[str, str] = {}
        if owner is not None:
            self.token, text = tokens.make(name="Shop", scopes=scopes or SCOPES, by=owner)
            self.headers["Authorization"] = f"Bearer {text}"

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(PREFIX + path, query, headers=self.headers)  # type: ignore[return-value]

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> HttpResponse:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        answer = self.client.generic(
            method,
            PREFIX + path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers,
        )
        return answer  # type: ignore[return-value]

    def post(self, path: str, body: Any = None, *, key: str = "") -> HttpResponse:
        return self.send("POST", path, body if body is not None else {}, key=key)


def told(answer: HttpResponse, status: int = 200) -> Any:
    """What it says, if it is answered with this status."""
    said = json.loads(answer.content) if answer.content else None
    assert answer.status_code == status, said
    return said
