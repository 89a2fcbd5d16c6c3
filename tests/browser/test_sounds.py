"""A sound in a letter: played by hand, by keyboard, and without scripts; nothing before it is asked
for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from tests import sounds
from tests.browser.conftest import SIZES, looked_at
from tests.browser.test_accessibility import PAGE_RULES, faults
from tests.enclosed import enclosure, pdf
from tests.factories import make_post

WORDS = "<p>Sit down. <b>Breathe</b> in, and out.</p>"


@pytest.fixture
def post(database: None) -> PostPage:
    body = [
        ("paragraph", "<p>Here is something to do, and something to hear.</p>"),
        ("file", {"file": enclosure("pdf"), "title": "A worksheet", "description": "One page."}),
        (
            "sound",
            {
                "sound": enclosure("mp3", content=sounds.mp3(150)),
                "title": "Seven slow breaths",
                "transcript": WORDS,
            },
        ),
        ("sound", {"sound": enclosure("ogg"), "title": "Rain on a roof", "transcript": ""}),
    ]
    return make_post(slug="breaths", title="Seven slow breaths", body=body)


@pytest.fixture
def heard(page: Page, post: PostPage, asked: list[str]) -> Page:
    page.goto("/breaths/", wait_until="networkidle")
    return page


def paused(page: Page) -> list[bool]:
    found: list[bool] = page.evaluate("[...document.querySelectorAll('audio')].map(a => a.paused)")
    return found


def test_nothing_is_loaded_before_it_is_played(heard: Page, asked: list[str]) -> None:
    assert not [url for url in asked if "/files/" in url]
    heard.get_by_role("button", name="Play").first.click()
    expect(heard.get_by_role("button", name="Pause")).to_be_visible()
    assert next(url.rpartition(".")[2] for url in asked if "/files/" in url) == "mp3"


def test_the_keyboard_plays_stops_and_jumps(heard: Page) -> None:
    player = heard.get_by_role("group", name="Seven slow breaths")
    expect(player.get_by_text("0:00 / 2:30")).to_be_visible()
    player.get_by_role("slider").focus()
    heard.keyboard.press("End")
    expect(player.get_by_role("slider")).to_have_attribute("aria-valuetext", "2:30 / 2:30")
    heard.keyboard.press("Home")
    heard.keyboard.press("Tab")
    heard.keyboard.press("Space")
    expect(player.get_by_role("button", name="Pause")).to_be_focused()
    assert paused(heard) == [False, True]
    heard.keyboard.press("Tab")
    heard.keyboard.press("Tab")
    heard.keyboard.press("Enter")  # 15 seconds on
    expect(player.get_by_text("0:1")).to_be_visible()
    heard.keyboard.press("Shift+Tab")
    heard.keyboard.press("Shift+Tab")
    heard.keyboard.press("Space")
    assert paused(heard) == [True, True]


def test_one_at_a_time(heard: Page) -> None:
    first, second = heard.locator(".player").all()
    first.get_by_role("button", name="Play").click()
    expect(first.get_by_role("button", name="Pause")).to_be_visible()
    second.get_by_role("button", name="Play").click()
    expect(first.get_by_role("button", name="Play")).to_be_visible()
    assert paused(heard) == [True, False]


def test_a_jump_far_ahead_loads_a_part(heard: Page) -> None:
    heard.evaluate("document.querySelector('audio').currentTime = 120")
    with heard.expect_response("**/*.mp3") as answer:
        heard.get_by_role("button", name="Play").first.click()
    assert answer.value.status == 206
    expect(heard.get_by_text("2:0")).to_be_visible()


def test_trouble_is_said(heard: Page) -> None:
    heard.route("**/*.mp3", lambda route: route.abort())
    heard.get_by_role("button", name="Play").first.click()
    expect(heard.get_by_role("status").filter(has_text="can’t be played")).to_be_visible()


def test_what_is_said_folds_out_also_by_the_link_of_a_mail(heard: Page, post: PostPage) -> None:
    words = heard.get_by_text("Sit down.")
    expect(words).to_be_hidden()
    heard.get_by_text("Read what is said").click()
    expect(words).to_be_visible()
    anchor = heard.locator("[id^=transcript-]").get_attribute("id")
    heard.goto("about:blank")
    heard.goto(f"/breaths/#{anchor}")
    expect(heard.get_by_text("Sit down.")).to_be_visible()


def test_a_file_is_downloaded_under_its_name(heard: Page) -> None:
    with heard.expect_download() as download:
        heard.get_by_role("link", name="A worksheet").click()
    assert download.value.suggested_filename == "A worksheet.pdf"
    assert Path(download.value.path()).read_bytes() == pdf()


def test_an_address_opened_by_itself_plays_and_runs_nothing(heard: Page) -> None:
    address = heard.locator("audio").first.get_attribute("src")
    heard.goto(str(address))
    heard.wait_for_function("document.querySelector('video, audio').readyState > 0")


@pytest.fixture
def without_scripts(browser: Browser, live_server: LiveServer, post: PostPage) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_scripts_the_browsers_own_player_stays(without_scripts: Page) -> None:
    without_scripts.goto("/breaths/")
    sound = without_scripts.locator("audio").first
    expect(sound).to_be_visible()
    assert sound.get_attribute("controls") is not None
    expect(without_scripts.get_by_role("slider")).to_have_count(0)


def test_it_fits_every_screen_and_shuts_nobody_out(page: Page, post: PostPage) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/breaths/", wait_until="networkidle")
    page.locator("summary").filter(has_text="Read what is said").click()
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            looked_at(page, f"sound-{size}-{scheme}")
    assert list(faults(page, PAGE_RULES)) == []
