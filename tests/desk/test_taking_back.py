"""Deleting or unpublishing what was mailed: what is said before, and what is left after."""

import pytest
from django.test import Client

from posts.content.models import PostPage
from posts.delivery.models import Delivery, Mailing
from tests.delivery.making import settle
from tests.desk.pressing import press

KEPT = "2 people have it as a letter"


@pytest.fixture
def mailed(desk: Client, draft: PostPage) -> Mailing:
    """A post that two people have, and one has not."""
    PostPage.objects.filter(pk=draft.pk).update(mail_subject="You may stop")
    draft.refresh_from_db()
    draft.save_revision()
    mailing = press(desk, draft)
    taken = (Delivery.State.ACCEPTED, Delivery.State.DELIVERED, Delivery.State.REFUSED)
    settle(mailing, *((state, "") for state in taken))
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.FINISHED)
    return mailing


@pytest.mark.parametrize("verb", ["delete", "unpublish"])
def test_it_says_who_has_the_letter_and_where_its_links_lead(
    desk: Client, mailed: Mailing, verb: str
) -> None:
    html = desk.get(f"/admin/pages/{mailed.post_id}/{verb}/").content.decode()
    assert KEPT in html
    assert "reads that it was taken back" in html
    assert "goes on" not in html
    bulk = desk.get(f"/admin/bulk/wagtailcore/page/{verb}/?id={mailed.post_id}").content.decode()
    assert "“Permission to stop” was mailed." in bulk
    assert KEPT in bulk


def test_while_it_goes_out_it_says_that_this_goes_on(desk: Client, mailed: Mailing) -> None:
    Mailing.objects.update(state=Mailing.State.SENDING)
    html = desk.get(f"/admin/pages/{mailed.post_id}/unpublish/").content.decode()
    assert "cancel the mailing first" in html


@pytest.mark.parametrize("verb", ["delete", "unpublish"])
def test_of_a_post_that_nobody_got_nothing_is_said(
    desk: Client, draft: PostPage, verb: str
) -> None:
    draft.save_revision().publish()
    html = desk.get(f"/admin/pages/{draft.pk}/{verb}/").content.decode()
    assert "as a letter" not in html


def test_the_mailing_of_a_deleted_post_keeps_the_subject_that_readers_saw(
    desk: Client, mailed: Mailing
) -> None:
    post = PostPage.objects.get(pk=mailed.post_id)
    PostPage.objects.filter(pk=post.pk).update(mail_subject="Another since")
    response = desk.post(f"/admin/pages/{post.pk}/delete/", {"next": ""}, follow=True)
    assert response.status_code == 200
    assert not PostPage.objects.filter(pk=post.pk).exists()
    for address in ("/admin/mailings/", f"/admin/mailings/{mailed.pk}/"):
        html = desk.get(address).content.decode()
        assert "You may stop" in html
        assert "A deleted post" not in html
