"""No desk screen asks a browser for what the policy forbids: a script without the nonce."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import make_post

pytestmark = pytest.mark.django_db

# One signs out, one breaks on purpose.
NOT_SCREENS = ("logout", "failwhale", ".*")
STANDS_IN_PAGE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)([^>]*)>")
HANDLER = re.compile(r"<[^>]*\son[a-z]+=[^>]*>")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """All that need no number."""
    for one in patterns:
        path = before + str(one.pattern).strip("^$")
        if any(mark in path for mark in "<(\\"):
            continue
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, path)
        else:
            yield path


def test_scripts_in_pages_have_the_nonce_of_their_answer(client: Client) -> None:
    client.force_login(User.objects.create_superuser("ada", "ada@letters.example"))
    post = make_post(title="A calm day", body=[("paragraph", "<p>Rest.</p>")])
    asked = [
        address
        for address in addresses(get_resolver().url_patterns)
        if address.startswith("/admin/") and not any(part in address for part in NOT_SCREENS)
    ]
    assert len(asked) > 50
    scripts = 0
    for address in (*asked, f"/admin/pages/{post.pk}/edit/"):
        answer = client.get(address)
        if answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        policy = answer["Content-Security-Policy"]
        for attributes in STANDS_IN_PAGE.findall(page):
            nonce = attributes.removeprefix(' nonce="').removesuffix('"')
            assert len(nonce) > 20, (address, attributes)
            assert f"'nonce-{nonce}'" in policy
            scripts += 1
        assert HANDLER.findall(page) == [], address
    assert scripts > 10


def test_each_answer_has_a_nonce_of_its_own(client: Client) -> None:
    first, second = (client.get("/admin/login/")["Content-Security-Policy"] for _ in range(2))
    assert "'nonce-" in first
    assert first != second


def test_what_a_writer_types_gets_no_nonce(client: Client) -> None:
    client.force_login(User.objects.create_superuser("ada", "ada@letters.example"))
    evil = "</script><script>alert(1)</script>"
    post = make_post(title=evil, slug="calm", body=[("paragraph", "<p>Calm.</p>")])
    for address in (f"/admin/pages/{post.pk}/edit/", "/admin/posts/", f"/admin/pages/{post.pk}/"):
        page = client.get(address, follow=True).content.decode()
        assert "alert(1)" in page
        assert not re.search(r"<script[^>]*>alert", page)
