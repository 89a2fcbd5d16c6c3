"""The editor of a letter, as far as the server has a part in it."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from posts.content import public_web
from posts.content.actions import Foundation
from posts.content.models import HomePage, PostPage
from tests.desk.test_publishing import ADD, editor_form


def form_of(desk: Client, address: str, body: list[Any], **changed: str) -> dict[str, Any]:
    form = editor_form(desk.get(address).content, **changed)
    return {**form, **nested_form_data({"body": streamfield(body)})}


def autosave(desk: Client, address: str, body: list[Any], **changed: str) -> dict[str, Any]:
    """What the browser sends by itself while one writes."""
    form = form_of(desk, address, body, **changed)
    answer: dict[str, Any] = desk.post(address, form, headers={"Accept": "application/json"}).json()
    return answer


@pytest.fixture
def add(site: Foundation) -> str:
    return ADD.format(HomePage.objects.get().pk)


def test_a_letter_that_was_begun_with_its_text_is_kept(desk: Client, add: str) -> None:
    body = [("paragraph", rich_text("<h2>Tea</h2><p>Nothing has to be finished.</p>"))]
    answer = autosave(desk, add, body, title="", slug="")
    assert answer["success"], answer
    post = PostPage.objects.get()
    assert (post.title, post.slug) == ("Nothing has to be finished.", "nothing-has-to-be-finished")
    assert "<h2" in post.body[0].value.source

    again = [("paragraph", rich_text("<p>Nothing at all.</p>"))]
    assert autosave(desk, answer["url"], again, title="", slug="")["success"]
    latest = PostPage.objects.get().get_latest_revision_as_object()
    assert (latest.title, latest.slug) == ("Nothing at all.", "nothing-has-to-be-finished")


@pytest.mark.parametrize("text", ["", "<p>Share</p>"])
def test_whatever_its_first_words_are(desk: Client, add: str, text: str) -> None:
    body = [("paragraph", rich_text(text))]
    assert autosave(desk, add, body, title="", slug="")["success"]
    assert PostPage.objects.get().title in ("Untitled", "Share")


def test_to_be_published_it_wants_a_title(desk: Client, add: str) -> None:
    form = form_of(desk, add, [("paragraph", rich_text("<p>Tea.</p>"))], title="", slug="")
    response = desk.post(add, {**form, "action-email": "yes"})
    assert "title" in response.context["form"].errors


def test_an_invitation_that_was_not_filled_in_whole_holds_what_was(desk: Client, add: str) -> None:
    invites = [("reflect", ""), ("try", "<p>rest</p>"), ("share", "")]
    entries = [{"kind": kind, "text": rich_text(text)} for kind, text in invites]
    form = {str(at): {**entry} for at, entry in enumerate(entries)}
    body = [("invitation", {"intro": "", "invites": {"count": "3", **_listed(form)}})]
    answer = autosave(desk, add, body, title="Tea", slug="tea")
    assert answer["success"], answer
    kept = PostPage.objects.get().body[0].value["invites"]
    assert [invite["kind"] for invite in kept] == ["try"]


def _listed(entries: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Entries as the form of a list has them."""
    return {at: {"value": entry, "order": at, "deleted": ""} for at, entry in entries.items()}


def test_older_kinds_of_blocks_are_kept_and_not_offered(desk: Client, add: str) -> None:
    page = desk.get(add).content.decode()
    assert '"retired": ["heading", "list", "divider"]' in page.replace("&quot;", '"')


LONG = """## Warm the pot

Water **first**.

> Slow is a direction.

- sit
- look

---

Habit: We hurry because we always have.
Fear: As if the day were a train.
"""


def test_a_long_text_that_is_pasted_is_read_by_the_importer(desk: Client) -> None:
    blocks = desk.post("/admin/paste/text/", {"text": LONG}).json()["blocks"]
    assert [block["type"] for block in blocks] == ["paragraph", "reasons"]
    kinds = [block["type"] for block in json.loads(blocks[0]["value"])["blocks"]]
    assert kinds[:6] == [
        *("header-two", "unstyled", "blockquote", "unordered-list-item", "unordered-list-item"),
        *("atomic",),
    ]
    assert not PostPage.objects.exists()


@pytest.mark.parametrize("text", ["", "   \n", "a" * 500_001])
def test_what_is_no_text_is_left_to_the_browser(desk: Client, text: str) -> None:
    assert desk.post("/admin/paste/text/", {"text": text}).status_code == 422


def test_a_picture_that_is_pasted_is_kept_and_asks_for_its_words(desk: Client) -> None:
    file = BytesIO()
    Pillow.new("RGB", (40, 30), "#7A9E9B").save(file, "PNG")
    sent = SimpleUploadedFile("kettle.png", file.getvalue(), "image/png")
    (block,) = desk.post("/admin/paste/picture/", {"file": sent}).json()["blocks"]
    kept = get_image_model().objects.get()
    assert kept.title == "kettle"
    assert block["value"]["image"]["image"]["id"] == kept.pk
    assert block["value"]["image"]["alt_text"] == ""


def test_what_is_no_picture_is_refused_with_a_reason(desk: Client) -> None:
    sent = SimpleUploadedFile("kettle.png", b"<svg>", "image/png")
    answer = desk.post("/admin/paste/picture/", {"file": sent})
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize(
    "address", ["/admin/paste/text/", "/admin/paste/picture/", "/admin/paste/far-picture/"]
)
def test_nobody_else_may_paste(site: Foundation, client: Client, address: str) -> None:
    assert client.post(address, {"text": "Tea."}).status_code == 302


def test_whether_one_is_signed_in_is_said_to_whoever_is(desk: Client) -> None:
    assert desk.head("/admin/signed-in/").status_code == 200
    desk.logout()
    assert desk.head("/admin/signed-in/").status_code == 302


class _Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        file = BytesIO()
        Pillow.new("RGB", (40, 30), "#7A9E9B").save(file, "PNG")
        body = file.getvalue() if self.path == "/pot.jpg" else b"<svg>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of the world: only its address counts as public."""
    monkeypatch.setattr(public_web, "is_public", lambda address: address == "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_picture_from_elsewhere_is_kept_here_when_the_writer_says_so(
    desk: Client, elsewhere: str
) -> None:
    fields = {"address": f"{elsewhere}/pot.jpg", "alt_text": "A pot"}
    (block,) = desk.post("/admin/paste/far-picture/", fields).json()["blocks"]
    kept = get_image_model().objects.get()
    assert (kept.title, kept.filename.endswith(".png")) == ("pot", True)
    assert block["value"]["image"]["image"]["id"] == kept.pk
    assert block["value"]["image"]["alt_text"] == "A pot"


@pytest.mark.parametrize(
    "address", ["/none.png", "http://10.0.0.1/a.png", "file:///etc/passwd", ""]
)
def test_what_is_no_picture_of_the_world_is_not_brought(
    desk: Client, elsewhere: str, address: str
) -> None:
    address = elsewhere + address if address.startswith("/") else address
    answer = desk.post("/admin/paste/far-picture/", {"address": address})
    assert answer.status_code == 422
    assert "no picture" in answer.json()["message"]
    assert not get_image_model().objects.exists()


def test_nobody_is_asked_for_a_picture_by_who_may_keep_none(
    client: Client, site: Foundation, elsewhere: str
) -> None:
    nobody = User.objects.create_user("no", password="rest is part of work")
    nobody.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(nobody)
    answer = client.post("/admin/paste/far-picture/", {"address": f"{elsewhere}/pot.jpg"})
    assert answer.status_code in (302, 403)
    assert not get_image_model().objects.exists()


def test_whose_the_copies_on_a_device_are_is_no_name_and_no_address(desk: Client) -> None:
    key = desk.head("/admin/signed-in/")["Letters-Of"]
    assert re.fullmatch("[0-9a-f]{16}", key)
    assert f'data-letters-of="{key}"' in desk.get("/admin/").content.decode()
    other = User.objects.create_superuser("bea", "bea@letters.example", "rest is part of work")
    desk.force_login(other)
    assert desk.head("/admin/signed-in/")["Letters-Of"] not in ("", key)


@pytest.mark.parametrize("sheet", ["desk", "setup", "letter"])
def test_no_style_beside_a_letter_looks_at_the_values_of_fields(sheet: str) -> None:
    """Each key changes one, and a browser would look at the styles of the whole page again: half a
    second in a long letter."""
    found = finders.find(f"desk/{sheet}.css")
    assert isinstance(found, str)
    assert re.findall(r":has\([^{]*\[value[^{]*", Path(found).read_text()) == []
