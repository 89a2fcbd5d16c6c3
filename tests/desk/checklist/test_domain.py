"""What the sender's domain says of its letters, in the checklist."""

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.delivery.transports.records import Lookup
from posts.desk.checklist.checklist import Checklist, checklist
from posts.desk.checklist.items import ChecklistItem
from tests.desk.checklist.conftest import SPF
from tests.factories import make_newsletter, make_post, make_subscriber
from tests.name_server import NameServer


@pytest.fixture
def post(site: Foundation, settings: LazySettings) -> PostPage:
    settings.SITE_URL = "https://letters.fern.garden"
    settings.EMAIL_URL = "smtp://mail.fern.garden"
    newsletter = make_newsletter(from_email="ada@fern.garden")
    made = make_post(newsletter=newsletter, body=[("paragraph", "<p>Tea and a little rest.</p>")])
    post: PostPage = PostPage.objects.get(pk=made.pk)
    return post


def of_domain(items: list[ChecklistItem]) -> list[ChecklistItem]:
    return [item for item in items if "(SPF" in item.said or "(D" in item.said]


def looked_at(post: PostPage) -> Checklist:
    return checklist(post, people=3)


@pytest.mark.django_db
def test_a_domain_that_vouches_for_its_letters_is_one_quiet_line(
    post: PostPage, server: NameServer
) -> None:
    found = looked_at(post)
    [item] = of_domain(found.fine)
    assert item.said == "fern.garden vouches for your letters (SPF, DKIM, DMARC)."
    assert of_domain([*found.mend, *found.look, *found.unknown]) == []


@pytest.mark.django_db
def test_what_is_missing_is_there_to_be_pasted_and_keeps_nothing_back(
    post: PostPage, server: NameServer
) -> None:
    server.zone = {}
    found = looked_at(post)
    spf, dkim, dmarc = of_domain(found.look)
    assert spf.paste == "v=spf1 mx a:mail.fern.garden ~all"
    assert "your mail provider, shows the record" in dkim.said
    assert "to _dmarc.fern.garden:" in dmarc.said
    assert dmarc.paste == "v=DMARC1; p=none"
    assert found.mend == []


@pytest.mark.django_db
def test_another_server_is_joined_into_the_record_that_is_there(
    post: PostPage, server: NameServer
) -> None:
    server.zone[SPF] = ['"v=spf1 include:shop.garden -all"']
    [spf] = of_domain(looked_at(post).look)
    assert spf.paste == "v=spf1 include:shop.garden a:mail.fern.garden -all"


@pytest.mark.django_db
def test_where_nobody_answers_it_says_so_after_one_try(post: PostPage, server: NameServer) -> None:
    server.silent = True
    found = looked_at(post)
    [item] = of_domain(found.unknown)
    assert "could not be looked up just now" in item.said
    assert {name for name, _kind in server.asked} == {"fern.garden"}
    assert not found.for_worker


@pytest.mark.django_db
def test_nobody_is_asked_twice_within_some_minutes(post: PostPage, server: NameServer) -> None:
    looked_at(post)
    asked = len(server.asked)
    assert of_domain(looked_at(post).fine)
    assert len(server.asked) == asked == 3


@pytest.mark.django_db
@pytest.mark.parametrize("way_out", ["outbox:", "smtp://"])
def test_where_nothing_leaves_nobody_is_asked(
    post: PostPage, server: NameServer, settings: LazySettings, way_out: str
) -> None:
    settings.EMAIL_URL = way_out
    looked_at(post)
    assert server.asked == []


@pytest.mark.django_db
def test_nobody_is_asked_for_a_sender_that_is_an_example(
    post: PostPage, server: NameServer
) -> None:
    post.newsletter.from_email = "ada@letters.example.org"
    looked_at(post)
    assert server.asked == []


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_outside_of_any_transaction_and_stands_on_the_page(
    site: Foundation,
    desk: Client,
    post: PostPage,
    server: NameServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = []
    ask = Lookup._resolve

    def watched(self: Lookup, name: str, kind: str) -> object:
        inside.append(connection.in_atomic_block)
        return ask(self, name, kind)

    monkeypatch.setattr(Lookup, "_resolve", watched)
    server.zone = {}
    make_subscriber(post.newsletter)
    shown = desk.get(f"/admin/posts/{post.pk}/email/").content.decode()
    assert '<code class="desk-code">v=spf1 mx a:mail.fern.garden ~all</code>' in shown
    assert inside == [False] * 3
