"""A person's history: everything, newest first."""

import pytest
from django.utils.translation import override

from posts.content.actions import Foundation
from subscribers import actions, wording
from subscribers.addresses import normalise
from subscribers.models import ConsentNetwork, Suppression
from subscribers.preferences.models import Change
from subscribers.timeline import timeline
from tests.subscribers.making import ADA, person, subscribed

pytestmark = pytest.mark.django_db


def test_it_tells_all_that_happened_newest_first(site: Foundation) -> None:
    row = subscribed(site.newsletter)
    signed_up = person().consent_events.get(kind="signed_up")
    ConsentNetwork.objects.create(event=signed_up, network="203.0.113.0/24")
    Change.objects.create(subscriber=person(), what="pace", before="each", after="weekly", by="her")
    Change.objects.create(subscriber=person(), what="export", by="her")
    actions.unsubscribe(subscription=row, source="/unsubscribe/", by="the reader")
    actions.suppress(
        address=normalise(ADA), reason=Suppression.Reason.MANUAL, source="desk", by="ada"
    )
    entries = timeline(person())
    assert [entry.at for entry in entries] == sorted((e.at for e in entries), reverse=True)
    assert {entry.kind for entry in entries} == {"consent", "mail", "change", "suppression"}
    whats = [entry.what for entry in entries]
    assert "How often: “Each post” became “Once a week”" in whats
    assert "A copy of everything was handed out" in whats
    assert "Never to be mailed again: Entered by hand" in whats
    consent = [entry for entry in entries if entry.kind == "consent"]
    assert [entry.what for entry in consent] == ["Unsubscribed", "Confirmed", "Signed up"]
    first = consent[-1]
    assert (first.words, first.wording_version) == (str(wording.SIGN_UP), "sign-up 1")
    assert (first.source, first.network) == ("/subscribe/", "203.0.113.0/24")
    assert first.newsletter == site.newsletter.name


def test_no_word_of_it_is_for_programs(site: Foundation) -> None:
    subscribed(site.newsletter)
    reader = person()
    for what, before, after in (
        ("locale", "en", "de"),
        ("large_text", "False", "True"),
        ("rest", "", "2027-01-31"),
        ("confirmation mail", "", ""),
    ):
        told = {"source": "reported by mail server", "by": "the reader"}
        Change.objects.create(subscriber=reader, what=what, before=before, after=after, **told)
    with override("de"):
        changes = [entry for entry in timeline(reader) if entry.kind == "change"]
    assert [entry.what for entry in changes] == [
        "Noch einmal um Bestätigung gebeten",
        "Pause von Mails bis: aus „–“ wurde „2027-01-31“",
        "Große Schrift: aus „nein“ wurde „ja“",
        "Sprache: aus „English“ wurde „Deutsch“",
    ]
    assert {(entry.source, entry.by) for entry in changes} == {
        ("sagt der Mailserver", "der Person selbst")
    }


def test_it_takes_as_many_queries_for_a_long_history(
    site: Foundation, django_assert_max_num_queries: object
) -> None:
    row = subscribed(site.newsletter)
    timeline(person())  # reads the key of suppressions, which is kept
    for _ in range(5):
        actions.unsubscribe(subscription=row, source="", by="")
        actions.undo_unsubscribe(subscription=row, source="", by="")
    reader = person()
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert len(timeline(reader)) > 10
