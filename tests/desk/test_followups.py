"""After a mailing went out: a correction, and a catch-up."""

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

from posts.content.models import PostPage
from posts.delivery.mailings import schedule
from posts.delivery.models import Delivery, Mailing
from tests.delivery.clerk import hand_over
from tests.desk.pressing import act, fresh, page, press
from tests.factories import make_subscriber

# --- Correction ---------------------------------------------------------------------------


@pytest.fixture
def emailed(desk: Client, draft: PostPage) -> Mailing:
    mailing = press(desk, draft)
    schedule.start_now(mailing=mailing, by="ada")
    hand_over()
    return fresh(mailing)


def correction_form(desk: Client, first: Mailing, **changed: str) -> dict[str, str]:
    html = desk.get(f"/admin/mailings/{first.pk}/correction/").content
    found = BeautifulSoup(html, "html.parser")
    fields = found.select("form [name=subject], form [name=seen], form [name=address]")
    form = {str(field["name"]): str(field.get("value", "")) for field in fields}
    return {**form, "note": "It is Tuesday.", "press": "send", **changed}


def correct(desk: Client, first: Mailing, form: dict[str, str]) -> Any:
    return desk.post(f"/admin/mailings/{first.pk}/correction/", form)


def test_a_correction_is_held_sent_and_stands_beside_the_first(
    desk: Client, emailed: Mailing
) -> None:
    assert "Send a correction…" in page(desk, emailed)
    html = desk.get(f"/admin/mailings/{emailed.pk}/correction/").content.decode()
    assert "Send the correction to 3 people" in html
    form = correction_form(desk, emailed)
    assert form["subject"] == "Correction: Permission to stop"
    response = correct(desk, emailed, form)
    made = Mailing.objects.get(kind="correction")
    assert response["Location"] == f"/admin/mailings/{made.pk}/"
    assert (made.state, made.candidates, made.note) == ("held", 3, "It is Tuesday.")
    html = page(desk, made)
    assert "Undo: email nobody" in html
    assert "It is Tuesday." in html
    assert "First mailing" in html
    assert "Correction" in page(desk, emailed)
    schedule.start_now(mailing=made, by="ada")
    assert len(hand_over()) == 3


def test_a_second_press_of_a_correction_sends_nothing(desk: Client, emailed: Mailing) -> None:
    form = correction_form(desk, emailed)
    correct(desk, emailed, form)
    Mailing.objects.update(created_at=timezone.now() - timedelta(hours=1))
    response = desk.post(f"/admin/mailings/{emailed.pk}/correction/", form, follow=True)
    assert "this press sent nothing" in response.content.decode()
    assert Mailing.objects.filter(kind="correction").count() == 1


def test_a_correction_is_tried_on_oneself_and_the_text_is_kept(
    desk: Client, emailed: Mailing, outbox_folder: Path
) -> None:
    form = correction_form(desk, emailed, press="test")
    html = correct(desk, emailed, form).content.decode()
    assert "The test to ada@letters.example lies in the outbox" in html
    assert "It is Tuesday.</textarea>" in html
    [file] = (outbox_folder / "new").iterdir()
    message = message_from_bytes(file.read_bytes())
    assert message["Subject"] == "[Test] Correction: Permission to stop"
    assert not Mailing.objects.filter(kind="correction").exists()


def test_a_correction_without_words_is_not_sent(desk: Client, emailed: Mailing) -> None:
    response = correct(desk, emailed, correction_form(desk, emailed, note=" "))
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_the_page_says_who_is_not_reached_by_a_correction(desk: Client, emailed: Mailing) -> None:
    one = Delivery.objects.order_by("subscriber_id")[0]
    Delivery.objects.filter(subscriber_id=one.subscriber_id).update(state=Delivery.State.IN_DOUBT)
    PostPage.objects.update(has_unpublished_changes=True)
    html = desk.get(f"/admin/mailings/{emailed.pk}/correction/").content.decode()
    assert "Send the correction to 2 people" in html
    assert "1 person of whom no answer came" in html
    assert "changes that are not published" in html


def test_a_post_that_is_off_the_web_is_not_corrected(desk: Client, emailed: Mailing) -> None:
    form = correction_form(desk, emailed)
    PostPage.objects.update(live=False)
    response = correct(desk, emailed, form)
    assert response.status_code == 409
    assert "is not published at the moment" in response.content.decode()


def test_nobody_is_to_be_corrected_before_a_letter_was_taken(desk: Client, draft: PostPage) -> None:
    mailing = press(desk, draft)
    assert "Send a correction…" not in page(desk, mailing)
    html = desk.get(f"/admin/mailings/{mailing.pk}/correction/").content.decode()
    assert "Nobody is to be corrected" in html


def test_a_correction_has_no_correction_of_its_own(desk: Client, emailed: Mailing) -> None:
    correct(desk, emailed, correction_form(desk, emailed))
    made = Mailing.objects.get(kind="correction")
    assert desk.get(f"/admin/mailings/{made.pk}/correction/").status_code == 404


# --- Catch-up -----------------------------------------------------------------------------


def test_who_subscribed_since_is_offered_the_post(
    desk: Client, draft: PostPage, emailed: Mailing
) -> None:
    assert "subscribed since…" not in page(desk, emailed)
    for _ in range(2):
        make_subscriber(draft.newsletter)
    assert "Email the 2 people who subscribed since…" in page(desk, emailed)
    html = act(desk, emailed, "catch-up")
    made = Mailing.objects.get(kind="catch_up")
    assert (made.state, made.candidates) == ("held", 2)
    assert "Catch-up of" in html
    assert "subscribed since…" not in page(desk, emailed)
    assert "this press changed nothing" in act(desk, emailed, "catch-up")
    assert Mailing.objects.filter(kind="catch_up").count() == 1


def test_more_newcomers_cost_no_more_queries(
    desk: Client, draft: PostPage, emailed: Mailing
) -> None:
    def cost() -> int:
        page(desk, emailed)
        with CaptureQueriesContext(connection) as queries:
            page(desk, emailed)
        return len(queries)

    make_subscriber(draft.newsletter)
    one = cost()
    for _ in range(4):
        make_subscriber(draft.newsletter)
    assert cost() == one
