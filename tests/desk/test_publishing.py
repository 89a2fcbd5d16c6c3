"""From the editor over the confirm page to a mailing."""

from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Revision
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from posts.content.actions import Foundation
from posts.content.models import HomePage, PostPage
from posts.delivery.models import Mailing
from tests.desk.pressing import seal_of
from tests.factories import make_newsletter, make_post, make_subscriber
from tests.sink import Sink


def editor_form(html: bytes, **changed: Any) -> dict[str, Any]:
    """What a browser would send from Wagtail's editor, with one paragraph as the body."""
    soup = BeautifulSoup(html, "html.parser")
    form = soup.select("#page-edit-form")[0]
    data = {
        field["name"]: field.get("value", "")
        for field in form.select("input[name]")
        if field.get("type") not in ("checkbox", "radio", "submit") or field.has_attr("checked")
    }
    for area in form.select("textarea[name]"):
        data[area["name"]] = area.text.strip("\n")
    for choice in form.select("select[name]"):
        chosen = choice.select_one("option[selected]")
        data[choice["name"]] = chosen["value"] if chosen else ""
    body = streamfield([("paragraph", rich_text("<p>Tea first.</p>"))])
    return {**data, **nested_form_data({"body": body}), **changed}


def confirm_form(client: Client, post: PostPage) -> dict[str, str]:
    """What the button on the confirm page sends."""
    html = client.get(f"/admin/posts/{post.pk}/email/").content
    found = BeautifulSoup(html, "html.parser").select_one("input[name=revision]")
    assert found is not None
    return {"revision": str(found["value"])}


# --- The editor ---------------------------------------------------------------------------


ADD = "/admin/pages/add/posts/postpage/{}/"


def write(desk: Client, title: str, slug: str, address: str = "") -> str:
    """Save a draft as the editor in a browser does; returns the slug it got."""
    home = HomePage.objects.get()
    form = editor_form(desk.get(address or ADD.format(home.pk)).content, title=title, slug=slug)
    response = desk.post(address or ADD.format(home.pk), {**form, "action-save": "yes"})
    assert response.status_code == 302, response.context["form"].errors
    return str(PostPage.objects.latest("latest_revision_created_at").slug)


@pytest.mark.parametrize("title", ["Spring", "Archive"])
def test_a_title_that_is_taken_or_ours_gets_a_number_without_a_word(
    desk: Client, site: Foundation, title: str
) -> None:
    make_post(slug="spring", title="Spring")
    assert write(desk, title, title.lower()) == f"{title.lower()}-2"


def test_the_number_stays_while_the_browser_still_sends_the_plain_slug(
    desk: Client, site: Foundation
) -> None:
    make_post(slug="spring", title="Spring")
    write(desk, "Spring", "spring")
    second = PostPage.objects.get(slug="spring-2")
    assert write(desk, "Spring", "spring", f"/admin/pages/{second.pk}/edit/") == "spring-2"


def test_a_taken_slug_that_was_typed_is_an_error(desk: Client, site: Foundation) -> None:
    make_post(slug="spring", title="Spring")
    home = HomePage.objects.get()
    form = editor_form(desk.get(ADD.format(home.pk)).content, title="Thaw", slug="spring")
    response = desk.post(ADD.format(home.pk), {**form, "action-save": "yes"})
    assert "slug" in response.context["form"].errors
    assert PostPage.objects.count() == 1


def test_the_editor_offers_publish_and_email(desk: Client, draft: PostPage) -> None:
    assert b'name="action-email"' in desk.get(f"/admin/pages/{draft.pk}/edit/").content


def test_a_new_post_offers_it_and_a_plain_page_does_not(desk: Client, site: Foundation) -> None:
    new_post = desk.get(f"/admin/pages/add/posts/postpage/{site.home.pk}/")
    new_page = desk.get(f"/admin/pages/add/posts/plainpage/{site.home.pk}/")
    assert b'name="action-email"' in new_post.content
    assert b'name="action-email"' not in new_page.content


def test_it_is_not_offered_to_who_may_not_publish(editor: Client, draft: PostPage) -> None:
    assert b'name="action-email"' not in editor.get(f"/admin/pages/{draft.pk}/edit/").content


def test_the_action_saves_and_leads_to_the_confirm_page(desk: Client, draft: PostPage) -> None:
    address = f"/admin/pages/{draft.pk}/edit/"
    data = editor_form(desk.get(address).content, title="A new title")
    response = desk.post(address, {**data, "action-email": "1"})
    assert response["Location"] == f"/admin/posts/{draft.pk}/email/"
    draft.refresh_from_db()
    assert not draft.live
    assert draft.get_latest_revision_as_object().title == "A new title"
    assert not Mailing.objects.exists()


def test_the_action_on_a_new_post_creates_a_draft(desk: Client, site: Foundation) -> None:
    address = f"/admin/pages/add/posts/postpage/{site.home.pk}/"
    data = editor_form(desk.get(address).content, title="Quite new", slug="quite-new")
    data["newsletter"] = str(site.newsletter.pk)
    response = desk.post(address, {**data, "action-email": "1"})
    post = PostPage.objects.get(slug="quite-new")
    assert response["Location"] == f"/admin/posts/{post.pk}/email/"
    assert not post.live


def test_the_action_wants_a_complete_post(desk: Client, draft: PostPage) -> None:
    address = f"/admin/pages/{draft.pk}/edit/"
    data = editor_form(desk.get(address).content, newsletter="")
    response = desk.post(address, {**data, "action-email": "1"})
    assert response.status_code == 200
    assert "This field is required" in response.content.decode()


def test_an_editor_who_sends_the_action_anyway_only_saves(editor: Client, draft: PostPage) -> None:
    address = f"/admin/pages/{draft.pk}/edit/"
    data = editor_form(editor.get(address).content)
    response = editor.post(address, {**data, "action-email": "1"})
    assert response["Location"] == address


# --- The confirm page ---------------------------------------------------------------------


def test_the_page_says_what_will_happen(desk: Client, draft: PostPage) -> None:
    html = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "Publish and email 3 people" in html
    assert "Permission to stop" in html
    assert "ada@letters.example" in html
    assert "No reader is reached yet" in html
    assert "no postal address" not in html


def test_large_numbers_are_readable(desk: Client, draft: PostPage) -> None:
    for _ in range(1201):
        make_subscriber(draft.newsletter)
    html = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "Publish and email 1,204 people" in html


def test_a_missing_postal_address_is_said(desk: Client, draft: PostPage) -> None:
    draft.newsletter.postal_address = ""
    draft.newsletter.save()
    html = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "There is no postal address" in html
    assert f"/admin/newsletters/edit/{draft.newsletter_id}/#id_postal_address" in html


def test_looking_changes_nothing(desk: Client, draft: PostPage) -> None:
    desk.get(f"/admin/posts/{draft.pk}/email/")  # fills caches
    with CaptureQueriesContext(
        connection,
    ) as queries:
        desk.get(f"/admin/posts/{draft.pk}/email/")
    writes = [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "SAVEPOINT", "REL"))]
    assert writes == []
    assert not Mailing.objects.exists()


def test_a_newsletter_without_subscribers_can_only_be_published(desk: Client) -> None:
    post = make_post(live=False, newsletter=make_newsletter(name="Quiet hours"))
    html = desk.get(f"/admin/posts/{post.pk}/email/").content.decode()
    assert "Nobody is subscribed yet" in html
    assert "Publish and email 0" not in html
    assert "Publish, email nobody" in html


def test_an_editor_without_the_right_to_publish_is_refused(editor: Client, draft: PostPage) -> None:
    address = f"/admin/posts/{draft.pk}/email/"
    for response in (
        editor.get(address),
        editor.post(address, {"revision": seal_of(draft)}),
        editor.post(f"{address}publish/", {"revision": seal_of(draft)}),
        editor.post(f"{address}test/", {"address": "ben@letters.example"}),
    ):
        assert response["Location"] == "/admin/"
    draft.refresh_from_db()
    assert not draft.live
    assert not Mailing.objects.exists()


def test_the_page_of_no_post_is_not_found(desk: Client, site: Foundation) -> None:
    assert desk.get(f"/admin/posts/{site.home.pk}/email/").status_code == 404


# --- The press ----------------------------------------------------------------------------


def test_the_press_publishes_and_starts_the_mailing(desk: Client, draft: PostPage) -> None:
    response = desk.post(f"/admin/posts/{draft.pk}/email/", confirm_form(desk, draft))
    mailing = Mailing.objects.get()
    assert response["Location"] == f"/admin/mailings/{mailing.pk}/"
    draft.refresh_from_db()
    assert draft.live
    assert (mailing.post_id, mailing.candidates) == (draft.pk, 3)
    assert mailing.events.get().by == "ada"


def test_the_second_press_is_harmless(desk: Client, draft: PostPage) -> None:
    form = confirm_form(desk, draft)
    first = desk.post(f"/admin/posts/{draft.pk}/email/", form)
    published = PostPage.objects.get(pk=draft.pk).last_published_at
    second = desk.post(f"/admin/posts/{draft.pk}/email/", form)
    assert second["Location"] == first["Location"]
    assert Mailing.objects.count() == 1
    assert PostPage.objects.get(pk=draft.pk).last_published_at == published


def test_a_refused_mailing_leaves_nothing_half_done(
    desk: Client, draft: PostPage, settings: Any
) -> None:
    form = confirm_form(desk, draft)
    settings.EMAIL_URL = "smtp://mail.example:25"
    response = desk.post(f"/admin/posts/{draft.pk}/email/", form)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was published and nobody was mailed" in html
    assert "The site has no address of its own yet" in html
    draft.refresh_from_db()
    assert not draft.live
    assert not Mailing.objects.exists()


def test_only_what_was_looked_at_is_published(desk: Client, draft: PostPage) -> None:
    form = confirm_form(desk, draft)
    draft.title = "Changed in another window"
    draft.save_revision()
    response = desk.post(f"/admin/posts/{draft.pk}/email/", form)
    assert response.status_code == 409
    assert "changed since this page was shown" in response.content.decode()
    draft.refresh_from_db()
    assert not draft.live


def test_a_save_over_the_version_that_was_shown_is_noticed(desk: Client, draft: PostPage) -> None:
    form = confirm_form(desk, draft)
    draft.title = "Typed after the page was shown"
    shown = draft.get_latest_revision()
    assert draft.save_revision(user=shown.user, overwrite_revision=shown).pk == shown.pk
    response = desk.post(f"/admin/posts/{draft.pk}/email/", form)
    assert response.status_code == 409
    assert not PostPage.objects.get(pk=draft.pk).live


def test_a_save_that_came_late_and_changed_no_word_is_in_nobodys_way(
    desk: Client, draft: PostPage
) -> None:
    form = confirm_form(desk, draft)
    late = PostPage.objects.get(pk=draft.pk).get_latest_revision().as_object()
    assert late.save_revision().pk != draft.latest_revision_id
    assert desk.post(f"/admin/posts/{draft.pk}/email/", form).status_code == 302
    assert PostPage.objects.get(pk=draft.pk).live


def test_a_draft_that_is_not_complete_is_not_published(desk: Client, draft: PostPage) -> None:
    revision = draft.latest_revision
    revision.content["title"] = ""
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)
    page = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "Title: This field cannot be blank." in page
    response = desk.post(f"/admin/posts/{draft.pk}/email/", {"revision": seal_of(draft)})
    assert response.status_code == 409
    assert not PostPage.objects.get(pk=draft.pk).live


def test_a_draft_with_an_empty_block_is_not_published(desk: Client, draft: PostPage) -> None:
    draft.body = [("paragraph", "<p>Tea.</p>"), ("heading", {"text": "", "level": "2"})]
    draft.body.append(("button", {"label": "Read", "url": ""}))
    draft.save_revision()
    page = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "Something is missing in: Heading, Button." in page
    response = desk.post(f"/admin/posts/{draft.pk}/email/", {"revision": seal_of(draft)})
    assert response.status_code == 409
    assert not PostPage.objects.get(pk=draft.pk).live
    assert not Mailing.objects.exists()


def test_a_post_set_for_later_is_not_published_now(desk: Client, draft: PostPage) -> None:
    draft.go_live_at = timezone.now() + timedelta(days=1)
    draft.save_revision()
    response = desk.post(f"/admin/posts/{draft.pk}/email/", {"revision": seal_of(draft)})
    assert response.status_code == 409
    assert "set to go live later" in response.content.decode()
    assert not Mailing.objects.exists()


def test_publishing_alone_mails_nobody(desk: Client, draft: PostPage) -> None:
    form = confirm_form(desk, draft)
    response = desk.post(f"/admin/posts/{draft.pk}/email/publish/", form, follow=True)
    assert "is published" in response.content.decode()
    assert PostPage.objects.get(pk=draft.pk).live
    assert not Mailing.objects.exists()


def test_a_published_post_is_mailed_without_being_published_again(
    desk: Client, draft: PostPage
) -> None:
    draft.latest_revision.publish()
    published = PostPage.objects.get(pk=draft.pk).last_published_at
    html = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert ">Email 3 people</button>" in html
    assert "email nobody" not in html
    desk.post(f"/admin/posts/{draft.pk}/email/", confirm_form(desk, draft))
    assert Mailing.objects.get().post_id == draft.pk
    assert PostPage.objects.get(pk=draft.pk).last_published_at == published


def test_publishing_alone_is_no_address_to_look_at(desk: Client, draft: PostPage) -> None:
    assert desk.get(f"/admin/posts/{draft.pk}/email/publish/").status_code == 405
    assert desk.get(f"/admin/posts/{draft.pk}/email/test/").status_code == 405


def test_a_mailed_post_says_so_and_is_not_offered_again(desk: Client, draft: PostPage) -> None:
    desk.post(f"/admin/posts/{draft.pk}/email/", confirm_form(desk, draft))
    page = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "You can still undo it" in page
    Mailing.objects.update(state="sending")
    page = desk.get(f"/admin/posts/{draft.pk}/email/").content.decode()
    assert "This post was emailed on" in page
    assert "Publish and email 3" not in page
    editor_page = desk.get(f"/admin/pages/{draft.pk}/edit/").content.decode()
    assert 'name="action-email"' not in editor_page
    assert f"/admin/mailings/{Mailing.objects.get().pk}/" in editor_page
    assert draft.share_page_url in editor_page


# --- The test mail ------------------------------------------------------------------------


def test_the_form_suggests_the_own_address(desk: Client, draft: PostPage) -> None:
    assert b'value="ada@letters.example"' in desk.get(f"/admin/posts/{draft.pk}/email/").content


def try_on(desk: Client, post: PostPage, addresses: str) -> str:
    """Send a test, follow where it leads, and read what is said there."""
    response = desk.post(f"/admin/posts/{post.pk}/email/test/", {"address": addresses}, follow=True)
    assert response.redirect_chain == [(f"/admin/posts/{post.pk}/email/", 302)]
    return BeautifulSoup(response.content, "html.parser").select_one(".messages").text  # type: ignore[union-attr]


def test_a_test_arrives_at_each_address_and_the_next_page_says_so(
    desk: Client, draft: PostPage, outbox_folder: Path
) -> None:
    said = try_on(desk, draft, "me@example.org, phone@example.org; me@example.org")
    assert "The test to me@example.org, phone@example.org lies in the outbox" in said
    assert "Read it" in said
    mails = [message_from_bytes(file.read_bytes()) for file in (outbox_folder / "new").iterdir()]
    assert {mail["To"] for mail in mails} == {"me@example.org", "phone@example.org"}
    assert {mail["Subject"] for mail in mails} == {"[Test] Permission to stop"}
    draft.refresh_from_db()
    assert not draft.live
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nobody", "“nobody” is no email address"),
        ("me@example.org you@", "“you@” is no email address"),
        (" ".join(f"a{n}@example.org" for n in range(6)), "at most 5"),
        ("", "This field is required"),
    ],
)
def test_a_test_to_no_address_says_what_is_wrong(
    desk: Client, draft: PostPage, outbox_folder: Path, typed: str, said: str
) -> None:
    response = desk.post(f"/admin/posts/{draft.pk}/email/test/", {"address": typed})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert list((outbox_folder / "new").iterdir()) == []


def test_a_server_that_is_away_is_named_and_nobody_else_is_tried(
    desk: Client, draft: PostPage, settings: Any, unused_port: int
) -> None:
    settings.EMAIL_URL = f"smtp://127.0.0.1:{unused_port}"
    said = try_on(desk, draft, "me@example.org you@example.org")
    assert "The test to me@example.org did not leave" in said
    assert "keep trying" not in said
    assert "when that is mended, send another test" in said
    assert f"the mail server 127.0.0.1:{unused_port}" in said
    assert "Not tried: you@example.org." in said


def test_what_one_server_refuses_and_takes_is_told_apart(
    desk: Client, draft: PostPage, settings: Any
) -> None:
    with Sink(rcpt={"gone@example.org": "550 5.1.1 nobody here"}) as sink:
        settings.EMAIL_URL = sink.url
        said = try_on(desk, draft, "gone@example.org me@example.org")
    assert "The test to gone@example.org did not leave: 550 5.1.1 nobody here" in said
    assert "The test to me@example.org was taken by the mail server" in said
