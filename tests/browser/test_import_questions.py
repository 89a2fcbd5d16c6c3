"""Questions about a list: answered on a phone and a desk, by keyboard, without scripts."""

import os

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from posts.content.actions import ensure_site
from subscribers.lists import jobs
from subscribers.lists.models import ImportJob
from tests.browser.conftest import LOOKS, SIZES, desk_page, signed_in
from tests.browser.test_accessibility import PAGE_RULES, faults
from tests.factories import make_newsletter

LIST = (
    "email,Mail,Called,Inactive,Wants a letter,remarks,Circle,City\n"
    "iris@a.example,iris@b.example,Iris Holt,,yes,knits,choir,Turku\n"
    "olaf@a.example,olaf@b.example,Olaf,partly,no,asked to be taken off the list,choir,Oulu\n"
    "ruth@a.example,ruth@b.example,Ruth,yes,,sings,a-very-long-word-without-any-gap-in-it,\n"
)


@pytest.fixture
def imports(own_site: LiveServer) -> dict[str, str]:
    """Addresses of an import that asks, and of one that waits for a word."""
    ensure_site()
    User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    newsletter = make_newsletter(name="Quiet hours")
    found = {}
    understood = "email,name,status\n" + "".join(
        f"reader-{n}@a.example,Reader {n},{status}\n"
        for n, status in enumerate(["active", "bounced", "pending", "unsubscribed", "active"] * 3)
    )
    for name, file_name, text in (
        ("asked", "opt-outs of 2021.csv", LIST),
        ("checked", "readers.csv", f"{understood}nobody,Nobody,active\n"),
    ):
        job = jobs.receive(
            pieces=[text.encode()], file_name=file_name, newsletter=newsletter, by="ada"
        )
        jobs.work_on(job.pk)
        found[name] = f"/admin/imports/{job.pk}/"
    return found


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_questions_fit_and_axe_finds_no_fault_in_them(
    browser: Browser, own_site: LiveServer, imports: dict[str, str], size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    with desk_page(browser, own_site, size, scheme) as page:
        for name, address in imports.items():
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.goto(address)
            page.locator("details.desk-all > summary").click()
            if folder := os.environ.get("SCREENSHOTS"):
                page.set_viewport_size({"width": width, "height": 2600})
                page.screenshot(path=f"{folder}/import-{name}-{size}-{scheme}.png", full_page=True)
                page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide"
            ours = [one for _, found in faults(page, PAGE_RULES) for one in found if "desk-" in one]
            assert ours == []
            page.set_viewport_size({"width": width, "height": height})


def test_all_is_answered_by_keyboard_and_without_scripts(
    browser: Browser, own_site: LiveServer, imports: dict[str, str]
) -> None:
    context = browser.new_context(base_url=own_site.url, java_script_enabled=False)
    page = signed_in(context, own_site)
    page.goto(imports["asked"])
    page.get_by_role("radio", name="“email”").focus()
    page.keyboard.press("Space")
    page.get_by_role("radio", name="They did agree").focus()
    page.keyboard.press("Space")
    inactive = page.get_by_role("group", name="“Inactive”: what does this mean?")
    inactive.get_by_label("“partly” 1 row").select_option(label="It says nothing about mail")
    wants = page.get_by_role("group", name="“Wants a letter”: what does this mean?")
    wants.get_by_label("whole column").select_option("agreed")
    page.get_by_role("button", name="Look again").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Looking at the file").wait_for()
    job = ImportJob.objects.get(file_name__startswith="opt-outs")
    jobs.work_on(job.pk)
    page.reload()
    rows = page.get_by_role("region", name="Some rows of each outcome")
    assert rows.get_by_role("row", name="iris@a.example").get_by_text("may be mailed").is_visible()
    assert rows.get_by_role("row", name="olaf@a.example").get_by_text("Kept out").is_visible()
    context.close()
