"""No sentence is lost while the site is well: when the network goes, her session ends, an answer
gets lost or a tab breaks while she types. LOST_RUNS=20 tries each of them twenty times."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.content.words import all_words
from tests.browser.conftest import signed_in
from tests.browser.test_never_lost import RUNS, SEED, is_on_the_site, type_at_the_end
from tests.browser.test_writing import editor, is_saved, text_of

__all__ = ["editor"]
LOSE_ANSWERS = """() => {
    const ask = window.fetch;
    window.hearAgain = () => { window.fetch = ask; };
    window.fetch = async (where, options) => {
        const answer = await ask(where, options);
        if (options?.method?.toUpperCase() !== 'POST') return answer;
        throw new TypeError('Failed to fetch');
    };
}"""
COPIED = 250  # milliseconds after a key, in which a tab that breaks has made its copy


@dataclass
class Writer:
    """Who writes a letter of many sentences, and what happens to her."""

    page: Page
    site: LiveServer
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def waits(self, least: int = 0) -> None:
        self.page.wait_for_timeout(self.chance.uniform(least, 1500))

    def comes_back(self, address: str) -> None:
        """Opens the letter again, and takes what is offered, if anything is."""
        self.page = self.context.new_page()
        self.page.goto(address)
        expect(text_of(self.page)).to_be_visible()
        self.page.wait_for_timeout(1000)
        back = self.page.get_by_role("button", name="Bring it back")
        if back.is_visible():
            back.click()
            expect(self.page.get_by_role("alert")).to_have_count(0)
            expect(text_of(self.page)).to_be_visible()

    def leaves(self) -> str:
        address = str(self.page.url)
        self.page.close(run_before_unload=False)
        return address


def is_signed_out(writer: Writer) -> None:
    writer.waits()
    Session.objects.all().delete()
    writer.page.keyboard.type(" ")
    writer.waits()


def network_away(writer: Writer) -> None:
    writer.waits()
    writer.context.set_offline(True)
    writer.waits()
    writer.context.set_offline(False)


def network_away_and_tab_gone(writer: Writer) -> None:
    writer.waits()
    writer.context.set_offline(True)
    writer.waits(COPIED)
    address = writer.leaves()
    writer.context.set_offline(False)
    writer.comes_back(address)


def session_ended(writer: Writer) -> None:
    is_signed_out(writer)
    with writer.page.expect_popup() as opened:
        writer.page.get_by_role("button", name="Sign in again").click()
    opened.value.locator("[name=username]").fill("ada")
    opened.value.locator("[name=password]").fill("rest is part of work")
    opened.value.get_by_role("button", name="Sign in").click()


def session_ended_and_tab_gone(writer: Writer) -> None:
    is_signed_out(writer)
    writer.page.wait_for_timeout(COPIED)
    address = writer.leaves()
    signed_in(writer.context, writer.site).close()
    writer.comes_back(address)


def answer_lost(writer: Writer) -> None:
    """The site has stored it, and she never hears of it."""
    writer.page.evaluate(LOSE_ANSWERS)
    writer.page.wait_for_timeout(1000)
    writer.waits()
    writer.page.evaluate("window.hearAgain()")


def tab_broken(writer: Writer) -> None:
    """Its process dies, and nothing in it hears of that."""
    address = str(writer.page.url)
    writer.waits(COPIED)
    with pytest.raises(Error, match="crash"):
        writer.page.goto("chrome://crash")
    writer.page.close()
    writer.comes_back(address)


WAYS = (
    network_away,
    network_away_and_tab_gone,
    session_ended,
    session_ended_and_tab_gone,
    answer_lost,
    tab_broken,
)


@pytest.mark.slow
@pytest.mark.parametrize("happens", WAYS)
def test_no_sentence_is_lost_when_while_she_types_comes(
    editor: Page, own_site: LiveServer, happens: Callable[[Writer], None]
) -> None:
    editor.keyboard.type("It begins.")
    is_saved(editor)
    writer = Writer(editor, own_site)
    sentences: list[str] = []
    for run in range(RUNS):
        sentences.append(f"This is sentence {run} of a letter.")
        type_at_the_end(writer.page, sentences[-1])
        happens(writer)
        is_on_the_site(writer.page)
        status = writer.page.locator(".letter-status").text_content()
        assert [one for one in sentences if one not in words_on_the_site()] == [], status
    writer.page.goto("about:blank")


def words_on_the_site() -> str:
    return all_words(PostPage.objects.get().get_latest_revision_as_object().body.raw_data)
