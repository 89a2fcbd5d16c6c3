"""The outbox as its owner sees it."""

import builtins
import os
import time
from email.message import EmailMessage
from pathlib import Path
from typing import IO, Any

import pytest
from django.test import Client

from posts.desk import outbox
from tests.factories import make_member, make_newsletter, make_subscriber


def put(folder: Path, name: str, *, to: str = "reader@example.org", at: float = 0.0) -> Path:
    message = EmailMessage()
    message["From"] = "Ada Fern <ada@letters.example>"
    message["To"] = to
    message["Subject"] = f"Tea for {to}"
    message.set_content("Tea first, then words.")
    message.add_alternative(
        "<html><head><title>t</title></head><body><p>Tea <b>first</b>.</p></body></html>",
        subtype="html",
    )
    path = folder / "new" / name
    path.write_bytes(message.as_bytes())
    os.utime(path, (at or time.time(), at or time.time()))
    return path


def test_an_empty_outbox_teaches_how_to_fill_it(desk: Client, outbox_folder: Path) -> None:
    assert "The outbox is empty" in desk.get("/admin/outbox/").content.decode()


def test_no_outbox_at_all_is_an_empty_one(desk: Client, outbox_folder: Path) -> None:
    for part in outbox_folder.iterdir():
        part.rmdir()
    assert desk.get("/admin/outbox/").status_code == 200


def test_the_newest_stands_first(desk: Client, outbox_folder: Path) -> None:
    put(outbox_folder, "m1.r1.eml", to="old@example.org", at=1_000_000)
    put(outbox_folder, "m1.r2.eml", to="new@example.org", at=2_000_000)
    html = desk.get("/admin/outbox/").content.decode()
    assert html.index("Tea for new@example.org") < html.index("Tea for old@example.org")


def test_a_letter_that_was_read_elsewhere_is_found_too(desk: Client, outbox_folder: Path) -> None:
    put(outbox_folder, "m1.r1.eml").rename(outbox_folder / "cur" / "m1.r1.eml:2,S")
    assert desk.get("/admin/outbox/m1.r1.eml:2,S/").status_code == 200


def test_there_are_pages(desk: Client, outbox_folder: Path) -> None:
    for number in range(51):
        put(outbox_folder, f"m1.r{number}.eml", to=f"n{number}@example.org", at=number + 1)
    assert "Tea for n0@example.org" not in desk.get("/admin/outbox/").content.decode()
    assert "Tea for n0@example.org" in desk.get("/admin/outbox/?p=2").content.decode()


def test_only_the_letters_shown_are_opened(
    desk: Client, outbox_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(120):
        put(outbox_folder, f"m1.r{number}.eml")
    opened: list[str] = []
    really_open = builtins.open

    def noting_open(file: Any, *args: Any, **kwargs: Any) -> IO[Any]:
        opened.append(str(file))
        handle: IO[Any] = really_open(file, *args, **kwargs)
        return handle

    monkeypatch.setattr(builtins, "open", noting_open)
    desk.get("/admin/outbox/")
    assert len([path for path in opened if path.endswith(".eml")]) == 50


def test_a_readers_letters_are_found_by_the_address(
    desk: Client, outbox_folder: Path, site: object
) -> None:
    person = make_subscriber(make_newsletter(), address="ida@example.org")
    put(outbox_folder, f"m7.r{person.pk}.eml", to="ida@example.org")
    put(outbox_folder, f"m7.r{person.pk}0.eml", to="other@example.org")
    put(outbox_folder, "test-1.eml", to="Ida <ida@example.org>")
    html = desk.get("/admin/outbox/?q=Ida@example.org").content.decode()
    assert f"/admin/outbox/m7.r{person.pk}.eml/" in html
    assert "/admin/outbox/test-1.eml/" in html
    assert "other@example.org" not in html


def test_a_search_without_a_hit_says_how_it_searches(desk: Client, outbox_folder: Path) -> None:
    assert "No letter to nobody@" in desk.get("/admin/outbox/?q=nobody@").content.decode()


def test_a_letter_shows_header_text_and_a_sandboxed_frame(
    desk: Client, outbox_folder: Path
) -> None:
    put(outbox_folder, "m1.r1.eml")
    html = desk.get("/admin/outbox/m1.r1.eml/").content.decode()
    assert "Ada Fern &lt;ada@letters.example&gt;" in html
    assert "Tea first, then words." in html
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in html
    assert "<b>first</b>" not in html


def test_the_frame_may_load_and_run_nothing(desk: Client, outbox_folder: Path) -> None:
    put(outbox_folder, "m1.r1.eml")
    response = desk.get("/admin/outbox/m1.r1.eml/letter.html")
    assert "<b>first</b>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_a_letter_downloads_as_it_is(desk: Client, outbox_folder: Path) -> None:
    path = put(outbox_folder, "m1.r1.eml")
    response = desk.get("/admin/outbox/m1.r1.eml/letter.eml")
    assert b"".join(response) == path.read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="m1.r1.eml"'


def test_a_letter_without_a_sound_header_is_shown_all_the_same(
    desk: Client, outbox_folder: Path
) -> None:
    path = outbox_folder / "new" / "odd.eml"
    path.write_bytes(
        b"Subject: =?nonsense?b?####?=\r\nTo: <<>>\r\n"
        b"Content-Type: text/plain; charset=martian\r\n\r\nh\xe9llo\r\n"
    )
    assert desk.get("/admin/outbox/").status_code == 200
    assert "llo" in desk.get("/admin/outbox/odd.eml/").content.decode()


@pytest.mark.parametrize("name", ["nothing.eml", ".hidden", "..", "%2e%2e%2fsecret_key"])
def test_nothing_outside_is_opened(desk: Client, outbox_folder: Path, name: str) -> None:
    (outbox_folder / "new" / ".hidden").write_text("secret")
    assert desk.get(f"/admin/outbox/{name}/").status_code == 404
    assert outbox.find("../../secret_key") is None


def test_whoever_is_not_staff_is_refused_even_if_she_may_publish(
    site: object, outbox_folder: Path
) -> None:
    client = Client()
    client.force_login(make_member("mo", group="Moderators"))
    put(outbox_folder, "m1.r1.eml")
    for address in ("", "m1.r1.eml/", "m1.r1.eml/letter.html", "m1.r1.eml/letter.eml"):
        assert client.get(f"/admin/outbox/{address}")["Location"] == "/admin/"
