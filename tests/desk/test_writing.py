"""The editor of a letter, as far as the server has a part in it."""

from typing import Any

import pytest
from django.test import Client
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

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
