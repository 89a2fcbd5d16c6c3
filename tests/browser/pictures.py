"""The README's pictures, made of the sample site: `uv run --group browser python -m
tests.browser.pictures`.

Site, letter and desk, light and dark, as WebP into `.pictures/`.
"""

import io
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.journeys.running import ROOT, Site

FOLDER = ROOT / ".pictures"
WIDTH, HEIGHT = 1000, 700
QUALITY = 60  # tens of kB a picture, and letters still sharp
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(Path(folder), {})
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with site.up("--demo") as started:
            addresses = started.wait_until_ready()
            cookies = signed_in(browser.new_page(), addresses["desk"])
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": WIDTH, "height": HEIGHT},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                context.add_cookies(cookies)
                look(context.new_page(), addresses, scheme)
        browser.close()


def signed_in(page: Page, link: str) -> Any:
    """The cookies of the desk's owner."""
    page.goto(link)
    page.get_by_role("button").first.click()
    page.wait_for_url("**/admin/")
    return page.context.cookies()


def look(page: Page, addresses: dict[str, Any], scheme: Scheme) -> None:
    page.goto(addresses["post"])
    keep(page, f"site-{scheme}")
    page.goto(addresses["desk"].partition("/admin/")[0] + "/admin/")
    keep(page, f"desk-{scheme}")
    page.goto(addresses["outbox"])
    letter = page.locator("main a[href*='/outbox/']").first.get_attribute("href")
    page.goto(addresses["site"] + str(letter) + "letter.html")
    keep(page, f"letter-{scheme}")


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    Image.open(io.BytesIO(page.screenshot())).save(
        FOLDER / f"{name}.webp", quality=QUALITY, method=6
    )


if __name__ == "__main__":
    main()
