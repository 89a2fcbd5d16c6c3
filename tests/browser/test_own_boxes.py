"""What a reader does with an invitation on her own device: a private note, a reminder. The server
hears of neither."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from posts.content.models import PostPage
from tests.factories import make_post

SECRET = "I was too tired to say no, and said yes; to all of it."
TRY = "leave one thing for tomorrow, the long one; müde sein ist erlaubt, " * 2
STORED = "Object.values(localStorage).join()"


@pytest.fixture
def post(database: None) -> PostPage:
    invites = [
        {"kind": "reflect", "text": "<p>notice what you did today</p>"},
        {"kind": "try", "text": f"<p>{TRY}</p>"},
        {"kind": "share", "text": "<p>pass this on to a tired friend</p>"},
    ]
    body = [("invitation", {"intro": "You could:", "invites": invites})]
    return make_post(slug="kettle", title="The kettle", body=body)


@pytest.fixture
def note(page: Page, post: PostPage, asked: list[str]) -> Page:
    """The post, its note box open."""
    page.goto("/kettle/", wait_until="networkidle")
    asked.clear()
    page.get_by_text("A note for yourself").click()
    return page


def test_a_note_is_kept_and_found_again_on_this_device(note: Page, asked: list[str]) -> None:
    note.get_by_label("Your note").fill(SECRET)
    expect(note.get_by_text("Saved on this device.")).to_be_visible()
    assert asked == []
    note.reload()
    expect(note.get_by_label("Your note")).to_be_hidden()  # closed, whoever sits there now
    note.get_by_text("Your note is here").click()
    expect(note.get_by_label("Your note")).to_have_value(SECRET)


def test_the_archive_leads_back_to_it_and_does_not_tell_what_it_says(note: Page) -> None:
    note.get_by_label("Your note").fill(SECRET)
    note.goto("/archive/")  # at once: leaving keeps it too
    notes = note.get_by_role("region", name="Your notes")
    expect(notes).not_to_contain_text(SECRET)
    notes.get_by_role("link", name="The kettle").click()
    note.get_by_text("Your note is here").click()
    expect(note.get_by_label("Your note")).to_have_value(SECRET)
    note.get_by_label("Your note").fill("")
    note.goto("/archive/")
    expect(note.get_by_text("Your notes")).to_be_hidden()


def test_an_erased_note_is_nowhere(note: Page, asked: list[str]) -> None:
    note.get_by_label("Your note").fill(SECRET)
    expect(note.get_by_text("Saved on this device.")).to_be_visible()
    assert SECRET in note.evaluate(STORED)
    note.get_by_role("button", name="Erase").click()
    assert SECRET in note.evaluate(STORED)  # one press may be a mistake
    note.get_by_role("button", name="Press again to erase it").click()
    expect(note.get_by_text("Erased.")).to_be_visible()
    expect(note.get_by_label("Your note")).to_have_value("")
    assert note.evaluate("localStorage.length + sessionStorage.length") == 0
    assert asked == []
    note.reload()
    note.get_by_text("A note for yourself").click()
    expect(note.get_by_label("Your note")).to_have_value("")


def test_a_note_erased_in_one_tab_is_not_left_in_another(note: Page) -> None:
    note.get_by_label("Your note").fill(SECRET)
    expect(note.get_by_text("Saved on this device.")).to_be_visible()
    other = note.context.new_page()
    other.goto("/kettle/")
    other.get_by_text("Your note is here").click()
    expect(other.get_by_label("Your note")).to_have_value(SECRET)
    note.get_by_role("button", name="Erase").click()
    note.get_by_role("button", name="Press again").click()
    expect(other.get_by_label("Your note")).to_have_value("")


def test_the_keyboard_alone_writes_and_erases(note: Page) -> None:
    note.keyboard.press("Tab")
    expect(note.get_by_label("Your note")).to_be_focused()
    note.keyboard.type("rest")
    note.keyboard.press("Tab")  # to Print
    assert "rest" in note.evaluate(STORED)
    note.keyboard.press("Tab")
    note.keyboard.press("Enter")
    note.keyboard.press("Enter")
    assert note.evaluate(STORED) == ""


def test_a_note_is_printed_alone_and_never_with_the_post(note: Page) -> None:
    note.get_by_label("Your note").fill(SECRET)
    note.emulate_media(media="print")
    expect(note.get_by_label("Your note")).to_be_hidden()
    expect(note.locator("h1")).to_be_visible()
    note.emulate_media(media="screen")
    note.evaluate("window.print = () => {}")  # the dialog is the browser's
    note.get_by_role("button", name="Print").click()
    note.emulate_media(media="print")
    expect(note.locator(".paper")).to_have_text(re.compile(f"The kettle\\s+{re.escape(SECRET)}"))
    expect(note.locator("h1")).to_be_hidden()
    note.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(note.locator(".paper")).to_have_count(0)


def test_a_browser_that_keeps_nothing_says_so(page: Page, post: PostPage) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }})"
    )
    page.goto("/kettle/")
    page.get_by_text("A note for yourself").click()
    page.get_by_label("Your note").fill(SECRET)
    expect(page.get_by_text("This browser keeps nothing. Print")).to_be_visible()
    expect(page.get_by_label("Your note")).to_have_value(SECRET)


def reminder(page: Page, *, when: str, neutral: bool = True) -> bytes:
    """The file that the page makes."""
    page.get_by_text("Remind me").click()
    page.get_by_label(when).check()
    page.get_by_label("With a title that tells nobody").set_checked(neutral)
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the reminder").click()
    assert download.value.suggested_filename == "reminder.ics"
    return Path(download.value.path()).read_bytes()


def entries(file: bytes) -> dict[str, str]:
    """Its unfolded lines by name; of several of a name the first."""
    found: dict[str, str] = {}
    for line in file.decode().replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        found.setdefault(name, value)
    return found


@pytest.mark.parametrize(
    ("when", "days"), [("Tomorrow morning", 1), ("In three days", 3), ("In a week", 7)]
)
def test_a_reminder_stands_at_nine_on_the_day(
    page: Page, post: PostPage, when: str, days: int
) -> None:
    page.clock.set_fixed_time(dt.datetime(2026, 12, 29, 15, 30))
    page.goto("/kettle/")
    made = entries(reminder(page, when=when))
    day = dt.date(2026, 12, 29) + dt.timedelta(days=days)
    assert made["DTSTART"] == f"{day:%Y%m%d}T090000"
    assert re.fullmatch(r"20261229T\d{6}Z", made["DTSTAMP"])


def test_a_neutral_reminder_tells_nothing_and_nobody(
    page: Page, post: PostPage, asked: list[str]
) -> None:
    page.goto("/kettle/", wait_until="networkidle")
    asked.clear()
    file = reminder(page, when="In a week")
    assert entries(file)["SUMMARY"] == "A moment for yourself"
    for word in (b"kettle", b"tomorrow", b"http"):
        assert word not in file
    assert [url for url in asked if not url.startswith("blob:")] == []


def test_a_reminder_is_written_as_calendars_want_it(page: Page, post: PostPage) -> None:
    page.goto("/kettle/#a")
    file = reminder(page, when="Tomorrow morning", neutral=False)
    assert file.endswith(b"END:VCALENDAR\r\n")
    assert file.count(b"\n") == file.count(b"\r\n")
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    made = entries(file)
    assert made["VERSION"] == "2.0"
    assert made["UID"]
    words = TRY.strip().replace(",", "\\,").replace(";", "\\;")
    assert made["SUMMARY"] == words
    assert made["DESCRIPTION"] == f"The kettle\\n{page.url.removesuffix('#a')}"


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer, post: PostPage) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_scripts_the_invitation_is_whole_and_offers_nothing_dead(plain: Page) -> None:
    plain.goto("/kettle/")
    expect(plain.get_by_text("notice what you did today")).to_be_visible()
    expect(plain.get_by_role("link", name="pass this on to a tired friend")).to_be_visible()
    for words in ("A note for yourself", "Remind me"):
        expect(plain.get_by_text(words)).to_have_count(0)
