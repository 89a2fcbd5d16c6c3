"""Valid HTML and CSS, by the Nu checker, in every page and every mail. One run of it for all.

It comes from npm and needs Java: apt-get install npm default-jre-headless. NU_CHECKER may name a
vnu.jar that is there already.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.browser.shown import Shown
from tests.npm import installed

# Mails are laid out with tables, since Outlook knows nothing else, and it wants their measures in
# attributes. The rest are words that only mail programs know: Outlook's own properties, and how
# Apple's programs were told of dark mode before `color-scheme` was agreed on.
FOR_MAIL_PROGRAMS = re.compile(
    r"The “(width|cellspacing|cellpadding|border)” attribute on the “table” element is obsolete\."
    r"|The “align” attribute on the “td” element is obsolete\."
    r"|CSS: “(mso-[a-z-]+|supported-color-schemes)”: Property “[a-z-]+” doesn't exist\."
)

# Newer than the checker's own list: in browsers that don't know it the share link is scrolled.
NEWER = re.compile(r"CSS: “field-sizing”: Property “field-sizing” doesn't exist\.")


@pytest.fixture(scope="session")
def checker() -> Path:
    if shutil.which("java") is None:
        pytest.fail("No Java found. Install it (apt-get install default-jre-headless).")
    given = os.environ.get("NU_CHECKER")
    return Path(given) if given else installed("vnu-jar", "26.9.27") / "build" / "dist" / "vnu.jar"


def test_every_page_and_mail_is_valid(checker: Path, shown: Shown, tmp_path: Path) -> None:
    for name, html in shown.html().items():
        (tmp_path / f"{name.replace(':', '')}.html").write_text(html)
    theme = finders.find("theme/theme.css")
    assert theme
    shutil.copy(theme, tmp_path)
    (tmp_path / "wrong.html").write_text("<!doctype html><p>No title<div></p>")
    (tmp_path / "wrong.css").write_text("p { colour: red }")
    said = complaints(checker, tmp_path)
    assert {each.partition(",")[0] for each in said if each.startswith("wrong")} == {
        "wrong.html",
        "wrong.css",
    }  # it does look
    assert [each for each in said if not each.startswith("wrong")] == []


def complaints(checker: Path, folder: Path) -> list[str]:
    done = subprocess.run(
        ["java", "-Xss4m", "-jar", checker, "--format", "json", "--also-check-css", folder],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,  # it ends with 1 where it has something to say
    )
    said = json.loads(done.stderr)["messages"]
    return [
        f"{Path(each['url']).name}, line {each.get('lastLine')}: {each['message']}"
        for each in said
        if not NEWER.match(each["message"])
        and not (
            Path(each["url"]).stem.startswith("mail") and FOR_MAIL_PROGRAMS.match(each["message"])
        )
    ]
