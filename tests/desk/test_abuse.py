"""What the desk says and offers when somebody misuses the sign-up form."""

from django.contrib.auth.models import User
from django.test import Client

from posts.content.actions import Foundation
from subscribers.addresses import normalise
from subscribers.limits import throttle
from subscribers.limits.models import BlockedDomain


def many_ask(kind: throttle.RequestKind) -> None:
    for number in range(80):  # so many that an hour's end in between hides nothing
        address = normalise(f"a{number}@example.org")
        throttle.allow(kind=kind, address=address, network=f"10.0.{number}.0/24", proven=True)


def test_on_an_ordinary_day_nothing_is_said(desk: Client) -> None:
    assert "Unusually many" not in desk.get("/admin/").text


def test_a_surge_of_sign_ups_is_said_with_what_to_do(desk: Client) -> None:
    many_ask(throttle.RequestKind.SIGN_UP)
    page = desk.get("/admin/").text
    assert "sign-ups within an hour" in page
    assert "Block a domain" in page
    assert "requests for a link" not in page


def test_a_surge_of_wishes_for_a_link_is_said_too(desk: Client) -> None:
    many_ask(throttle.RequestKind.LINK)
    assert "requests for a link" in desk.get("/admin/").text


def test_who_may_not_publish_is_not_troubled(editor: Client) -> None:
    many_ask(throttle.RequestKind.SIGN_UP)
    assert "Unusually many" not in editor.get("/admin/").text


def test_a_domain_is_blocked_by_what_one_has_at_hand(desk: Client, owner: User) -> None:
    for typed in ("Bücher.example", "@spam.example", "somebody@more.example"):
        desk.post("/admin/blocked-domains/new/", {"domain": typed})
    blocked = BlockedDomain.objects.order_by("domain").values_list("domain", "by")
    assert list(blocked) == [
        ("more.example", owner.username),
        ("spam.example", owner.username),
        ("xn--bcher-kva.example", owner.username),
    ]
    assert "spam.example" in desk.get("/admin/blocked-domains/").text


def test_what_is_no_domain_is_refused_and_kept_in_the_form(desk: Client) -> None:
    answer = desk.post("/admin/blocked-domains/new/", {"domain": "not a domain"})
    assert "It looks like example.org." in answer.text
    assert "not a domain" in answer.text
    assert not BlockedDomain.objects.exists()


def test_a_domain_is_blocked_once(desk: Client) -> None:
    for _ in range(2):
        answer = desk.post("/admin/blocked-domains/new/", {"domain": "spam.example"})
    assert answer.status_code == 200
    assert BlockedDomain.objects.count() == 1


def test_a_blocked_domain_is_let_in_again(desk: Client, site: Foundation) -> None:
    row = BlockedDomain.objects.create(domain="spam.example", by="ada")
    desk.post(f"/admin/blocked-domains/delete/{row.pk}/")
    assert Client().post("/subscribe/", {"email": "a@spam.example"}).status_code == 200
