"""What is typed or pasted stays on the writer's device until the site has it."""

import json
from base64 import b64decode

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.content.words import all_words
from posts.desk.views import pasting
from tests.browser.conftest import signed_in
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


def test_a_new_letter_is_saved_on_when_the_site_died_between_two_of_its_answers(
    editor: Page,
) -> None:
    """A new letter was stored, and what Wagtail asks for next did not come."""
    asked = []

    def away(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if len(asked) == 1 else route.continue_()

    editor.route("**/edit/?_w_hydrate_create_view=1", away)
    editor.keyboard.type("Before.")
    expect(editor.locator(".letter-status")).to_have_text("Saved")
    assert len(asked) == 2
    editor.keyboard.type(" After.")
    is_saved(editor)
    assert saved_words() == "Before. After."


def copies(page: Page) -> int:
    kept = "Object.keys(localStorage).filter((name) => name.startsWith('letter:')).length"
    return int(page.evaluate(kept))


def left_behind(editor: Page, context: BrowserContext) -> str:
    """Words that the site never got; where their letter is."""
    editor.keyboard.type("Before.")
    is_saved(editor)
    context.route("**/admin/pages/**", without_posts)
    editor.keyboard.type(" Alone.")
    expect(editor.locator(".letter-status")).to_contain_text("Kept on this device")
    address = str(editor.url)
    editor.close(run_before_unload=False)
    context.unroute("**/admin/pages/**")
    return address


def without_posts(route: Route) -> None:
    route.abort() if route.request.method == "POST" else route.continue_()


def opened(context: BrowserContext, own_site: LiveServer, name: str, address: str) -> Page:
    page = signed_in(context, own_site, name=name)
    page.goto(address)
    expect(text_of(page)).to_contain_text("Before.")
    page.wait_for_timeout(1000)
    return page


def test_who_comes_after_her_on_the_device_is_not_offered_her_words(
    editor: Page, context: BrowserContext, own_site: LiveServer
) -> None:
    User.objects.create_superuser("bea", "bea@letters.example", "rest is part of work")
    address = left_behind(editor, context)
    page = opened(context, own_site, "bea", address)
    assert page.get_by_role("alert").count() == 0
    page.goto("/admin/")
    page.evaluate(LOG_OUT)  # she has nothing here: she is not asked
    page.wait_for_url("**/admin/login/**")
    assert copies(page) == 1
    page.close()
    page = opened(context, own_site, "ada", address)
    expect(page.get_by_role("alert")).to_contain_text("“Before. Alone.”")
    page.goto("about:blank")


LOG_OUT = """() => {
  const form = Object.assign(document.createElement('form'), { method: 'post' });
  form.setAttribute('action', '/admin/logout/');
  form.innerHTML = `<input name="csrfmiddlewaretoken" value="${window.wagtailConfig.CSRF_TOKEN}">`;
  document.body.append(form);
  form.requestSubmit();
}"""


def test_signing_out_says_what_it_takes_along(
    editor: Page, context: BrowserContext, own_site: LiveServer
) -> None:
    left_behind(editor, context)
    page = signed_in(context, own_site)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/admin/")
    said: list[str] = []

    def no(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", no)
    sidebar = page.locator("#wagtail-sidebar")
    sidebar.get_by_role("button", name="ada").click()
    sidebar.get_by_role("button", name="Log out").click()
    page.wait_for_timeout(300)
    assert "the site has not got yet" in said[0]
    assert copies(page) == 1
    page.once("dialog", lambda dialog: dialog.accept())
    sidebar.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/admin/login/**")
    assert copies(page) == 0


def test_short_markdown_arrives_as_what_it_means(editor: Page) -> None:
    blocks = pasted(
        editor, "", "Take ~~two~~ **one *hot* spoon** of [tea](https://example.org/tea)."
    )
    assert blocks == [
        (
            "unstyled",
            "Take two one hot spoon of tea.",
            "STRIKETHROUGH:two BOLD:one hot spoon ITALIC:hot",
            "https://example.org/tea",
        )
    ]


@pytest.mark.parametrize("text", ["2 * 3 * 4 = 24, and a_b_c", "5** hotel, #tea", "a ** b ** c"])
def test_what_is_no_markdown_stays_as_it_is(editor: Page, text: str) -> None:
    assert pasted(editor, "", text) == [("unstyled", text, "", "")]


def test_a_picture_from_elsewhere_comes_at_one_press_and_asks_for_its_words(
    editor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasting, "fetch", lambda address: b64decode(PIXEL.partition(",")[2]))
    editor.keyboard.type("Seen: ")
    editor.evaluate(PASTE, ['<p>This:</p><img src="https://x.example/a.png" alt="">', ""])
    expect(editor.get_by_role("alert")).to_contain_text("elsewhere on the web: “a.png”")
    editor.get_by_role("button", name="Bring them in").click()
    expect(editor.locator("[name$=-image-alt_text]")).to_be_visible()
    is_saved(editor)
    body = PostPage.objects.get().get_latest_revision_as_object().body
    assert [block.block_type for block in body] == ["paragraph", "image"]


# As on a slow server: the first save of a new letter takes its time.
SLOWLY = """() => {
    const ask = window.fetch;
    window.fetch = async (where, ...more) => {
        if (String(where.url ?? where).includes('/add/')) {
            window.isStoring = true;
            await new Promise((go) => setTimeout(go, 4000));
        }
        return ask(where, ...more);
    };
}"""


def test_a_press_while_a_new_letter_is_first_stored_makes_no_second_one(editor: Page) -> None:
    editor.evaluate(SLOWLY)
    editor.locator("#id_title").fill("A calm day")
    text_of(editor).click()
    editor.keyboard.type("Rest is allowed.")
    editor.wait_for_function("() => window.isStoring")
    editor.get_by_role("button", name="Publish and email…").click()
    expect(editor.get_by_role("heading", name="A calm day").first).to_be_visible()
    editor.wait_for_url("**/email/")
    assert [post.title for post in PostPage.objects.all()] == ["A calm day"]


@pytest.mark.parametrize("presses", [1, 2])
def test_a_letter_published_before_it_was_ever_saved_is_one(editor: Page, presses: int) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:  # as on a slow server
        if route.request.is_navigation_request():
            held.append(route)
        else:
            route.continue_()

    editor.route("**/admin/pages/add/**", hold)
    editor.locator("#id_title").fill("A calm day")
    text_of(editor).click()
    editor.keyboard.type("Rest is allowed.")
    editor.get_by_role("button", name="Publish and email…").evaluate(
        "(it, presses) => {"
        " for (let one = 0; one < presses; one += 1) setTimeout(() => it.click(), 400 * one);"
        " }",
        presses,
    )
    editor.wait_for_timeout(3000)  # long enough to save meanwhile, or to press once more
    assert len(held) == 1  # of two, the server would have got both
    held[0].continue_()
    editor.wait_for_url("**/email/")
    assert [post.title for post in PostPage.objects.all()] == ["A calm day"]
