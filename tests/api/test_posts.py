"""Letters through the API: drafts, publishing, and mailing by a call of its own."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from PIL import Image

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.delivery.models import Mailing
from tests.api.calling import PREFIX, Program, told
from tests.factories import ensure_collection, make_newsletter, make_post, make_subscriber


def draft(program: Program, **more: object) -> dict[str, object]:
    sent = {"title": "Permission to rest", "text": "Rest is **not** a reward.", **more}
    return told(program.post("posts", sent), 201)  # type: ignore[no-any-return]


def test_a_draft_is_written_and_nobody_sees_it(program: Program, stranger: Program) -> None:
    made = draft(program, excerpt="On rest.")
    assert made["status"] == "draft"
    post = PostPage.objects.get(pk=made["id"])
    assert not post.live
    assert "<b>not</b>" in str(post.body.render_as_block())
    assert told(stranger.get("public/posts"))["data"] == []
    told(stranger.get(f"public/posts/{made['slug']}"), 404)
    whole = told(program.get(f"posts/{made['id']}"))
    assert whole["title"] == "Permission to rest"
    assert whole["excerpt"] == "On rest."
    assert whole["revision"] == made["revision"]
    assert "Rest is *not* a reward." in whole["text"]


def test_a_change_is_of_the_text_that_was_looked_at(program: Program) -> None:
    made = draft(program)
    path = f"posts/{made['id']}"
    sent = {"revision": made["revision"], "title": "Permission to stop", "text": "Stop. Really."}
    changed = told(program.send("PATCH", path, sent))
    assert changed["revision"] != made["revision"]
    whole = told(program.get(path))
    assert (whole["title"], whole["text"].strip()) == ("Permission to stop", "Stop. Really.")
    late = told(program.send("PATCH", path, {**sent, "title": "Mine"}), 409)
    assert late["type"].endswith("#problem-changed")
    assert told(program.get(path))["title"] == "Permission to stop"


def test_a_letter_is_published_and_nobody_is_mailed(program: Program, stranger: Program) -> None:
    made = draft(program)
    make_subscriber(PostPage.objects.get(pk=made["id"]).newsletter)
    published = told(program.post(f"posts/{made['id']}/publish", {"revision": made["revision"]}))
    assert published["status"] == "published"
    assert not Mailing.objects.exists()
    whole = told(stranger.get(f"public/posts/{made['slug']}"))
    assert "<b>not</b>" in whole["html"]


def test_a_letter_is_mailed_once_and_only_as_it_is_published(program: Program) -> None:
    newsletter = make_newsletter(postal_address="Fern House")
    make_subscriber(newsletter)
    post = make_post(newsletter=newsletter)
    path = f"posts/{post.pk}"
    revision = told(program.get(path))["revision"]
    first = told(program.post(f"{path}/mail", {"revision": revision}))
    again = told(program.post(f"{path}/mail", {"revision": revision}))
    assert (first["created"], again["created"]) == (True, False)
    assert first["mailing"] == again["mailing"] == told(program.get(path))["mailing"]
    assert first["state"] == "held"
    assert Mailing.objects.count() == 1


def test_a_draft_is_not_mailed(program: Program) -> None:
    made = draft(program)
    make_subscriber(PostPage.objects.get(pk=made["id"]).newsletter)
    said = told(program.post(f"posts/{made['id']}/mail", {"revision": made["revision"]}), 409)
    assert "Publish it" in said["detail"]
    assert not Mailing.objects.exists()


def test_what_the_desk_would_not_let_go_is_not_mailed_either(program: Program) -> None:
    post = make_post(body=[])
    make_subscriber(post.newsletter)
    revision = told(program.get(f"posts/{post.pk}"))["revision"]
    said = told(program.post(f"posts/{post.pk}/mail", {"revision": revision}), 409)
    assert said["type"].endswith("#problem-cannot")
    assert not Mailing.objects.exists()


def test_a_letter_that_is_locked_in_the_desk_stays_as_it_is(program: Program) -> None:
    made = draft(program)
    PostPage.objects.filter(pk=made["id"]).update(locked=True)
    post = PostPage.objects.get(pk=made["id"])
    post.save_revision()
    revision = told(program.get(f"posts/{made['id']}"))["revision"]
    sent = {"revision": revision, "title": "Mine"}
    told(program.send("PATCH", f"posts/{made['id']}", sent), 409)


@pytest.mark.parametrize("scope", ["posts:write", "posts:publish", "mail", "posts:read"])
def test_each_scope_opens_its_own_calls_only(scope: str, owner: User) -> None:
    post = make_post()
    program = Program(owner, scope)
    calls: dict[str, Callable[[], HttpResponse]] = {
        "posts:read": lambda: program.get(f"posts/{post.pk}"),
        "posts:write": lambda: program.post("posts", {"title": "A", "text": "B c d."}),
        "posts:publish": lambda: program.post(f"posts/{post.pk}/publish", {"revision": "x"}),
        "mail": lambda: program.post(f"posts/{post.pk}/mail", {"revision": "x"}),
    }
    for wanted, call in calls.items():
        answer = call()
        assert (answer.status_code == 403) == (wanted != scope), (wanted, answer.content)


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return file.getvalue()


TEXT = b"""---
title: Slow tea
tags: [Rest]
publish: true
---
Rest is **not** a reward.

![A kettle on a stove](img/kettle.png)
"""


def imported(
    program: Program, *, key: str = "", text: bytes = TEXT, name: str = "tea.md"
) -> object:
    headers = {**program.headers, **({"Idempotency-Key": key} if key else {})}
    files = {
        "text": SimpleUploadedFile(name, text),
        "pictures": [SimpleUploadedFile("kettle.png", picture())],
    }
    return program.client.post(f"{PREFIX}posts/import", files, headers=headers)


def test_a_markdown_file_and_its_pictures_become_a_draft_in_one_call(
    program: Program, site: Foundation
) -> None:
    ensure_collection()
    made = told(imported(program, key="tea"), 201)  # type: ignore[arg-type]
    post = PostPage.objects.get(pk=made["id"])
    assert (post.title, post.live) == ("Slow tea", False)
    assert [topic.name for topic in post.topics.all()] == ["Rest"]
    (block,) = [block for block in post.body if block.block_type == "image"]
    assert block.value["image"].contextual_alt_text == "A kettle on a stove"
    # Another boundary between the parts, and the same call all the same.
    assert told(imported(program, key="tea"), 201) == made  # type: ignore[arg-type]
    assert PostPage.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tea.exe", b"MZ"),
        ("tea.md", b""),
        ("tea.md", b"\x00\x01\x02"),
        ("tea.docx", b"PK\x03\x04 not an archive"),
        (".md", b"Tea\n\nIs good."),
        ("../../../tmp/kettle.png", b"Tea"),
    ],
)
def test_a_file_that_is_no_letter_is_refused_in_words(
    name: str, text: bytes, program: Program
) -> None:
    said = told(imported(program, text=text, name=name), 422)  # type: ignore[arg-type]
    assert len(said["detail"]) > 20
    assert "passalong-" not in said["detail"]
    assert not PostPage.objects.exists()


def test_share_links_are_told_once_there_are_some(program: Program) -> None:
    made = draft(program)
    told(program.get(f"posts/{made['id']}/share-links"), 404)
    told(program.post(f"posts/{made['id']}/publish", {"revision": made["revision"]}))
    assert "/s/" in told(program.get(f"posts/{made['id']}/share-links"))["url"]


def test_letters_are_listed_by_what_is_asked_for(program: Program) -> None:
    live, other = make_post(), make_newsletter()
    written = make_post(live=False, newsletter=other)

    def ids(**query: object) -> list[int]:
        return [post["id"] for post in told(program.get("posts", **query))["data"]]

    assert ids() == [written.pk, live.pk]
    assert ids(status="draft") == [written.pk]
    assert ids(status="published") == [live.pk]
    assert ids(newsletter=other.slug) == [written.pk]
    told(program.get("posts", newsletter="unknown"), 422)
    told(program.get("posts", status="unknown"), 400)
