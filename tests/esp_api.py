"""What the providers of `tests.esp_apis` are made of: requests, mails, and a template language."""

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


class Malformed(Exception):
    """The provider cannot read the call: nothing of it is taken."""


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Malformed("invalid JSON") from error

    def form(self) -> dict[str, list[str]]:
        """RFC 7578, as far as there are no files, or percent-encoded."""
        if self.headers["content-type"] == "application/x-www-form-urlencoded":
            return parse_qs(self.body.decode())
        _, found, boundary = self.headers["content-type"].partition("boundary=")
        if not found:
            raise Malformed("not multipart/form-data")
        fields: dict[str, list[str]] = {}
        for part in self.body.split(b"--" + boundary.encode())[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            name = head.partition(b'name="')[2].partition(b'"')[0].decode()
            fields.setdefault(name, []).append(content[:-2].decode())
        return fields


@dataclass(frozen=True)
class Mail:
    """What a reader would get."""

    address: str
    subject: str
    text: str
    html: str
    sender: str
    reply_to: str
    headers: dict[str, str]
    metadata: dict[str, str]


@dataclass(frozen=True)
class Api:
    """One provider. `recipients` in their order; `accept` answers for those that were taken, and
    `partial` for a call of which some were not, where the provider knows such a thing."""

    name: str
    paths: Callable[[str], bool]
    recipients: Callable[[Request], list[str]]
    mails: Callable[[Request], list[Mail]]
    accept: Callable[[list[str]], Any]
    refuse: Callable[[str], tuple[int, Any]]
    key: Callable[[Request], str] = lambda request: ""
    partial: Callable[[list[str], set[str]], Any] | None = None
    duplicate: tuple[int, Any] | None = None  # the answer to a repeated key; None: as before
    secret: Callable[[Request], str] = field(default=lambda request: "")


def need(data: Mapping[str, Any], *names: str) -> None:
    missing = [name for name in names if not data.get(name)]
    if missing:
        raise Malformed(f"missing: {', '.join(missing)}")


TOKEN = re.compile(r"(?P<open>\{{2,3})\s*(?P<name>[\w.]+)\s*\}{2,3}")


def mustache(
    template: str, data: Mapping[str, str], *, escape: bool, prefix: str = "", triple: bool = True
) -> str:
    """{{name}} is a value (escaped in HTML), {{{name}}} is one as it is; nothing is merged twice,
    and what is no name is an error. Nothing stands for a name that is not there."""
    pieces, at = [], 0
    for found in TOKEN.finditer(template):
        pieces.append(_literal(template[at : found.start()]))
        raw, name, at = len(found["open"]) == 3, found["name"], found.end()
        if raw and not triple:
            raise Malformed(f"template syntax error near {found[0]!r}")
        filled = str(data.get(name.removeprefix(prefix), "")) if name.startswith(prefix) else ""
        pieces.append(html.escape(filled).replace("/", "&#x2F;") if escape and not raw else filled)
    pieces.append(_literal(template[at:]))
    return "".join(pieces)


def _literal(text: str) -> str:
    if re.search(r"\{\{|\{%|\{#|\}\}", text):
        raise Malformed(f"template syntax error near {text[-40:]!r}")
    return text
