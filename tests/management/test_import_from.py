"""`import_from` brings the letters and the people that each system exports."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from posts.content.actions import Foundation
from posts.content.arrivals import Arrival, OldAddress
from posts.content.models import PlainPage, PostPage
from posts.delivery.models import Delivery, Mailing
from posts.moving_in.sources.registry import SYSTEMS
from subscribers.models import Subscription, TransactionalMail
from tests.factories import ensure_collection
from tests.moving_in.exports import EXPORTS


@pytest.fixture(autouse=True)
def _site(site: Foundation, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    ensure_collection()


def bring(system: str, path: Path, *options: str) -> dict[str, Any]:
    """The last line, for programs; what was said is in `said`."""
    out = StringIO()
    try:
        call_command("import_from", system, str(path), *options, "--json", stdout=out, stderr=out)
    except CommandError as error:
        if error.returncode != 1:
            raise
    *said, last = out.getvalue().strip().splitlines()
    return {**json.loads(last), "said": "\n".join(said)}


# Of each export: what was published, drafts, pages among both, pictures; and what becomes of its
# people.
WHAT_COMES: dict[str, tuple[int, int, int, int, dict[str, str]]] = {
    "substack": (3, 1, 1, 0, {"ada": "active", "ben": "unsubscribed"}),
    "ghost": (5, 2, 1, 1, {"ada": "active", "ben": "unsubscribed"}),
    "wordpress": (3, 2, 1, 2, {}),
    "mailchimp": (0, 1, 0, 0, {"ada": "active", "ben": "unsubscribed", "cleo": "bounced"}),
    "buttondown": (2, 1, 0, 0, {"ada": "active", "ben": "unsubscribed"}),
    "listmonk": (0, 0, 0, 0, {"ada": "active", "ben": "complained"}),
    "kit": (0, 0, 0, 0, {"ada": "active", "ben": "unsubscribed", "cleo": "bounced"}),
    "beehiiv": (1, 1, 0, 0, {"ada": "active", "ben": "unsubscribed"}),
    "medium": (1, 1, 0, 0, {}),
    "markdown": (4, 2, 1, 1, {}),
}


def people() -> dict[str, str]:
    found = Subscription.objects.values_list("subscriber__address", "status")
    return {address.partition("@")[0]: status for address, status in found}


def test_every_system_is_tried_here() -> None:
    assert WHAT_COMES.keys() == SYSTEMS.keys() == EXPORTS.keys()


@pytest.mark.parametrize("system", SYSTEMS)
def test_letters_pages_and_people_come_once_and_nobody_is_mailed(
    system: str, tmp_path: Path
) -> None:
    published, drafts, pages, pictures, who = WHAT_COMES[system]
    path = EXPORTS[system](tmp_path)
    agreed = ("--confirmed", "--source", "their old newsletter, May 2026", "--language", "en")

    found = bring(system, path, "--dry-run", *agreed)
    assert (found["published"], found["drafts"]) == (published, drafts), found["said"]
    assert not PostPage.objects.exists()
    assert not PlainPage.objects.exists()
    assert not Subscription.objects.exists()

    found = bring(system, path, *agreed)
    assert (found["published"], found["drafts"], found["pictures"]) == (
        published,
        drafts,
        pictures,
    ), found["said"]
    assert PostPage.objects.live().count() + PlainPage.objects.live().count() == published
    assert found["pages"] == PlainPage.objects.count() == pages
    assert people() == who

    again = bring(system, path, *agreed)
    assert again["there_already"] == again["read"] == published + drafts
    assert sum(one["added"] + one["updated"] for one in again["lists"]) == 0
    assert PostPage.objects.count() + pages == Arrival.objects.count() == published + drafts
    assert PlainPage.objects.count() == pages
    assert not Mailing.objects.exists()
    assert not Delivery.objects.exists()
    assert not TransactionalMail.objects.exists()
    # In a browser that follows nothing.
    old = OldAddress.objects.filter(page__live=True).values_list("path", "page__slug")
    for old_path, slug in old:
        answer = Client().get(f"/{old_path}")
        assert (answer.status_code, answer["Location"]) == (301, f"/{slug}/")
