"""Lighthouse's marks for the pages that readers meet first, on a phone: medians of five runs.

    uv run python -m tests.benchmarks.lighthouse [--runs 5]

Starts the sample site as `manage.py up --demo` does, in a folder of its own. Needs Chromium, Node
(18 or newer) and npm, which fetches Lighthouse into a cache outside of the repository.

The share page says `noindex`: it repeats nothing that a search engine should show, and a stranger
who looks for a post shall find the post. So do pages that are one reader's, and what a share link
opens. Lighthouse takes marks off for that ("is-crawlable") whatever the reason, so for those this
one audit is told apart from the others.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from statistics import median
from typing import Any

from tests.npm import installed

VERSION = "12.8.2"  # the last that runs on Debian's Node; 13 needs Node 22
WANTED = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
MEANT = "is-crawlable"
NOT_FOR_SEARCH = ("share page", "shared letter", "confirm", "her page", "unsubscribe")
START_SECONDS = 300

Marks = dict[str, float]


@contextlib.contextmanager
def sample_site() -> Iterator[tuple[str, Path]]:
    """The sample site under granian; its address, and the folder of what it mailed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "SECRET_KEY")
    with tempfile.TemporaryDirectory(prefix="passalong-lighthouse-") as folder:
        env = {name: value for name, value in os.environ.items() if name not in given}
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--demo", "--port", str(port)],
            env={**env, "DATA_DIR": folder},
            stdout=subprocess.DEVNULL,
        )
        try:
            address = f"http://localhost:{port}"
            _wait_for(address, up)
            yield address, Path(folder) / "outbox"
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(60)


def _wait_for(address: str, up: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and up.poll() is None:
        try:
            _read(f"{address}/healthz")
        except OSError:
            time.sleep(0.5)
        else:
            return
    sys.exit("The sample site did not start.")


def _read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def _ask(address: str, **fields: str) -> None:
    """Fill in a form as a browser does that runs no scripts."""
    inputs = re.findall(r"<input[^>]+>", _read(address))
    known = {
        name[1]: value[1] if (value := re.search(r'value="([^"]*)"', found)) else "on"
        for found in inputs
        if re.search(r'type="(?:hidden|checkbox)"', found)
        and (name := re.search(r'name="([^"]*)"', found))
    }
    origin = "/".join(address.split("/")[:3])
    urllib.request.urlopen(
        urllib.request.Request(
            address,
            urllib.parse.urlencode({**known, **fields}).encode(),
            {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"},
        ),
        timeout=30,
    ).close()


def _mailed(outbox: Path, site: str, kind: str) -> str:
    """The address of this kind of page in a mail; waits for the worker."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for file in outbox.rglob("*"):
            if file.is_file() and (found := _link_in(file, site, kind)):
                return found
        time.sleep(0.5)
    sys.exit(f"No mail with a link to a page for “{kind}” came.")


def _link_in(file: Path, site: str, kind: str) -> str:
    part = BytesParser(policy=default).parsebytes(file.read_bytes()).get_body(("plain",))
    found = re.search(rf"{site}/{kind}/[\w.:-]{{20,}}/", part.get_content()) if part else None
    return found[0] if found else ""


def pages(address: str, outbox: Path) -> dict[str, str]:
    found = re.search(r'<h2><a href="(/[\w-]+/)"', _read(f"{address}/"))
    if found is None:
        sys.exit("The sample site's first page shows no post.")
    post = f"{address}{found[1]}"
    shared = re.search(r"/s/\w+", _read(f"{post}share/"))
    if shared is None:
        sys.exit("The share page shows no share link.")
    _ask(f"{address}/subscribe/", email="ada@lighthouse.example")
    unsubscribe = _mailed(outbox, address, "unsubscribe")
    confirm = _mailed(outbox, address, "confirm")
    _ask(confirm)
    _ask(f"{address}/preferences/", email="ada@lighthouse.example")
    return {
        "home": f"{address}/",
        "post": post,
        "shared letter": address + shared[0],
        "share page": f"{post}share/",
        "subscribe": f"{address}/subscribe/",
        "confirm": confirm,
        "her page": _mailed(outbox, address, "preferences"),
        "unsubscribe": unsubscribe,
    }


def look_at(page: str, address: str, report: Path) -> Marks:
    """One run; prints each audit of weight that is not perfect, but for speed."""
    options = ["--quiet", "--output=json", f"--output-path={report}"]
    options += [f"--only-categories={','.join(WANTED)}"]
    options += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    if page in NOT_FOR_SEARCH:
        options.append(f"--skip-audits={MEANT}")
    program = installed("lighthouse", VERSION) / "cli" / "index.js"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    subprocess.run(
        ["node", program, address, *options],
        check=True,
        timeout=180,
        env={**os.environ, "CHROME_PATH": chromium},
    )
    found = json.loads(report.read_text())
    for name in WANTED.keys() - {"performance"}:
        for audit in _missed(found, name):
            print(f"{page}: {name}: {audit}")  # noqa: T201
    return {name: round(100 * found["categories"][name]["score"]) for name in WANTED}


def _missed(found: dict[str, Any], category: str) -> list[str]:
    """The audits that took marks off."""
    refs = found["categories"][category]["auditRefs"]
    audits = [(ref["weight"], found["audits"].get(ref["id"])) for ref in refs]
    return [
        f"{audit['id']}: {audit['title']}"
        for weight, audit in audits
        if weight and audit and audit["score"] is not None and audit["score"] < 1
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    reached = True
    with sample_site() as (site, outbox), tempfile.TemporaryDirectory() as folder:
        for page, address in pages(site, outbox).items():
            marks = [look_at(page, address, Path(folder) / "report.json") for _ in range(runs)]
            middle = {name: median(each[name] for each in marks) for name in WANTED}
            reached &= all(middle[name] >= wanted for name, wanted in WANTED.items())
            words = ", ".join(f"{name} {mark:g}" for name, mark in middle.items())
            apart = f" ({MEANT} told apart: noindex is meant)" if page in NOT_FOR_SEARCH else ""
            print(f"{page:<14}{words}{apart}", flush=True)  # noqa: T201
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
