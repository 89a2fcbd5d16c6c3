"""The first five minutes with Passalong: `manage.py up --demo`, and the main job beside it."""

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.running import Site, Up, services
from tests.processes import runs
from tests.waiting import until

pytestmark = pytest.mark.slow

# A text as a writer pastes it; our own.
LETTER = """Watering Somebody Else’s Plants
My neighbour left me her keys and eleven pots, and a note that said: no hurry.
What the ferns know
They droop, they drink, they stand up again. Nobody scolds them for the drooping.
Warmly,
Marit
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with services() as found:
        yield Site(tmp_path_factory.mktemp("site"), found)


@pytest.fixture(scope="module")
def up(site: Site) -> Iterator[Up]:
    with site.up("--demo") as started:
        started.wait_until_ready()
        yield started


@pytest.fixture(scope="module")
def places(up: Up) -> dict[str, Any]:
    return up.answer()


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def outbox(site: Site) -> list[EmailMessage]:
    files = sorted((site.data / "outbox" / "new").iterdir())
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def worker_of(up: Up) -> int:
    """The worker itself: not the process that holds it, nor its beat. 0 while there is none."""
    found = [
        process
        for process, command in up.children().items()
        if "-m celery" in command and "child.py" not in command
    ]
    return min(found, default=0)


def test_the_terminal_says_what_happened_and_where_to_look(up: Up, places: dict[str, Any]) -> None:
    text = up.text()
    assert "25 of 25 accepted into the outbox" in text
    for name in ("site", "post", "share_url", "outbox", "desk"):
        assert places[name] in text
    assert "manage.py import_post" in text
    assert not [line for line in text.splitlines() if "WARNING" in line or "ERROR" in line]


def test_the_addresses_lead_where_the_terminal_says(site: Site, places: dict[str, Any]) -> None:
    assert places["site"] == f"http://localhost:{site.port}"
    assert "Resting Before You Have To" in page(places["site"])
    post = page(places["post"])
    assert "What a kitchen timer can do" in post
    assert f"/{places['post'].split('/')[3]}/share/" in post
    assert "Resting Before You Have To" in page(places["share_url"])
    assert "Marit" in page(places["desk"])


def test_each_sample_reader_has_one_letter_in_the_outbox(
    site: Site, places: dict[str, Any]
) -> None:
    letters = [letter for letter in outbox(site) if "Resting" in letter["Subject"]]
    assert len({letter["To"] for letter in letters}) == len(letters) == 25
    plain = [letter for letter in letters if letter.get_content_type() == "text/plain"]
    assert len(plain) == 3
    for letter in letters:
        body = letter.get_body(("plain",))
        assert body is not None
        assert f"{places['post']}share/" in body.get_content()
        assert places["site"] in letter["List-Unsubscribe"]


def test_doctor_finds_no_error_in_a_fresh_site(site: Site, up: Up) -> None:
    # A worker is there a moment before it hears beat.
    assert until(lambda: site.run("doctor").returncode == 0), site.run("doctor").stdout
    answer = site.run("doctor", "--json")
    checks = json.loads(answer.stdout.splitlines()[-1])["checks"]
    assert {"database", "broker", "workers", "transport"} <= {check["name"] for check in checks}


def test_nobody_else_on_the_machine_reads_what_is_written(site: Site, up: Up) -> None:
    """Logs, the outbox, pictures, the database: all of it, whoever of our processes wrote it."""
    written = list(site.data.rglob("*"))
    assert len(written) > 40
    assert [path for path in written if not path.is_symlink() and path.stat().st_mode & 0o077] == []


def test_a_text_of_ones_own_is_published_and_emailed_beside_it(
    site: Site, places: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "plants.txt"
    file.write_text(LETTER)
    answer = site.run("import_post", str(file), "--publish", "--email", "--json")
    assert answer.returncode == 0, answer.stderr
    made = json.loads(answer.stdout.splitlines()[-1])
    assert made["url"].startswith(places["site"])
    assert "eleven pots" in page(made["url"])
    assert until(lambda: len([m for m in outbox(site) if "Watering" in m["Subject"]]) == 25)


def test_a_second_start_on_the_same_folder_is_refused(site: Site, up: Up) -> None:
    answer = site.run("up", "--port", str(site.port))
    assert answer.returncode == 2
    assert f"already running on {site.data} (process {up.process.pid})" in answer.stderr
    assert "DATA_DIR=" in answer.stderr


def test_a_taken_port_is_refused_before_anything_else_is_done(tmp_path: Path) -> None:
    fresh = Site(tmp_path, {})
    with socket.create_server(("127.0.0.1", fresh.port)):
        answer = fresh.run("up", "--port", str(fresh.port), SITE_URL="https://letters.example")
    assert answer.returncode == 2
    assert f"Port {fresh.port} is already in use" in answer.stderr
    assert not (fresh.data / "passalong.sqlite3").exists()


def test_a_worker_that_is_killed_comes_back_by_itself(up: Up) -> None:
    killed = worker_of(up)
    os.kill(killed, signal.SIGKILL)
    assert until(lambda: "The worker stopped by itself" in up.text())
    assert until(lambda: worker_of(up) not in (0, killed))


def test_killed_and_started_again_it_takes_all_with_it_and_mails_nobody_twice(
    site: Site, up: Up
) -> None:
    before = len(outbox(site))
    children = up.children()
    assert len(children) >= 4
    up.process.kill()
    up.process.wait()
    assert until(lambda: not any(map(runs, children))), children

    with site.up("--demo") as again:
        places = again.wait_until_ready()
        assert "nobody is mailed a second time" in again.text()
        assert places["mailing"]["deliveries"]["accepted"] == 25
        assert len(outbox(site)) == before
        assert again.end(signal.SIGTERM) == 0
    assert "Stopped." in again.text()
