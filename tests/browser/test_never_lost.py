"""No sentence is lost, whatever dies while it is typed. The server is killed between a key and
its save, over and over: LOST_RUNS=100 does it a hundred times with a tab that stays open and a
hundred with one that dies; LOST_SEED=2 kills at other moments."""

import os
import random
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_writing import text_of
from tests.faults.site import Site, kill, wait_until

RUNS = int(os.environ.get("LOST_RUNS", "2"))
SEED = int(os.environ.get("LOST_SEED", "16"))
PASSWORD = "rest is part of work"
SET_UP = f"""
from django.contrib.auth.models import User
from posts.content.actions import ensure_site
from posts.content.models import HomePage
ensure_site()
User.objects.create_superuser("ada", "ada@letters.example", "{PASSWORD}")
print("HOME", HomePage.objects.get().pk)
"""


class Killed:
    """A web server that one can kill, on a site of its own."""

    def __init__(self, site: Site, port: int) -> None:
        self.site, self.port, self.url = site, port, f"http://localhost:{port}"
        self.home = site.manage("shell", "-v0", "-c", SET_UP).stdout.split("HOME ")[1].split()[0]
        self.start()

    def start(self) -> None:
        command = (sys.executable, "manage.py", "runserver", "--noreload", str(self.port))
        self.process: subprocess.Popen[bytes] = self.site.start(*command, log="web.log")
        wait_until(self.answers, seconds=60)

    def answers(self) -> bool:
        with suppress(OSError), urlopen(f"{self.url}/admin/login/"):
            return True
        return False

    def kill(self) -> None:
        kill(self.process)

    def editor(self) -> str:
        """Where the letter is written; a new one, as long as the site has none."""
        found = self.site.select("SELECT page_ptr_id FROM posts_postpage")
        at = f"{found[0][0]}/edit" if found else f"add/posts/postpage/{self.home}"
        return f"/admin/pages/{at}/"


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Killed]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Site(tmp_path, SITE_URL=f"http://localhost:{port}", DEBUG="on") as site:
        yield Killed(site, port)


@pytest.mark.parametrize("tab_dies", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_server_that_dies_between_key_and_save_takes_no_sentence_along(
    browser: Browser, killed: Killed, tab_dies: bool
) -> None:
    context = browser.new_context(base_url=killed.url)
    page = signed_in_by_password(context)
    page.goto(killed.editor())
    chance = random.Random(SEED)
    sentences: list[str] = []
    for run in range(RUNS):
        sentences.append(f"This is sentence {run} of a letter.")
        type_at_the_end(page, sentences[-1])
        page.wait_for_timeout(chance.uniform(0, 1500))
        killed.kill()
        if tab_dies:
            page.close()
        killed.start()
        page = come_back(context, killed) if tab_dies else page
        is_on_the_site(page)
        for sentence in sentences:
            expect(page.locator(".letter")).to_contain_text(sentence)
    page.goto(killed.editor())
    for sentence in sentences:
        expect(page.locator(".letter")).to_contain_text(sentence)
    page.goto("about:blank")
    context.close()


def signed_in_by_password(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/admin/login/")
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    return page


def is_on_the_site(page: Page) -> None:
    """All that was typed. After a server that was slow to start, the next try may be half a minute
    away."""
    status = expect(page.locator(".letter-status"))
    status.not_to_have_attribute("data-state", re.compile("kept|saving"), timeout=60_000)


def type_at_the_end(page: Page, sentence: str) -> None:
    text_of(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type(sentence)


def come_back(context: BrowserContext, killed: Killed) -> Page:
    """Opens the letter again, and takes what is offered, if anything is."""
    page = context.new_page()
    page.goto(killed.editor())
    expect(text_of(page)).to_be_visible()
    page.wait_for_timeout(1000)
    back = page.get_by_role("button", name="Bring it back")
    if back.is_visible():
        back.click()
        page.wait_for_url("**/edit/**")
        expect(text_of(page)).to_be_visible()
    return page
