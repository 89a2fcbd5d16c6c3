"""A letter typed from an empty page: in one flow, and the same as if it had been imported."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import create_post, ensure_site
from posts.content.importing import read_post
from posts.content.models import HomePage, PostPage, SiteSettings
from posts.content.rendering import render_mail, render_text_body, render_web_body
from tests.browser.conftest import looked_at, signed_in
from tests.browser.test_accessibility import AXE
from tests.content.golden_post import LINKS, make_golden_post
from tests.waiting import until

MOST_KEYS = 45  # beyond the letters; signs like "## " are counted as keys
LETTER = """# Leave the kettle on

## A small warmth

Nothing has to be **finished** while water warms, and *nothing* that waits is lost.

> Slow is a direction.
>
> So is down.
>
> — A neighbour

### What helps

- one warm drink
- one open window

1. sit
2. breathe out

---

So do we.

Until next week,
Ada
"""
BESIDE_THE_LINE = ".Draftail-BlockToolbar__trigger:visible"
INVITES = {
    "reflect": "notice one thing that waited",
    "try": "leave one thing for tomorrow",
    "share": "pass this on to a tired friend",
}


class Typist:
    """Who writes at a keyboard, and how many keys she needs beyond the letters of her letter."""

    def __init__(self, page: Page) -> None:
        self.page, self.extra = page, 0

    def say(self, words: str) -> None:
        self.page.keyboard.type(words)

    def mark(self, signs: str) -> None:
        self.extra += len(signs)
        self.page.keyboard.type(signs)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.extra += 1
            self.page.keyboard.press(key)

    def card(self, search: str, field: str) -> None:
        self.mark(f"/{search}")
        expect(self.page.locator("[role=option]:visible").first).to_be_visible()
        self.press("Enter")
        expect(self.page.locator(f"[name$=-{field}]").last).to_be_focused()


# What is said stands alone; what is only marked, or pressed, in a tuple or a list.
STEPS: list[str | tuple[str] | list[str]] = [
    *(("# ",), "A small warmth", ["Enter"], "Nothing has to be ", ["Control+b"], "finished"),
    *(["Control+b"], " while water warms, and ", ["Control+i"], "nothing", ["Control+i"]),
    *(" that waits is lost.", ["Enter"], ("> ",), "Slow is a direction.", ["Shift+Enter"]),
    *("So is down.", ["Shift+Enter"], ("- ",), "A neighbour", ["Enter"], ("### ",)),
    *("What helps", ["Enter"], ("- ",), "one warm drink", ["Enter"], "one open window"),
    *(["Enter"], ("1. ",), "sit", ["Enter"], "breathe out", ["Enter"]),
    *(("---",), "So do we.", ["Enter"]),
]


def written(page: Page) -> int:
    """Types the letter, from where the cursor is when the page opens. Returns the keys it took."""
    at = Typist(page)
    at.press("ArrowUp")
    at.say("Leave the kettle on")
    at.press("Enter")  # past a subtitle
    expect(text_of(page)).to_be_focused()
    for step in STEPS:
        if isinstance(step, str):
            at.say(step)
        elif isinstance(step, tuple):
            at.mark(step[0])
        else:
            at.press(*step)
    at.card("i", "intro")
    at.say("If you have a moment:")
    for text in INVITES.values():
        at.press("Enter")  # to the next one, whose kind stands there already
        page.wait_for_timeout(100)
        at.say(text)
    at.press("Enter")  # all three are written
    page.wait_for_timeout(150)
    at.card("s", "text")
    at.say("Until next week,")  # her name stands below already
    return at.extra


def imported(folder: Path) -> PostPage:
    """The same letter, as our importer makes it."""
    file = folder / "letter.md"
    file.write_text(LETTER)
    letter = read_post(file)
    *body, sign_off = letter.body
    invites = [{"kind": kind, "text": text} for kind, text in INVITES.items()]
    invitation = {"intro": "If you have a moment:", "invites": invites}
    blocks: list[Any] = [*body, {"type": "invitation", "value": invitation}, sign_off]
    return create_post(title=letter.title, slug="imported", body=blocks, by="tests")


def structure(html: str) -> list[tuple[str, str]]:
    """The tags of a body, each with the words that stand in it."""
    soup = BeautifulSoup(html, "html.parser")
    return [(tag.name, " ".join(tag.get_text(" ").split())) for tag in soup.find_all(True)]


def mail_structure(html: str) -> list[tuple[str, str]]:
    return structure(re.split(r'<p class="dateline|<div class="foot', html)[1])


@pytest.fixture
def editor(context: BrowserContext, own_site: LiveServer) -> Iterator[Page]:
    """A new post, on a wide screen, just opened."""
    ensure_site()
    SiteSettings.objects.update(author="Ada")
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    page = signed_in(context, own_site)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/admin/pages/add/posts/postpage/{HomePage.objects.get().pk}/")
    expect(text_of(page)).to_be_focused()
    yield page
    if not page.is_closed():
        page.goto("about:blank")  # what an open editor asks for goes on until it is closed


def text_of(page: Page) -> Locator:
    return page.locator(".letter [role=textbox]").last


def is_saved(page: Page) -> None:
    page.wait_for_function("() => /pages.[0-9]+.edit/.test(location.pathname)")
    expect(page.locator(".letter-status")).to_have_text("Saved")


def test_a_letter_is_typed_in_one_flow_and_is_like_the_imported_one(
    editor: Page, tmp_path: Path
) -> None:
    keys = written(editor)
    is_saved(editor)
    assert keys <= MOST_KEYS
    typed = PostPage.objects.get().get_latest_revision_as_object()
    assert typed.title == "Leave the kettle on"
    assert [block.block_type for block in typed.body] == ["paragraph", "invitation", "sign_off"]

    other = imported(tmp_path)
    assert structure(render_web_body(typed)) == structure(render_web_body(other))
    assert (
        render_text_body(typed).split()
        == render_text_body(other).replace(other.share_page_url, typed.share_page_url).split()
    )
    mails = [render_mail(post, links=LINKS).html for post in (typed, other)]
    assert mail_structure(mails[0]) == mail_structure(mails[1])


def test_by_mouse_too(editor: Page) -> None:
    """What stands beside the line offers all that the keys do."""
    for name, words in (("Heading 2", "A small warmth"), ("Blockquote", "Slow is a direction.")):
        editor.locator(BESIDE_THE_LINE).click()
        editor.get_by_role("option", name=name).click()
        editor.keyboard.type(words)
        editor.keyboard.press("Enter")
    editor.locator(BESIDE_THE_LINE).click()
    editor.get_by_role("option", name="Invitation").click()
    expect(editor.locator("[name$=-intro]")).to_be_focused()
    text_of(editor).click()
    editor.keyboard.type("After the card.")
    card = editor.locator("[data-streamfield-child]").nth(1)
    card.hover()
    card.get_by_role("button", name="Delete").first.click()
    is_saved(editor)
    body = PostPage.objects.get().get_latest_revision_as_object().body
    assert [block.block_type for block in body] == ["paragraph", "paragraph"]
    assert "<h2" in body[0].value.source
    assert "<blockquote" in body[0].value.source


def test_what_a_post_holds_opens_and_is_saved_unchanged(editor: Page) -> None:
    post = make_golden_post()
    before = post.body.get_prep_value()
    editor.goto(f"/admin/pages/{post.pk}/edit/")
    # What is written in a folded field is shown; an empty one is not.
    attributions = editor.locator("[name$=-attribution]")
    expect(attributions.nth(1)).to_be_visible()
    expect(attributions.nth(0)).to_be_hidden()
    editor.get_by_role("button", name="Insert a block").first.click()
    expect(editor.get_by_role("option", name="Invitation")).to_be_visible()
    for retired in ("Heading", "List", "Divider"):
        assert editor.get_by_role("option", name=retired, exact=True).count() == 0
    editor.keyboard.press("Escape")
    editor.locator("#id_subtitle").fill("On kettles")
    is_saved(editor)
    after = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()
    assert [block.block_type for block in after.body] == [block["type"] for block in before]
    assert structure(render_web_body(after)) == structure(render_web_body(post))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_fits_and_axe_finds_no_fault_in_what_is_ours(editor: Page, scheme: Any) -> None:
    post = make_golden_post()
    editor.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    editor.goto(f"/admin/pages/{post.pk}/edit/")
    editor.evaluate(AXE_SCRIPT)
    for width, height in ((1280, 900), (375, 812)):
        editor.set_viewport_size({"width": width, "height": height})
        looked_at(editor, f"editor-{width}-{scheme}")
        found = editor.evaluate(
            AXE.replace("axe.run(document", "axe.run('.letter'"), ["wcag2a", "wcag2aa"]
        )
        assert found == []


def raw_blocks(page: Page) -> list[tuple[str, str]]:
    """Kind and words of each paragraph of the first text."""
    page.wait_for_timeout(150)
    raw = json.loads(page.locator("[name=body-0-value]").input_value()) or {"blocks": []}
    return [(block["type"], block["text"]) for block in raw["blocks"]]


def test_what_the_signs_made_goes_back_to_the_signs(editor: Page) -> None:
    editor.keyboard.type("# ")
    editor.keyboard.type("Tea")
    assert raw_blocks(editor) == [("header-two", "Tea")]
    while (before := raw_blocks(editor)) != [("unstyled", "# ")]:
        # How many letters one step takes back is the editor's affair, and the machine's speed.
        editor.keyboard.press("Control+z")
        assert until(lambda: raw_blocks(editor) != before), before
    editor.keyboard.type("1 of all")
    assert raw_blocks(editor) == [("unstyled", "# 1 of all")]


def test_the_arrow_leads_up_to_the_title_from_the_first_line_only(editor: Page) -> None:
    title, subtitle = editor.locator("#id_title"), editor.locator("#id_subtitle")
    editor.keyboard.type("One.")
    editor.keyboard.press("Enter")
    editor.keyboard.type("Two.")
    editor.keyboard.press("ArrowUp")
    expect(text_of(editor)).to_be_focused()
    editor.keyboard.press("ArrowUp")
    expect(title).to_be_focused()
    subtitle.fill("On kettles")
    text_of(editor).click(position={"x": 5, "y": 5})
    editor.keyboard.press("ArrowUp")
    expect(subtitle).to_be_focused()
    editor.keyboard.press("Home")
    editor.keyboard.press("ArrowUp")
    expect(title).to_be_focused()


def test_enter_leads_from_the_title_past_a_subtitle_only_where_none_is_written(
    editor: Page,
) -> None:
    title, subtitle = editor.locator("#id_title"), editor.locator("#id_subtitle")
    title.fill("Leave the kettle on")
    editor.keyboard.press("Enter")
    expect(text_of(editor)).to_be_focused()
    title.press("End")
    editor.keyboard.press("ArrowDown")
    expect(subtitle).to_be_focused()
    editor.keyboard.type("On warmth")
    editor.keyboard.press("Enter")
    expect(text_of(editor)).to_be_focused()
    title.press("Enter")
    expect(subtitle).to_be_focused()
    assert title.input_value() == "Leave the kettle on"


def test_signs_are_only_signs_where_they_begin_a_line(editor: Page) -> None:
    editor.keyboard.type("We are # ")
    editor.keyboard.press("Enter")
    editor.keyboard.type("> A quotation")
    editor.keyboard.press("Shift+Enter")
    editor.keyboard.type("-- A neighbour - and a half")
    assert raw_blocks(editor) == [
        ("unstyled", "We are # "),
        ("blockquote", "A quotation\n— A neighbour - and a half"),
    ]


def test_bold_and_italics_are_also_written_as_stars(editor: Page) -> None:
    editor.keyboard.type("Nothing is **finished** and *nothing* lost.")
    assert raw_blocks(editor) == [("unstyled", "Nothing is finished and nothing lost.")]


def test_what_begins_with_the_words_after_the_slash_stands_ready(editor: Page) -> None:
    for words, kind in (("p", "Picture"), ("na", "Named reasons"), ("c", "Callout")):
        editor.keyboard.type(f"/{words}")
        ready = editor.locator("[role=option][aria-selected=true]:visible")
        expect(ready).to_have_text(kind)
        for _ in range(len(words) + 1):
            editor.keyboard.press("Backspace")
    editor.keyboard.type("/c")
    editor.keyboard.press("ArrowDown")
    expect(editor.locator("[role=option][aria-selected=true]:visible")).not_to_have_text("Callout")


def test_what_is_typed_after_insert_a_block_looks_for_one(editor: Page) -> None:
    editor.goto(f"/admin/pages/{make_golden_post().pk}/edit/")
    expect(text_of(editor)).to_be_visible()
    callouts = editor.locator("[data-letter-kind=callout]")
    before = callouts.count()
    editor.get_by_role("button", name="Insert a block").nth(3).click()
    expect(editor.locator(".w-combobox__field input:visible")).to_be_focused()
    for width in (375, 1280):
        editor.set_viewport_size({"width": width, "height": 900})
        found = editor.locator(".w-combobox-container:visible")
        assert found.evaluate("it => it.scrollWidth <= it.clientWidth"), "something hangs out of it"
    editor.keyboard.type("callo")
    expect(editor.locator("[role=option]:visible")).to_have_count(1)
    editor.keyboard.press("Enter")
    expect(callouts).to_have_count(before + 1)
