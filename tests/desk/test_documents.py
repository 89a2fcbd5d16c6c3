"""Wagtail's documents are off, everywhere in the desk."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.rich_text import features

from posts.content.actions import Foundation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["documents/", "documents/multiple/add/", "documents/add/", "documents/chooser/"]
)
def test_no_address_of_theirs_answers(desk: Client, path: str) -> None:
    assert desk.get(f"/admin/{path}").status_code == 404
    assert desk.post(f"/admin/{path}").status_code == 404


def test_nothing_leads_there(desk: Client, site: Foundation) -> None:
    pages = ["", "images/", f"pages/{site.home.pk}/edit/", "pages/search/?q=x", "groups/new/"]
    for path in pages:
        answer = desk.get(f"/admin/{path}")
        assert answer.status_code == 200, path
        assert "/admin/documents/" not in answer.text, path
    with pytest.raises(NoReverseMatch):
        reverse("wagtaildocs:index")


def test_the_text_editor_has_no_button_for_them() -> None:
    assert "document-link" not in features.get_default_features()
    assert features.get_editor_plugin("draftail", "document-link") is None


def test_of_their_hooks_only_what_the_editor_needs_is_left() -> None:
    hooks.search_for_hooks()
    left = {
        hook.__name__
        for registered in hooks._hooks.values()
        for hook, _ in registered
        if str(getattr(hook, "__module__", "")).startswith("wagtail.documents.")
    }
    assert left == {"construct_admin_api"}


def test_one_that_was_uploaded_before_breaks_no_screen(desk: Client) -> None:
    get_document_model().objects.create(title="Old notes", file="documents/notes.pdf")
    for path in ("", "reports/site-history/", "collections/", "reports/"):
        assert desk.get(f"/admin/{path}", follow=True).status_code in (200, 404)
