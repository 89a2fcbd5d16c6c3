"""Who may call at all, how often, and what goes with every answer."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from posts.api import limits
from posts.content.actions import Foundation
from posts.desk.programs import tokens
from posts.desk.programs.models import ProgramToken
from posts.public.pagecache.addresses import place_of
from subscribers.limits.throttle import Limit
from tests.api.calling import PREFIX, Program, told
from tests.factories import make_post

PRIVATE = ("posts", "newsletters", "topics", "subscribers", "tags", "mailings")


def test_nothing_but_the_public_part_opens_without_a_token(stranger: Program) -> None:
    for path in PRIVATE:
        answer = stranger.get(path)
        assert told(answer, 401)["status"] == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer["Content-Type"] == "application/problem+json"


def test_a_token_that_was_never_made_opens_nothing(site: Foundation) -> None:
    for sent in ("passalong_" + "a" * 43, "x", "", "é", "Basic YWRhOmI="):
        headers = {"Authorization": f"Bearer {sent}"}
        assert Client().get(f"{PREFIX}posts", headers=headers).status_code == 401


def test_whoever_is_signed_in_can_do_nothing_here(owner: User) -> None:
    """Or any page could have her browser do it."""
    browser = Client()
    browser.force_login(owner)
    assert browser.get(f"{PREFIX}subscribers").status_code == 401
    answer = browser.post(f"{PREFIX}posts", {"title": "A"}, content_type="application/json")
    assert answer.status_code == 401
    assert not answer.cookies


def test_a_revoked_token_opens_nothing_from_then_on(owner: User, program: Program) -> None:
    told(program.get("posts"))
    assert tokens.revoke(token=program.token, by=owner)
    assert not tokens.revoke(token=program.token, by=owner)
    told(program.get("posts"), 401)


@pytest.mark.parametrize("change", [{"is_superuser": False}, {"is_active": False}])
def test_a_token_ends_with_the_owner_who_made_it(
    change: dict[str, bool], owner: User, program: Program
) -> None:
    User.objects.filter(pk=owner.pk).update(**change)
    told(program.get("posts"), 401)


def test_only_a_hash_of_a_token_is_kept(owner: User) -> None:
    row, text = tokens.make(name="Shop", scopes=["mail", "nonsense"], by=owner)
    assert row.scopes == ["mail"]
    stored = repr(ProgramToken.objects.values().get())
    assert text.removeprefix("passalong_") not in stored
    assert tokens.find(text) == row
    assert tokens.find(text[:-1]) is None


def test_a_token_is_letters_and_digits_because_its_end_is_read_out(owner: User) -> None:
    for _ in range(5):
        row, text = tokens.make(name="Shop", scopes=["mail"], by=owner)
        assert re.fullmatch(r"passalong_[A-Za-z0-9]{43}", text, re.ASCII)
        assert text.endswith(row.hint)
        assert tokens.find(text) == row


def test_when_it_was_last_used_is_noted_once_an_hour(program: Program) -> None:
    told(program.get("posts"))
    first = ProgramToken.objects.get().used_at
    assert first is not None
    told(program.get("posts"))
    assert ProgramToken.objects.get().used_at == first
    ProgramToken.objects.update(used_at=timezone.now() - timedelta(hours=2))
    told(program.get("posts"))
    again = ProgramToken.objects.get().used_at
    assert again is not None
    assert again >= first


def test_no_answer_is_kept_by_anybody_but_what_is_public(
    program: Program, stranger: Program
) -> None:
    post = make_post()
    answers = [
        program.get("posts"),
        program.get("nowhere"),
        stranger.get("posts"),
        program.post("posts", {"title": "A", "text": "B c d."}),
    ]
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}
    for path in ("/api/v1/posts", "/api/v1/public/posts"):
        asked = {"REQUEST_METHOD": "GET", "HTTP_HOST": "localhost:8000", "PATH_INFO": path}
        assert place_of(asked) is None
    public = stranger.get(f"public/posts/{post.slug}")
    assert public["Cache-Control"] == "public, max-age=60"
    for answer in [*answers, public]:
        assert not answer.cookies
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_too_many_calls_are_told_when_to_go_on(
    owner: User, stranger: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit(2, timedelta(minutes=1))
    monkeypatch.setattr(limits, "PER_TOKEN", few)
    monkeypatch.setattr(limits, "PER_NETWORK", few)
    monkeypatch.setattr(limits, "_counts", {})
    one, other = Program(owner), Program(owner)
    for caller, path in ((one, "posts"), (other, "posts"), (stranger, "public/posts")):
        assert [caller.get(path).status_code for _ in range(3)] == [200, 200, 429]
        answer = caller.get(path)
        assert 1 <= int(answer["Retry-After"]) <= 61
        assert told(answer, 429)["type"].endswith("#problem-too-many")


UNMEANT = [
    ("GET", "nowhere", 404),
    ("GET", "newsletters/a%0Ab", 404),
    ("GET", "posts/0", 404),
    ("GET", "posts/99999999999999999999999", 404),
    ("GET", "posts/" + "9" * 5_000, 404),
    ("GET", "posts/12x", 404),
    ("GET", "public/posts/a%00b", 404),
    ("GET", "subscribers/%F0%9F%92%A9", 404),
    ("DELETE", "posts", 405),
    ("OPTIONS", "posts", 405),
    ("TRACE", "posts", 405),
    ("GET", "posts?limit=0", 400),
    ("GET", "posts?limit=101", 400),
    ("GET", "posts?limit=1e3", 400),
    ("GET", "posts?cursor=x", 422),
    ("GET", "posts?newsletter=%00", 400),
    ("GET", "subscribers?tag=99999999999999999999", 400),
    ("GET", "subscribers?tag=999999999999999999", 200),
    ("GET", "mailings?post=999999999999999999", 200),
    ("GET", "mailings/999999999999999999", 404),
]


def test_what_nobody_meant_is_answered_in_the_same_shape(program: Program) -> None:
    for method, path, status in UNMEANT:
        answer = program.send(method, path)
        assert answer.status_code == status, (path, answer.content)
        if status >= 400:
            assert told(answer, status)["status"] == status
        if status == 405:
            assert "GET" in answer["Allow"]


NO_CALLS = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'{"title": NaN, "text": "b"}',
    b'{"title": 1, "text": "b"}',
    b'{"title": "a", "text": "b", "live": true}',
    b'{"title": "\\ud800", "text": 5}',
    b"[" * 50_000,
    b'{"title": ' + b"1" * 5_000 + b"}",
]


def test_a_body_that_is_no_call_is_refused(program: Program) -> None:
    for body in NO_CALLS:
        answer = program.client.generic(
            "POST", f"{PREFIX}posts", body, "application/json", headers=program.headers
        )
        assert answer.status_code == 400, (body[:40], answer.content)
        assert json.loads(answer.content)["status"] == 400


def test_a_body_that_is_too_large_is_refused_unread(program: Program) -> None:
    body = json.dumps({"title": "a", "text": "b" * 3_000_000})
    answer = program.client.generic(
        "POST", f"{PREFIX}posts", body, "application/json", headers=program.headers
    )
    assert told(answer, 413)["status"] == 413  # type: ignore[arg-type]


def test_a_head_is_answered_like_a_get(program: Program) -> None:
    answer = program.send("HEAD", "posts")
    assert (answer.status_code, answer.content) == (200, b"")
