"""A file on its way out: whole or in part, under a name that hides nothing."""

import pytest
from django.http import Http404
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from posts.content.enclosures.answers import download_name, hand_out
from posts.content.enclosures.models import Enclosure
from tests import sounds
from tests.enclosed import enclosure, pdf

pytestmark = pytest.mark.django_db
SOUND = sounds.mp3(10)


@pytest.fixture
def sound() -> Enclosure:
    return enclosure("mp3", content=SOUND)


def ask(kept: Enclosure, *, method: str = "GET", **headers: str) -> tuple[HttpResponseBase, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().generic(method, "/", headers=named)
    answer = hand_out(request, kept, name="Slow breaths", secret=False)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    answer.close()
    return answer, body


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(SOUND) - 1),
        ("bytes=-50", len(SOUND) - 50, len(SOUND) - 1),
        ("bytes=0-", 0, len(SOUND) - 1),
        (f"bytes=10-{10**17}", 10, len(SOUND) - 1),
        (f"bytes=-{10**17}", 0, len(SOUND) - 1),
    ],
)
def test_a_part_is_given_as_it_is_asked_for(
    sound: Enclosure, asked: str, first: int, last: int
) -> None:
    answer, body = ask(sound, Range=asked)
    assert answer.status_code == 206
    assert body == SOUND[first : last + 1]
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(SOUND)}"
    assert answer["Content-Length"] == str(len(body))
    assert answer["Content-Type"] == "audio/mpeg"


@pytest.mark.parametrize(
    "asked",
    [
        *("", "bytes=", "bytes=-", "bytes=-0", "bytes=5-2", "bytes=0-1,5-9", "bytes=a-b"),
        *("lines=0-1", "bytes=٠-٩", f"bytes={'9' * 40}-", "bytes= 0-1"),
    ],
)
def test_what_is_no_range_gets_the_whole(sound: Enclosure, asked: str) -> None:
    answer, body = ask(sound, Range=asked)
    assert (answer.status_code, body) == (200, SOUND)
    assert answer["Content-Length"] == str(len(SOUND))


def test_beyond_the_end_there_is_nothing(sound: Enclosure) -> None:
    answer, body = ask(sound, Range=f"bytes={len(SOUND)}-")
    assert (answer.status_code, body) == (416, b"")
    assert answer["Content-Range"] == f"bytes */{len(SOUND)}"


def test_a_download_that_goes_on_gets_the_rest_of_the_same_file_only(sound: Enclosure) -> None:
    tag = ask(sound)[0]["ETag"]
    assert ask(sound, Range="bytes=9-", If_Range=tag)[0].status_code == 206
    assert ask(sound, Range="bytes=9-", If_Range='"another"')[1] == SOUND
    assert ask(sound, If_None_Match=tag)[0].status_code == 304


def test_it_runs_nothing_whatever_it_holds(sound: Enclosure) -> None:
    for kept in (sound, enclosure("pdf"), enclosure("txt")):
        for answer, _body in (ask(kept), ask(kept, Range="bytes=0-3"), ask(kept, method="HEAD")):
            assert answer["Content-Security-Policy"].startswith("default-src 'none'; ")
            only = answer["Content-Security-Policy"].rpartition("; ")[2]
            assert only == ("sandbox allow-same-origin" if kept is sound else "sandbox")
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["X-Robots-Tag"] == "noindex"
            kind = answer["Content-Disposition"].partition(";")[0]
            assert kind == ("inline" if kept is sound else "attachment")


def test_a_secret_one_is_kept_in_no_cache() -> None:
    request = RequestFactory().get("/")
    answer = hand_out(request, enclosure("pdf"), name="A", secret=True)
    answer.close()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("A worksheet", "A worksheet.pdf"),
        ("Übungsblatt für ruhige Tage", "Übungsblatt für ruhige Tage.pdf"),
        ("דף עבודה", "דף עבודה.pdf"),
        ("می‌خواهم", "می‌خواهم.pdf"),
        ("練習帳 ✨", "練習帳 ✨.pdf"),
        ('a "quoted"; filename=evil.exe', "a quoted filename=evil.exe.pdf"),
        ("photo\u202egnp.exe", "photo gnp.exe.pdf"),
        ("two\r\nlines\x00and\ttabs", "two lines and tabs.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("C:\\boot<>|?*", "C boot.pdf"),
        ("$(reboot) `ls` %TEMP%", "(reboot) ls TEMP.pdf"),
        (" . ", "file.pdf"),
        ("", "file.pdf"),
        ("x" * 400, "x" * 120 + ".pdf"),
        ("\ud800", "file.pdf"),
    ],
)
def test_its_name_is_proper_in_any_script(name: str, kept_as: str) -> None:
    assert download_name(name, "pdf") == kept_as


@pytest.mark.parametrize("name", ["Übung", "\u202e", "a\r\nSet-Cookie: b=1", '"', "\ud800"])
def test_no_name_breaks_the_header(name: str) -> None:
    request = RequestFactory().get("/")
    answer = hand_out(request, enclosure("pdf"), name=name, secret=False)
    answer.close()
    header = answer["Content-Disposition"]
    assert header.isascii()
    assert "\n" not in header
    assert "Set-Cookie:" not in header


def test_one_that_is_gone_from_the_disk_is_not_found(sound: Enclosure) -> None:
    sound.file.storage.delete(str(sound.file.name))
    with pytest.raises(Http404):
        ask(sound)


def test_the_whole_is_what_was_uploaded() -> None:
    assert ask(enclosure("pdf"))[1] == pdf()
