"""The report of a mailing in the desk: page, question and file."""

import csv
import io
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.delivery.models import ALL_STATES, Delivery, Mailing
from subscribers.models import Subscriber
from tests.delivery.making import add_waiting
from tests.delivery.reporting.making import begin_earlier, leave, make_settled
from tests.factories import make_member, make_newsletter, make_post, make_subscriber

State = Delivery.State


@pytest.fixture
def mailing(owner: User) -> Mailing:
    """Every state, with reasons and words, and one who waits."""
    newsletter = make_newsletter()
    mailing = make_settled(
        (State.ATTEMPTING, "", None),
        (State.ACCEPTED, "", None),
        (State.REFUSED, "", "550 5.1.1 no <such> reader"),
        (State.RETRYING, "", "451 later"),
        (State.IN_DOUBT, "", "no answer"),
        (State.LEFT_OUT, "resting", None),
        (State.DELIVERED, "", None),
        (State.BOUNCED, "hard", "=1+1 gone"),
        (State.COMPLAINED, "", None),
        newsletter=newsletter,
    )
    add_waiting(mailing, [make_subscriber(newsletter, address="last@example.org").pk])
    begin_earlier(mailing, timedelta(hours=2))
    post = make_post(title="Small steps", newsletter=newsletter)
    Mailing.objects.filter(pk=mailing.pk).update(candidates=10, post=post)
    mailing.refresh_from_db()
    return mailing


@pytest.fixture
def publisher(site: object) -> Client:
    """A browser of somebody who may publish, and may not see subscribers."""
    client = Client()
    client.force_login(make_member("cleo", group="Moderators"))
    return client


def report(client: Client, mailing: Mailing) -> BeautifulSoup:
    response = client.get(f"/admin/mailings/{mailing.pk}/report/")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def ask(client: Client, mailing: Mailing, address: str) -> Any:
    return client.post(f"/admin/mailings/{mailing.pk}/report/reader/", {"address": address})


# --- The page -----------------------------------------------------------------------------


def test_the_page_of_the_mailing_leads_to_it(desk: Client, mailing: Mailing) -> None:
    html = desk.get(f"/admin/mailings/{mailing.pk}/").content.decode()
    assert f"/admin/mailings/{mailing.pk}/report/" in html


def test_the_table_adds_up_to_the_last_recipient(desk: Client, mailing: Mailing) -> None:
    soup = report(desk, mailing)
    table = soup.select_one("#states-heading ~ table")
    assert table is not None
    rows = table.select("tbody tr:not(.desk-part)")
    assert len(rows) == len(ALL_STATES)
    numbers = [int(row.select_one("td.desk-number").text) for row in rows]  # type: ignore[union-attr]
    assert sum(numbers) == 10
    assert "exactly the 10 who were subscribed" in words(soup)


def test_parts_stand_below_their_state(desk: Client, mailing: Mailing) -> None:
    parts = [" ".join(part.text.split()) for part in report(desk, mailing).select(".desk-part th")]
    assert parts == [
        "of these, 5.1.1 the address does not existFor example: “550 5.1.1 no <such> reader”",
        "of these, resting from mails for now",
        "of these, the address does not exist or takes no mail, for good",
    ]


def test_numbers_that_do_not_add_up_are_admitted(desk: Client, mailing: Mailing) -> None:
    Mailing.objects.update(candidates=11)
    assert "It does not add up" in words(report(desk, mailing))


def test_attempts_are_told(desk: Client, mailing: Mailing) -> None:
    said = words(report(desk, mailing))
    assert "Not attempted 2" in said
    assert "8 attempts together" in said


def test_each_chart_stands_there_in_words_too(desk: Client, mailing: Mailing) -> None:
    soup = report(desk, mailing)
    charts = soup.select("figure.desk-chart svg")
    titles = [str(chart["aria-label"]).partition(",")[0] for chart in charts]
    assert titles == [
        "Accepted: 4 people",
        "Delivered: 1 person",
        "Bounced: 1 person",
        "Complained: 1 person",
    ]
    assert all(chart.select("rect") for chart in charts)
    tables = soup.select("details table")
    heads = [[th.text for th in table.select("thead th")] for table in tables]
    assert heads == [["From", "Accepted"], ["From", "Delivered", "Bounced", "Complained"]]


def test_numbers_in_a_drawing_have_a_point_in_every_language(
    desk: Client, owner: User, mailing: Mailing
) -> None:
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(user=owner, defaults={"preferred_language": "de"})
    values = [rect["y"] for rect in report(desk, mailing).select("rect")]
    values += [rect["width"] for rect in report(desk, mailing).select("rect")]
    assert any("." in value for value in values)
    assert not any("," in value for value in values)


def test_whoever_left_since_is_counted_with_the_reason_to_doubt(
    desk: Client, mailing: Mailing
) -> None:
    row = Delivery.objects.get(state=State.DELIVERED)
    leave(row.subscriber_id, mailing.newsletter, at=timezone.now() - timedelta(minutes=5))
    said = words(report(desk, mailing))
    assert "1 person left “" in said
    assert "fourteen days after the start" in said
    assert "Left the newsletter: 1 person" in said


def test_a_mailing_of_which_nothing_is_known_yet_says_so(desk: Client, mailing: Mailing) -> None:
    Delivery.objects.all().delete()
    said = words(report(desk, mailing))
    assert "Nothing was accepted yet" in said
    assert "Nothing was reported yet" in said


def test_a_deleted_post_keeps_its_report(desk: Client, mailing: Mailing) -> None:
    assert mailing.post is not None
    mailing.post.delete()
    assert "A slow day" in words(report(desk, mailing))


def test_headings_are_in_order(desk: Client, mailing: Mailing) -> None:
    levels = [int(tag.name[1]) for tag in report(desk, mailing).select("main :is(h1,h2,h3,h4)")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_it_costs_the_same_for_one_and_for_three(desk: Client, owner: User) -> None:
    def count(mailing: Mailing) -> int:
        report(desk, mailing)
        with CaptureQueriesContext(connection) as queries:
            report(desk, mailing)
        return len(queries)

    one = make_settled((State.BOUNCED, "hard", "550 gone"), (State.REFUSED, "", "550 5.1.1 no"))
    many = make_settled(
        *[(State.BOUNCED, why, "550 gone") for why in ("hard", "soft", "blocked")],
        *[(State.REFUSED, "", f"550 5.1.{n} no") for n in range(3)],
    )
    assert count(one) == count(many)


def test_looking_changes_nothing(desk: Client, mailing: Mailing) -> None:
    report(desk, mailing)
    ask(desk, mailing, "last@example.org")  # makes the key of suppressions, once per site
    with CaptureQueriesContext(connection) as queries:
        report(desk, mailing)
        ask(desk, mailing, "last@example.org")
    said = [query["sql"].lstrip("(") for query in queries]
    writes = ("INSERT", "UPDATE", "DELETE")
    assert [sql for sql in said if sql.startswith(writes)] == []


# --- One reader ---------------------------------------------------------------------------


def test_a_reader_is_answered(desk: Client, mailing: Mailing) -> None:
    response = ask(desk, mailing, " LAST@example.org ")
    html = response.content.decode()
    assert "Not yet." in html
    assert "All about this reader" in html
    assert "no-store" in response["Cache-Control"]


def test_the_servers_words_are_text_and_not_markup(desk: Client, mailing: Mailing) -> None:
    row = Delivery.objects.get(state=State.REFUSED)
    html = ask(desk, mailing, Subscriber.objects.get(pk=row.subscriber_id).email).content.decode()
    assert "550 5.1.1 no &lt;such&gt; reader" in html


def test_what_is_no_address_is_told_how_to_be_one(desk: Client, mailing: Mailing) -> None:
    response = ask(desk, mailing, "last at example")
    assert response.status_code == 422
    assert "An email address has an @ in it" in response.content.decode()


def test_an_address_in_a_link_is_not_looked_at(desk: Client, mailing: Mailing) -> None:
    """It would stay behind in logs; the form alone is what a link shows."""
    address = f"/admin/mailings/{mailing.pk}/report/reader/?address=last@example.org"
    html = desk.get(address).content.decode()
    assert "Ask about one reader" in html
    assert "Not yet." not in html


def test_the_form_posts(desk: Client, mailing: Mailing) -> None:
    form = report(desk, mailing).select_one("form:has([name=address])")
    assert form is not None
    assert (form["method"], form["action"]) == (
        "post",
        f"/admin/mailings/{mailing.pk}/report/reader/",
    )


# --- Everybody as a file ------------------------------------------------------------------


def read(client: Client, mailing: Mailing) -> list[dict[str, str]]:
    response = client.post(f"/admin/mailings/{mailing.pk}/report/deliveries.csv")
    assert isinstance(response, StreamingHttpResponse)
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_file_has_a_row_for_each_candidate(desk: Client, mailing: Mailing) -> None:
    rows = read(desk, mailing)
    assert len(rows) == mailing.candidates == 10
    assert {row["state"] for row in rows} == set(ALL_STATES)
    waiting = next(row for row in rows if row["state"] == "waiting")
    assert waiting == {
        "address": "last@example.org",
        "state": "waiting",
        "reason": "",
        "attempts": "0",
        "changed_at": "",
        "words": "",
    }


def test_no_cell_is_a_formula(desk: Client, mailing: Mailing) -> None:
    Subscriber.objects.filter(address="last@example.org").update(email="+tag@example.org")
    rows = read(desk, mailing)
    assert next(row for row in rows if row["state"] == "bounced")["words"] == "'=1+1 gone"
    assert next(row for row in rows if row["state"] == "waiting")["address"] == "'+tag@example.org"


def test_times_say_where_they_are(desk: Client, mailing: Mailing) -> None:
    row = next(row for row in read(desk, mailing) if row["state"] == "accepted")
    assert datetime.fromisoformat(row["changed_at"]).tzinfo is not None


def test_the_file_is_named_after_post_and_day(desk: Client, mailing: Mailing) -> None:
    address = f"/admin/mailings/{mailing.pk}/report/deliveries.csv"
    day = f"{timezone.localdate():%Y-%m-%d}"
    name = f'filename="small-steps-{day}-deliveries.csv"'
    assert name in desk.post(address)["Content-Disposition"]
    assert mailing.post is not None
    mailing.post.delete()
    name = f'filename="mailing-{mailing.pk}-{day}-deliveries.csv"'
    assert name in desk.post(address)["Content-Disposition"]


def test_the_header_comes_before_anything_is_read(desk: Client, mailing: Mailing) -> None:
    response = desk.post(f"/admin/mailings/{mailing.pk}/report/deliveries.csv")
    assert isinstance(response, StreamingHttpResponse)
    with CaptureQueriesContext(connection) as queries:
        first = next(iter(response))
    assert first.decode("utf-8-sig") == "address,state,reason,attempts,changed_at,words\r\n"
    assert len(queries) == 0


# --- Who may ------------------------------------------------------------------------------

PAGES = ["report/", "report/reader/", "report/deliveries.csv"]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_sign_in(client: Client, mailing: Mailing, page: str) -> None:
    response = client.get(f"/admin/mailings/{mailing.pk}/{page}")
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("page", PAGES)
def test_an_editor_who_may_not_publish_is_refused(
    editor: Client, mailing: Mailing, page: str
) -> None:
    assert editor.get(f"/admin/mailings/{mailing.pk}/{page}")["Location"] == "/admin/"


def test_a_publisher_sees_numbers_and_no_readers(publisher: Client, mailing: Mailing) -> None:
    said = words(report(publisher, mailing))
    assert "5.1.1 the address does not exist" in said
    assert "For example" not in said  # servers like to name the reader in their words
    assert "Did they get it?" not in said
    for page in PAGES[1:]:
        response = publisher.get(f"/admin/mailings/{mailing.pk}/{page}")
        assert response["Location"] == "/admin/"
    assert ask(publisher, mailing, "last@example.org")["Location"] == "/admin/"


def test_a_publisher_who_may_see_readers_may_ask(publisher: Client, mailing: Mailing) -> None:
    user = User.objects.get(username="cleo")
    user.user_permissions.add(Permission.objects.get(codename="view_subscriber"))
    assert "Not yet." in ask(publisher, mailing, "last@example.org").content.decode()


def test_there_is_no_report_of_nothing(desk: Client) -> None:
    for page in PAGES[:2]:
        assert desk.get(f"/admin/mailings/77/{page}").status_code == 404
    assert desk.post(f"/admin/mailings/77/{PAGES[2]}").status_code == 404
