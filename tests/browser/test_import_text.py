"""A text comes in through the desk: on a phone and a desk, by keyboard, without scripts."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from posts.content.models import PostPage
from tests.browser.conftest import LOOKS, desk_page, looked_at, signed_in
from tests.browser.test_accessibility import PAGE_RULES, faults

IMPORT = "/admin/posts/import/"
LETTER = """---
title: Slow soup
tags: [kitchen]
mood: woollen-and-a-very-long-word-without-any-gap-in-it-at-all-to-be-seen
---

“There is time.”
— A neighbour

Some weeks are made of wool, and on those I cook slowly and write less of everything.

**What goes in**

- an onion
- a pot, and [its lid](https://example.org/a-very-long-address/without/any/gap/in/it/at/all/)

![A pot](pot.png)

Patience: It comes by itself, once nobody is looking for it any more.
Salt: A little, and late.

Warmly,
Kim
"""


@pytest.fixture
def owner(own_site: LiveServer) -> LiveServer:
    ensure_site()
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    return own_site


def uploaded(page: Page, folder: Path) -> None:
    file = folder / "soup.md"
    file.write_text(LETTER)
    page.goto(IMPORT)
    page.get_by_label("Your text, and its pictures and files").set_input_files(file)
    page.get_by_role("button", name="Upload and look at it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The letter")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_both_screens_fit(
    browser: Browser, owner: LiveServer, tmp_path: Path, size: str, scheme: str
) -> None:
    with desk_page(browser, owner, size, scheme) as page:
        page.goto(IMPORT)
        looked_at(page, f"import-text-{size}-{scheme}")
        uploaded(page, tmp_path)
        page.get_by_text("How it was read").click()
        looked_at(page, f"imported-text-{size}-{scheme}")


def test_axe_finds_no_fault_in_them(browser: Browser, owner: LiveServer, tmp_path: Path) -> None:
    with desk_page(browser, owner, "desk", "light") as page:
        page.goto(IMPORT)
        assert ours(page) == []
        uploaded(page, tmp_path)
        page.get_by_text("How it was read").click()
        assert ours(page) == []


def ours(page: Page) -> list[str]:
    """Faults outside of what Wagtail draws around every screen, in all sizes and colours."""
    found = [one for _, some in faults(page, PAGE_RULES) for one in some]
    return [one for one in found if "sidebar" not in one and "w-header" not in one]


def test_all_is_done_by_keyboard_and_without_scripts(
    browser: Browser, owner: LiveServer, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=owner.url, java_script_enabled=False)
    page = signed_in(context, owner)
    uploaded(page, tmp_path)
    assert page.get_by_text("pot.png").first.is_visible()
    page.get_by_label("Title").focus()
    page.keyboard.press("End")
    page.keyboard.type(" again")
    page.get_by_label("No, that is a paragraph: Heading: What goes in").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Make a draft of it").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/")
    post = PostPage.objects.get()
    assert (post.title, post.live) == ("Slow soup again", False)
    kinds = [block.block_type for block in post.body]
    assert kinds == ["quote", "paragraph", "reasons", "sign_off"]
    assert "What goes in" in post.body[1].value.source
    assert "<h2>" not in post.body[1].value.source
    context.close()
