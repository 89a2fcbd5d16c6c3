"""A sentence that a reader marks becomes a picture, made on her own device."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link
from posts.sharing.queries import absolute
from tests.factories import make_post

MARK = """([text, chars]) => {
    const walk = document.createTreeWalker(document.querySelector('.post > .prose'), 4);
    while (walk.nextNode() && !walk.currentNode.data.includes(text));
    getSelection().setBaseAndExtent(walk.currentNode, 0, walk.currentNode, chars);
}"""
SENTENCE = "Rest is not a reward."
# Of the middle of the picture: as many colours as letters with soft edges have.
INKS = """c => new Set(new Uint32Array(
    c.getContext('2d').getImageData(90, 90, 900, 700).data.buffer)).size"""


@pytest.fixture
def post(own_site: LiveServer) -> PostPage:
    return make_post(slug="kettle", title="The kettle")


def mark(page: Page, chars: int = len(SENTENCE)) -> None:
    page.evaluate(MARK, [SENTENCE, chars])


def test_the_marked_words_become_a_picture_to_save_or_to_share(page: Page, post: PostPage) -> None:
    page.add_init_script("""
        navigator.canShare = () => true;
        navigator.share = async (what) => { window.shared = what; };
    """)
    asked: list[str] = []
    page.goto("/kettle/")
    page.on("request", lambda request: asked.append(request.url))
    mark(page)
    page.get_by_role("button", name="Make a picture of these words").click()
    picture = page.get_by_role("img", name=SENTENCE, exact=True)
    expect(picture).to_be_visible()
    assert picture.evaluate(INKS) > 10
    expect(page.get_by_role("button", name="Share the picture")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("window.shared")
    assert page.evaluate("[shared.files[0].type, shared.files[0].size > 5000, shared.text]") == [
        "image/png",
        True,
        absolute(ensure_link(post=post).code),
    ]
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the picture").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    # The one thing that was asked for is the script; nobody learns what was marked.
    files = [url.rpartition("/")[2] for url in asked if url.startswith("http")]
    assert [name for name in files if not name.startswith("icon.")] == ["quote.js"]
    page.get_by_role("button", name="Close").click()
    expect(picture).to_be_hidden()


def test_a_picture_from_a_discreet_page_names_neither_the_post_nor_the_site(
    page: Page, post: PostPage
) -> None:
    page.goto("/kettle/")
    whose = "document.getElementById('quote-box').dataset.from"
    assert "The kettle" in page.evaluate(whose)
    page.goto(f"/s/{ensure_link(post=post).discreet_code}")
    assert page.evaluate(whose) == ""


def test_a_single_word_is_only_marked(page: Page, post: PostPage) -> None:
    page.goto("/kettle/")
    with page.expect_request("**/quote.js"):
        mark(page, 4)
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Make a picture")).to_have_count(0)
