"""What a browser gets through the real server, as `manage.py up` runs it: pages, files, parts of
files, downloads that are made while they leave, uploads; and what had begun before a stop."""

import http.client
import re
import socket
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.faults.site import ROOT, Site, end_group, wait_until
from tests.sink import free_port

Headers = Mapping[str, str]
NONE: Headers = {}
_FIELD = "Content-Disposition: form-data"
LIST = 60_000  # people in an uploaded list: more than is kept in memory


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Browser:
    """Keeps cookies, and sends what browsers send."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes = b"", headers: Headers = NONE) -> Answer:
        sent = dict(headers)
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent["Origin"] = self.address
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            connection.request(method, path, body or None, sent)
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name.strip()] = value
            answered = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, answered, response.read())
        finally:
            connection.close()

    def get(self, path: str, headers: Headers = NONE) -> Answer:
        return self.ask("GET", path, headers=headers)

    def send(self, path: str, fields: dict[str, str], files: dict[str, bytes]) -> Answer:
        """A form with files, as multipart/form-data."""
        limit = uuid.uuid4().hex
        parts = [
            f'--{limit}\r\n{_FIELD}; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, content in files.items():
            head = f'{_FIELD}; name="{name}"; filename="list.csv"'
            parts.append(f"--{limit}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{limit}--\r\n".encode()
        kind = f"multipart/form-data; boundary={limit}"
        return self.ask("POST", path, body, {"Content-Type": kind})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Browser]]:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    embedded = {"DATABASE_URL": "", "REDIS_URL": "", "SITE_URL": f"http://localhost:{port}"}
    with Site(folder, **embedded) as made:
        process = made.start(
            *(sys.executable, str(ROOT / "manage.py"), "up", "--demo", "--json"),
            *("--port", str(port)),
            log="up.log",
        )
        log = folder / "up.log"
        wait_until(lambda: b'"desk"' in log.read_bytes(), seconds=180)
        [welcome] = re.findall(r"http://\S+/admin/welcome/\S+/", log.read_text())[:1]
        browser = Browser(f"http://localhost:{port}")
        path = urlsplit(welcome).path
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(path).body.decode())
        fields = {"csrfmiddlewaretoken": token[1]} if token else {}
        assert browser.send(path, fields, {}).status in (200, 302)
        yield made, browser
        process.terminate()
        process.wait(30)
        end_group(process)


def test_a_page_and_its_head(site: tuple[Site, Browser]) -> None:
    _, browser = site
    page = browser.get("/archive/")
    head = browser.ask("HEAD", "/archive/")
    assert page.status == head.status == 200
    assert b"</html>" in page.body
    assert head.body == b""
    assert head.headers["content-type"] == page.headers["content-type"]
    assert browser.get("/no-such-page/").status == 404


def test_a_file_and_a_part_of_it(site: tuple[Site, Browser]) -> None:
    _, browser = site
    [path] = re.findall(r'href="(/static/[^"]+\.css)"', browser.get("/").body.decode())[:1]
    whole = browser.get(path)
    part = browser.get(path, {"Range": "bytes=10-29"})
    assert (whole.status, part.status) == (200, 206)
    assert int(whole.headers["content-length"]) == len(whole.body) > 1_000
    assert part.body == whole.body[10:30]
    assert "immutable" in whole.headers["cache-control"]


def test_a_download_that_is_made_while_it_leaves(site: tuple[Site, Browser]) -> None:
    _, browser = site
    assert browser.get("/admin/").status == 200, "not signed in"
    page = browser.get("/admin/imports/").body.decode()
    found = re.search(r'action="(/admin/imports/\d+/subscribers\.csv)"', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    assert token
    answer = browser.send(found[1], {"csrfmiddlewaretoken": token[1]}, {})
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.body.count(b"@") >= 25


def test_a_long_list_arrives_whole(site: tuple[Site, Browser]) -> None:
    made, browser = site
    page = browser.get("/admin/imports/").body.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    newsletter = re.search(r'<select name="newsletter".*?<option value="(\d+)"', page, re.S)
    fields = {"csrfmiddlewaretoken": token[1] if token else ""}
    if newsletter:
        fields["newsletter"] = newsletter[1]
    rows = b"".join(b"reader%d@example.org,Reader\n" % number for number in range(LIST))
    answer = browser.send("/admin/imports/", fields, {"file": b"email,name\n" + rows})
    assert answer.status == 302, answer.body[:2_000]
    [stored] = (Path(made.environment["DATA_DIR"]) / "imports").glob("*")
    assert stored.read_bytes() == b"email,name\n" + rows


def test_what_had_begun_is_answered_before_a_stop(site: tuple[Site, Browser]) -> None:
    """The last test here but one: it stops the site in the middle of a request."""
    made, browser = site
    [process] = [one for one in made.processes if one.poll() is None]
    address = urlsplit(browser.address)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        body = b"email=ada%40example.org"
        connection.sendall(
            f"POST /subscribe/ HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Content-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
            + body[:5]
        )
        time.sleep(0.5)  # it is read by now
        process.terminate()
        time.sleep(0.5)
        connection.sendall(body[5:])
        connection.settimeout(30)
        assert re.match(rb"HTTP/1\.1 [24]\d\d ", connection.recv(100))
    process.wait(30)


def test_the_log_of_the_server_holds_no_error(site: tuple[Site, Browser]) -> None:
    made, _ = site
    log = (Path(made.environment["DATA_DIR"]) / "logs" / "web.log").read_text()
    assert "Traceback" not in log
