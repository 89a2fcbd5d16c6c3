"""Readers through the API: consent, suppression, and what a token may know."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posts.api import limits
from posts.content.actions import Foundation
from subscribers import actions
from subscribers.addresses import normalise
from subscribers.limits.throttle import Limit
from subscribers.models import (
    ConsentEvent,
    Subscriber,
    Subscription,
    Suppression,
    TransactionalMail,
)
from tests.api.calling import Program, told
from tests.factories import make_newsletter, make_subscriber

ADDRESS = "maria@example.org"
CONSENT = {"source": "Sign-up sheet, reading in Ghent", "date": "2026-05-03"}


def test_who_is_added_is_asked_by_mail_and_gets_no_letter_before(program: Program) -> None:
    added = told(program.post("subscribers", {"address": ADDRESS, "name": "Maria"}), 201)
    assert added["outcomes"] == [{"newsletter": "letters", "outcome": "asked"}]
    assert Subscription.objects.get().status == "pending"
    assert TransactionalMail.objects.filter(kind="confirm", due_at__isnull=False).exists()


def test_stated_consent_is_kept_with_source_and_date(program: Program) -> None:
    added = told(program.post("subscribers", {"address": ADDRESS, "consent": CONSENT}), 201)
    assert added["outcomes"][0]["outcome"] == "added"
    assert Subscription.objects.get().status == "active"
    assert not TransactionalMail.objects.exists()
    (event,) = told(program.get(f"subscribers/{added['id']}/events"))["data"]
    assert event["source"] == "Sign-up sheet, reading in Ghent, 2026-05-03"
    assert event["by"] == "ada (Shop)"


@pytest.mark.parametrize(
    "consent",
    [
        {"source": "  ", "date": "2026-05-03"},
        {"source": "Talk"},
        {"date": "2026-05-03"},
        {"source": "Talk", "date": "2026-02-30"},
        {"source": "Talk", "date": str(timezone.localdate() + timedelta(days=2))},
        "yes",
    ],
)
def test_half_a_consent_is_none(consent: object, program: Program) -> None:
    answer = program.post("subscribers", {"address": ADDRESS, "consent": consent})
    assert answer.status_code in (400, 422)
    assert not Subscriber.objects.exists()


def test_who_said_no_stays_out_whatever_a_program_says(program: Program, site: Foundation) -> None:
    left = make_subscriber(site.newsletter, address="left@example.org")
    actions.unsubscribe(subscription=left.subscriptions.get(), source="", by="reader")
    actions.suppress(
        address=normalise("never@example.org"),
        reason=Suppression.Reason.COMPLAINED,
        source="",
        by="tests",
    )
    outcomes = [
        told(program.post("subscribers", {"address": address, "consent": CONSENT}), 201)
        for address in ("left@example.org", "never@example.org")
    ]
    assert [one["outcomes"][0]["outcome"] for one in outcomes] == ["left", "blocked"]
    bulk = {
        "consent": CONSENT,
        "subscribers": [{"address": "left@example.org"}, {"address": "never@example.org"}],
    }
    assert told(program.post("subscribers/bulk", bulk))["added"] == 0
    assert not Subscription.objects.filter(status="active").exists()


def test_who_said_no_is_not_even_asked_by_a_program(program: Program, site: Foundation) -> None:
    left = make_subscriber(site.newsletter, address="left@example.org")
    actions.unsubscribe(subscription=left.subscriptions.get(), source="", by="reader")
    for reason in (Suppression.Reason.COMPLAINED, Suppression.Reason.ERASED):
        address = normalise(f"{reason}@example.org")
        actions.suppress(address=address, reason=reason, source="", by="tests")
    outcomes = [
        told(program.post("subscribers", {"address": f"{name}@example.org"}), 201)["outcomes"]
        for name in ("left", "complained", "erased")
    ]
    assert [one["outcome"] for (one,) in outcomes] == ["left", "blocked", "blocked"]
    rows = [{"address": f"{name}@example.org"} for name in ("left", "complained", "erased")]
    told(program.post("subscribers/bulk", {"subscribers": rows, "ask_to_confirm": True}))
    assert not TransactionalMail.objects.filter(kind="confirm", due_at__isnull=False).exists()
    other = make_newsletter()
    sent = {"address": "left@example.org", "newsletters": ["letters", other.slug]}
    came = told(program.post("subscribers", sent), 201)["outcomes"]
    assert [one["outcome"] for one in came] == ["left", "asked"]
    assert left.subscriptions.filter(asked_at__isnull=False).get().newsletter == other


def test_a_program_has_no_more_people_asked_in_an_hour_than_all_forms(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_SITE", Limit(3, timedelta(hours=1)))
    rows = [{"address": f"a{number}@example.org"} for number in range(4)]
    told(program.post("subscribers/bulk", {"subscribers": rows, "ask_to_confirm": True}), 422)
    told(program.post("subscribers/bulk", {"subscribers": rows, "consent": CONSENT}))
    two = {"subscribers": [{"address": f"b{n}@example.org"} for n in range(2)]}
    for _ in range(2):
        told(program.post("subscribers/bulk", {**two, "ask_to_confirm": True}, key="two"))
    told(program.post("subscribers", {"address": "c@example.org"}, key="one"), 201)
    said = told(program.post("subscribers", {"address": "d@example.org"}), 429)
    assert said["type"].endswith("#problem-too-many")
    told(program.post("subscribers", {"address": "c@example.org"}, key="one"), 201)
    assert not Subscriber.objects.filter(address="d@example.org").exists()


def test_a_token_without_sight_of_readers_learns_nothing_of_them(
    owner: User, site: Foundation
) -> None:
    person = make_subscriber(site.newsletter, address=ADDRESS)
    program = Program(owner, "subscribers:write")
    known = told(program.post("subscribers", {"address": ADDRESS, "consent": CONSENT}), 201)
    new = told(program.post("subscribers", {"address": "b@example.org", "consent": CONSENT}), 201)
    assert known == new == {"id": None, "outcomes": []}
    bulk = {"consent": CONSENT, "subscribers": [{"address": ADDRESS}, {"address": "no"}]}
    said = told(program.post("subscribers/bulk", bulk))
    assert {name: value for name, value in said.items() if value is not None} == {
        "read": 2,
        "rejected": 1,
        "problems": [{"row": 1, "problem": "This is no address that mail can be sent to."}],
    }
    for path in ("subscribers", f"subscribers/{person.pk}", f"subscribers/{person.pk}/events"):
        told(program.get(path), 403)
    told(program.post("subscribers/find", {"address": ADDRESS}), 403)
    told(program.get("tags"), 403)
    told(program.send("DELETE", f"subscribers/{person.pk}"), 403)


def test_many_are_added_in_one_call(program: Program, site: Foundation) -> None:
    make_subscriber(site.newsletter, address="known@example.org")
    rows = [
        {"address": "A@Example.org", "name": "Ada\x00\nFern", "tags": ["Talks", " Talks\n"]},
        {"address": "known@example.org"},
        {"address": "nobody at all"},
        {"address": "a@example.org"},
    ]
    said = told(program.post("subscribers/bulk", {"consent": CONSENT, "subscribers": rows}))
    assert said["problems"] == [
        {"row": 2, "problem": "This is no address that mail can be sent to."}
    ]
    counts = {name: said[name] for name in ("read", "added", "unchanged", "rejected")}
    assert counts == {"read": 4, "added": 1, "unchanged": 2, "rejected": 1}
    person = Subscriber.objects.get(address="a@example.org")
    found = told(program.get(f"subscribers/{person.pk}"))
    assert (found["name"], found["tags"]) == ("Ada Fern", ["Talks"])
    assert found["subscriptions"] == [{"newsletter": "letters", "status": "active"}]


def test_many_are_mailed_only_if_that_is_said(program: Program) -> None:
    rows = [{"address": ADDRESS}]
    told(program.post("subscribers/bulk", {"subscribers": rows}), 422)
    both = {"subscribers": rows, "ask_to_confirm": True, "consent": CONSENT}
    told(program.post("subscribers/bulk", both), 422)
    assert not Subscriber.objects.exists()
    told(program.post("subscribers/bulk", {"subscribers": rows, "ask_to_confirm": True}))
    assert TransactionalMail.objects.filter(kind="confirm", due_at__isnull=False).count() == 1


def test_a_reader_is_found_tagged_unsubscribed_and_erased(
    program: Program, site: Foundation
) -> None:
    other = make_newsletter()
    person = make_subscriber(site.newsletter, address=ADDRESS)
    Subscription.objects.create(subscriber=person, newsletter=other, status="active")
    path = f"subscribers/{person.pk}"
    assert told(program.post("subscribers/find", {"address": "MARIA@example.org"}))["id"]
    told(program.post("subscribers/find", {"address": "b@example.org"}), 404)
    told(program.send("PUT", f"{path}/tags", {"tags": ["Talks", "Ghent"]}))
    assert told(program.send("PUT", f"{path}/tags", {"tags": ["ghent"]})) == {"tags": ["Ghent"]}
    tags = {tag["name"]: tag["people"] for tag in told(program.get("tags"))["data"]}
    assert tags == {"Ghent": 1, "Talks": 0}
    assert told(program.post(f"{path}/unsubscribe", {"newsletter": "letters"})) == {"ended": 1}
    assert told(program.post(f"{path}/unsubscribe")) == {"ended": 1}
    assert told(program.post(f"{path}/unsubscribe")) == {"ended": 0}
    told(program.send("DELETE", path), 204)
    told(program.get(path), 404)
    assert Suppression.objects.filter(reason="erased").exists()
    told(program.send("DELETE", path), 404)


def test_readers_are_listed_by_what_is_asked_for(program: Program, site: Foundation) -> None:
    pending = make_subscriber(site.newsletter, status="pending")
    other = make_newsletter()
    active = make_subscriber(other)
    told(program.send("PUT", f"subscribers/{active.pk}/tags", {"tags": ["Talks"]}))
    tag = told(program.get("tags"))["data"][0]["id"]

    def ids(**query: object) -> list[int]:
        return [person["id"] for person in told(program.get("subscribers", **query))["data"]]

    assert ids() == [active.pk, pending.pk]
    assert ids(newsletter=other.slug) == [active.pk]
    assert ids(status="pending") == [pending.pk]
    assert ids(status="pending", newsletter=other.slug) == []
    assert ids(tag=tag) == [active.pk]


def test_a_list_of_many_costs_no_more_than_a_list_of_one(
    program: Program, site: Foundation
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            told(program.get("subscribers"))
        return len(context)

    make_subscriber(site.newsletter)
    told(program.get("subscribers"))
    one = queries()
    for _ in range(5):
        make_subscriber(site.newsletter)
    assert queries() == one <= 10


def test_no_problem_repeats_an_address(program: Program) -> None:
    for sent in ("maria@", "maria@ex ample.org", "maria@example", "x" * 300 + "@example.org"):
        answer = program.post("subscribers", {"address": sent})
        assert answer.status_code in (400, 422)
        assert sent.encode() not in answer.content
    assert not ConsentEvent.objects.exists()
