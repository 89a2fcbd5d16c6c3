"""A person's history: everything, newest first."""

import pytest

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
    assert "Changed pace from “each” to “weekly”" in whats
    assert "Changed: export" in whats
    assert "Never to be mailed again: Entered by hand" in whats
    consent = [entry for entry in entries if entry.kind == "consent"]
    assert [entry.what for entry in consent] == ["Unsubscribed", "Confirmed", "Signed up"]
    first = consent[-1]
    assert (first.words, first.wording_version) == (str(wording.SIGN_UP), "sign-up 1")
    assert (first.source, first.network) == ("/subscribe/", "203.0.113.0/24")
    assert first.newsletter == site.newsletter.name


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
