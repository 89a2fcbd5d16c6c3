"""Bringing letters from elsewhere, on a phone and a desk."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.moving_in import moves
from posts.moving_in.models import MoveIn
from subscribers.lists import jobs
from tests.browser.conftest import LOOKS, desk_page, looked_at
from tests.browser.test_accessibility import PAGE_RULES, faults
from tests.moving_in import exports


@pytest.fixture
def screens(own_site: LiveServer, tmp_path: Path) -> dict[str, str]:
    """Addresses: where one begins, of an upload that waits for a word, and of one that came."""
    newsletter = ensure_site().newsletter
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    found = {"begins": "/admin/move-in/"}
    for name, path in {
        "comes": exports.substack(tmp_path),
        "came": exports.ghost(tmp_path),
        "moves": exports.medium(tmp_path),
    }.items():
        move = moves.receive(
            pieces=[path.read_bytes()],
            file_name=path.name,
            system={"comes": "substack", "came": "ghost", "moves": "medium"}[name],
            newsletter=newsletter,
            by="ada",
        )
        found[name] = f"/admin/move-in/{move.pk}/"
        if name != "moves":
            moves.work_on(move.pk)
            move.refresh_from_db()
            for job in moves.lists_of(move):
                jobs.work_on(job.pk)
        if name == "came":
            assert moves.confirm(move=move, confirmed=False, source="", by="ada")
            moves.work_on(move.pk)
    MoveIn.objects.filter(state="checking").update(posts=120, done=40)
    return found


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_each_screen_fits(
    browser: Browser, own_site: LiveServer, screens: dict[str, str], size: str, scheme: str
) -> None:
    with desk_page(browser, own_site, size, scheme) as page:
        for name, address in screens.items():
            page.goto(address)
            looked_at(page, f"move-in-{name}-{size}-{scheme}")


def test_axe_finds_no_fault_in_them(
    browser: Browser, own_site: LiveServer, screens: dict[str, str]
) -> None:
    del screens["moves"]  # which loads itself anew
    with desk_page(browser, own_site, "phone", "light") as page:
        for address in screens.values():
            page.goto(address)
            # In each size and both schemes.
            ours = [one for _, found in faults(page, PAGE_RULES) for one in found if "desk-" in one]
            assert ours == []
