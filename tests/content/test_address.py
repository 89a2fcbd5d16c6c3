"""The address of the site: taken over whole, and believed only where this site answers."""

import runpy
from pathlib import Path

import pytest
from django.conf import settings as in_force
from pytest_django import Settings

from posts.content import address
from posts.content.address import PROOF, is_asked, proof, what_is_wrong_with
from tests.answering_site import Answer, answering, known_to_this_machine, ours
from tests.sink import free_port

FOLLOWING = (
    "SITE_URL",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_PROXY_SSL_HEADER",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "DEFAULT_FROM_EMAIL",
    "TRUSTED_PROXIES",
    "WAGTAILADMIN_BASE_URL",
)


@pytest.mark.parametrize("said", ["https://letters.fern.org", "http://fern.org:8080"])
def test_a_process_that_takes_it_over_stands_as_one_that_began_with_it(
    said: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SITE_URL", said)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("TRUSTED_PROXIES", raising=False)
    began = runpy.run_path(str(in_force.BASE_DIR / "config" / "settings.py"))
    settings.SITE_URL_IS_FIXED = False
    settings.SESSION_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 1
    address.adopt(said)
    unset: dict[str, object] = {"SECURE_PROXY_SSL_HEADER": None, "SESSION_COOKIE_SECURE": False}
    unset |= {"CSRF_COOKIE_SECURE": False, "SECURE_HSTS_SECONDS": 0}
    for name in FOLLOWING:
        taken = getattr(in_force, name)
        if name == "ALLOWED_HOSTS":
            taken = taken[:4]  # behind them stands the one of tests
        assert taken == began.get(name, unset.get(name)), name


def test_where_the_environment_says_it_nothing_is_taken_over(settings: Settings) -> None:
    before = settings.SITE_URL
    address.adopt("https://letters.fern.org")
    assert before == settings.SITE_URL


def test_the_number_of_proxies_that_the_environment_says_stays(settings: Settings) -> None:
    settings.SITE_URL_IS_FIXED, settings.TRUSTED_PROXIES_ARE_FIXED = False, True
    settings.TRUSTED_PROXIES = 2
    address.adopt("https://letters.fern.org")
    assert in_force.TRUSTED_PROXIES == 2


# --- Whether this site answers there ------------------------------------------------------


def test_this_very_site_is_known_by_what_only_it_can_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(ours, monkeypatch) as there:
        assert what_is_wrong_with(there) == ""


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (lambda path: (200, {}, "<h1>My old site</h1>"), "Another site answers there"),
        (lambda path: (404, {}, ""), "Another site answers there"),
        (lambda path: (404, {}, proof(path)), "Another site answers there"),
        (lambda path: (200, {}, proof(PROOF + "0" * 32)), "Another site answers there"),
        (lambda path: (502, {}, "tunnel is closed"), "does not reach this machine yet"),
        (
            lambda path: (301, {"Location": f"https://fern-mail.org{path}"}, ""),
            "It leads on to https://fern-mail.org.",
        ),
        (lambda path: (302, {"Location": "https://fern-mail.org/login"}, ""), "Another site"),
        (lambda path: (200, {"Content-Length": "-"}, "ö" * 500), "Another site answers there"),
    ],
)
def test_whatever_else_answers_is_told_and_not_taken_for_it(
    answer: Answer, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(answer, monkeypatch) as there:
        assert complaint in what_is_wrong_with(there)


def test_a_name_of_nobody_and_a_place_where_nothing_answers_are_said_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known_to_this_machine(monkeypatch)
    assert "No machine goes by that name" in what_is_wrong_with("https://a.nowhere.org")
    assert "Nothing answers there" in what_is_wrong_with(f"http://127.0.0.1:{free_port()}")


def test_what_answers_without_a_certificate_is_nothing_a_browser_would_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(ours, monkeypatch) as there:
        wrong = what_is_wrong_with(there.replace("http:", "https:"))
    assert "Nothing answers there" in wrong


def test_only_a_number_of_ours_is_answered() -> None:
    assert is_asked(PROOF + "0" * 32)
    assert not is_asked(PROOF)
    assert not is_asked(f"{PROOF}{'0' * 31}/")
    assert not is_asked("0" * 32)
