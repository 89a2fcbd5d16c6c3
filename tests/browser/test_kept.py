"""What is typed or pasted stays on the writer's device until the site has it."""

import json

from playwright.sync_api import BrowserContext, Page, Route, expect

from posts.content.models import PostPage
from posts.content.words import all_words
from tests.browser.pastes import HTML, PLAIN
from tests.browser.test_writing import editor, is_saved, text_of

__all__ = ["editor"]
PASTE = """([html, plain]) => {
  const clipboardData = new DataTransfer();
  if (html) clipboardData.setData('text/html', html);
  clipboardData.setData('text/plain', plain);
  document.activeElement.dispatchEvent(
    new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# Type, words, words in a style, where they link to.
KEPT = [
    ("header-two", "A small warmth", "", ""),
    (
        "unstyled",
        "Nothing has to be finished, see the tea now.",
        "BOLD:finished ITALIC:see",
        "https://example.org/tea",
    ),
    ("blockquote", "Slow is a direction.", "", ""),
    ("header-three", "What helps", "", ""),
    ("unordered-list-item", "one warm drink", "", ""),
    ("unordered-list-item", "one open window", "", ""),
    ("ordered-list-item", "sit", "", ""),
    ("ordered-list-item", "breathe", "", ""),
    ("unstyled", "Take two one spoon of 103.", "STRIKETHROUGH:two SUPERSCRIPT:3", ""),
    ("unstyled", "Day · Rest", "", ""),
    ("unstyled", "Monday · an hour", "", ""),
    ("atomic", " ", "", ""),
    ("unstyled", "So do we.", "", ""),
]


def pasted(page: Page, html: str, plain: str) -> list[tuple[str, str, str, str]]:
    """The blocks of the letter after pasting, in place of all that stood there."""
    page.keyboard.press("Control+A")
    page.evaluate(PASTE, [html, plain])
    page.wait_for_timeout(150)
    raw = json.loads(page.locator("[name=body-0-value]").input_value())
    return [described(block, raw["entityMap"]) for block in raw["blocks"]]


def described(block: dict, entities: dict) -> tuple[str, str, str, str]:  # type: ignore[type-arg]
    def words(run: dict) -> str:  # type: ignore[type-arg]
        return str(block["text"][run["offset"] : run["offset"] + run["length"]])

    styles = " ".join(f"{run['style']}:{words(run)}" for run in block["inlineStyleRanges"])
    links = [entities[str(run["key"])]["data"].get("url", "") for run in block["entityRanges"]]
    return block["type"], block["text"], styles, "".join(links)


def saved_words() -> str:
    return all_words(PostPage.objects.get().get_latest_revision_as_object().body.raw_data)


def test_what_is_pasted_keeps_its_form_whatever_it_comes_from(editor: Page) -> None:
    different = {name for name, html in HTML.items() if pasted(editor, html, PLAIN) != KEPT}
    assert different == set()


def test_plain_text_with_an_address_in_it_keeps_its_paragraphs(editor: Page) -> None:
    blocks = pasted(editor, "", "One, see https://example.org/tea.\n\nTwo\nand more.\n\n- three")
    assert blocks == [
        ("unstyled", "One, see https://example.org/tea.", "", "https://example.org/tea"),
        ("unstyled", "Two\nand more.", "", ""),
        ("unordered-list-item", "three", "", ""),
    ]


def test_a_long_text_comes_as_blocks_and_a_picture_with_its_words_to_be_written(
    editor: Page,
) -> None:
    sentence = "Some mornings begin before we do, and nobody has to be on time for any of them. "
    letter = f"## Tea\n\n{sentence * 8}\n\nHabit: We hurry as we always have.\nFear: A train.\n"
    editor.evaluate(PASTE, ["", letter])
    expect(editor.locator("[name$=-term]")).to_have_count(2)
    text_of(editor).click()
    editor.evaluate(
        PASTE, [f'<p>Seen:</p><img src="{PIXEL}"><img src="https://x.example/a.png">', ""]
    )
    expect(editor.get_by_role("alert")).to_contain_text("“a.png”")
    expect(editor.locator("[name$=-image-alt_text]")).to_be_visible()
    is_saved(editor)
    body = PostPage.objects.get().get_latest_revision_as_object().body
    kinds = [block.block_type for block in body]
    assert kinds == ["paragraph", "reasons", "paragraph", "image"]
    assert saved_words().count("Some mornings") == 8


def test_a_paste_alone_is_saved(editor: Page) -> None:
    editor.evaluate(PASTE, ["<p>It came in one piece.</p>", "It came in one piece."])
    is_saved(editor)
    assert "It came in one piece." in saved_words()


def test_signing_in_again_in_a_window_saves_what_was_typed_meanwhile(
    editor: Page, context: BrowserContext
) -> None:
    editor.keyboard.type("Before.")
    is_saved(editor)
    context.clear_cookies(name="sessionid")
    editor.keyboard.type(" After.")
    expect(editor.get_by_role("alert")).to_contain_text("You have been signed out")
    with editor.expect_popup() as opened:
        editor.get_by_role("button", name="Sign in again").click()
    window = opened.value
    window.locator("[name=username]").fill("ada")
    window.locator("[name=password]").fill("rest is part of work")
    window.get_by_role("button", name="Sign in").click()
    is_saved(editor)
    editor.keyboard.type(" And on.")
    is_saved(editor)
    assert "Before. After. And on." in saved_words()


def test_what_the_site_never_got_is_offered_when_the_letter_is_opened_again(
    editor: Page, context: BrowserContext
) -> None:
    editor.keyboard.type("Before.")
    is_saved(editor)

    def away(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    context.route("**/admin/pages/**", away)
    editor.keyboard.type(" Alone.")
    expect(editor.locator(".letter-status")).to_contain_text("Kept on this device")
    address = editor.url
    editor.close(run_before_unload=False)
    context.unroute("**/admin/pages/**")

    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("“Before. Alone.”")
    page.get_by_role("button", name="Bring it back").click()
    expect(text_of(page)).to_contain_text("Before. Alone.")
    page.reload()
    expect(text_of(page)).to_contain_text("Before. Alone.")
    page.wait_for_timeout(700)
    assert page.get_by_role("alert").count() == 0
    assert "Before. Alone." in saved_words()
    page.goto("about:blank")
