"""Undo, schedule, spread, correct and catch up from the command line."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from posts.content.actions import Foundation
from posts.content.models import PostPage
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Mailing
from posts.delivery.reporting import retention
from tests.delivery.clerk import hand_over
from tests.delivery.mailings.test_digests import digest_of, in_the_week
from tests.delivery.reporting.test_retention import finished
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db

SLUG = "slow-tea"


@pytest.fixture
def post(site: Foundation) -> PostPage:
    newsletter = make_newsletter()
    for _ in range(3):
        make_subscriber(newsletter)
    return make_post(title="Slow tea", slug=SLUG, newsletter=newsletter)


def run(*arguments: str) -> dict[str, Any]:
    """The last line, which is for programs."""
    said = StringIO()
    call_command(*arguments, "--json", stdout=said)
    answer: dict[str, Any] = json.loads(said.getvalue().splitlines()[-1])
    return answer


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        call_command(*arguments)
    assert error.value.returncode == 2
    return str(error.value)


def tomorrow() -> str:
    return f"{timezone.now() + timedelta(days=1):%Y-%m-%d} 09:00"


def test_a_command_does_not_hold(post: PostPage) -> None:
    assert run("send_post", SLUG)["state"] == "sending"


def test_a_post_is_scheduled_once_and_started_when_somebody_says_so(post: PostPage) -> None:
    made = run("send_post", SLUG, "--at", tomorrow())
    assert (made["state"], made["created"]) == ("scheduled", True)
    assert made["starts_at"].startswith(tomorrow().replace(" ", "T"))
    again = run("send_post", SLUG)
    assert (again["mailing"], again["created"]) == (made["mailing"], False)
    shown = run("mailing", SLUG)
    assert (shown["state"], shown["candidates"], shown["accounted"]) == ("scheduled", 0, True)
    started = run("mailing", SLUG, "--start-now")
    assert (started["state"], started["candidates"]) == ("sending", 3)
    event = Mailing.objects.get().events.last()
    assert event is not None
    assert (event.action, event.by) == ("started", "mailing command")


def test_waiting_for_a_scheduled_mailing_does_not_hang(post: PostPage) -> None:
    run("send_post", SLUG, "--at", tomorrow())
    with pytest.raises(CommandError, match="It is scheduled"):
        call_command("send_post", SLUG, "--wait")
    assert "leave --at" in refused("send_post", SLUG, "--at", tomorrow(), "--wait")


def test_a_mailing_is_spread_over_hours(post: PostPage) -> None:
    run("send_post", SLUG, "--spread", "1.5")
    mailing = Mailing.objects.get()
    assert (mailing.spread_seconds, mailing.batches.count()) == (5400, 3)


@pytest.mark.parametrize("hours", ["-1", "1000", "nan"])
def test_a_window_that_is_none_is_refused(post: PostPage, hours: str) -> None:
    assert "0 to 168 hours" in refused("send_post", SLUG, f"--spread={hours}")
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(("at", "said"), [("soon", "Write it like"), ("2020-01-01 09:00", "over")])
def test_a_time_that_is_none_is_refused(post: PostPage, at: str, said: str) -> None:
    assert said in refused("send_post", SLUG, "--at", at)
    assert not Mailing.objects.exists()


def test_what_is_held_or_scheduled_can_be_undone(post: PostPage) -> None:
    start_mailing(post=post, by="ada", hold=60)
    undone = run("mailing", SLUG, "--undo")
    assert (undone["state"], undone["candidates"], undone["accounted"]) == ("cancelled", 0, True)
    assert "never emailed" in refused("mailing", SLUG, "--undo")
    run("send_post", SLUG)
    assert "too late" in refused("mailing", SLUG, "--undo")


def test_a_correction_is_shown_as_a_mailing_of_its_own(post: PostPage) -> None:
    first = run("send_post", SLUG)["mailing"]
    hand_over()
    made = run("mailing", SLUG, "--correction", "It is Tuesday.", "--subject", "Tuesday, sorry")
    assert made["mailing"] != first
    assert (made["state"], made["candidates"]) == ("sending", 3)
    correction = Mailing.objects.get(pk=made["mailing"])
    assert (correction.kind, correction.note) == ("correction", "It is Tuesday.")
    assert correction.subject == "Tuesday, sorry"
    assert run("mailing", SLUG, "--correction", "It is Tuesday.")["mailing"] == made["mailing"]
    assert run("mailing", SLUG)["mailing"] == first


def test_a_catch_up_is_shown_as_a_mailing_of_its_own(post: PostPage) -> None:
    run("send_post", SLUG)
    hand_over()
    assert "already" in refused("mailing", SLUG, "--catch-up")
    make_subscriber(post.newsletter)
    assert run("mailing", SLUG, "--catch-up")["candidates"] == 1


def test_options_that_do_not_belong_together_are_refused(post: PostPage) -> None:
    run("send_post", SLUG)
    assert "add --correction" in refused("mailing", SLUG, "--subject", "Sorry")
    assert "Write a note" in refused("mailing", SLUG, "--correction", " ")


def test_a_digest_is_shown_by_its_number_and_says_what_it_is() -> None:
    newsletter = make_newsletter()
    make_subscriber(newsletter, pace="weekly")
    in_the_week(newsletter)
    mailing = digest_of(newsletter)

    call_command("mailing", id=mailing.pk, stdout=(out := StringIO()))

    assert "Weekly digest, 16–22 November" in out.getvalue()
    assert "scheduled" in out.getvalue()


def test_a_folded_mailing_says_that_only_its_numbers_were_kept() -> None:
    mailing = finished()
    retention.fold_old()

    call_command("mailing", id=mailing.pk, stdout=(out := StringIO()))

    assert "no longer known" in out.getvalue()
    assert "accepted" in out.getvalue()
