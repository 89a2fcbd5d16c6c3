"""What Caddy as it is shipped makes of answers: nothing that holds a secret is compressed."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site
from tests.faults.test_slow_connections import caddy

WANTED = {"Host": "localhost:8000", "Accept-Encoding": "gzip, zstd, br"}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder: Path = tmp_path_factory.mktemp("behind")
    with Site(folder, IMPORT_MAX_MB="1") as site:
        site.manage("prepare")
        with caddy(site) as found:
            yield found


def ask(
    port: int, path: str, method: str = "GET", body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        # The name under which Caddy knows this site; it passes it on as it is.
        connection.request(method, path, body or None, {**WANTED, "Host": f"localhost:{port}"})
        response = connection.getresponse()
        return response.status, {n.lower(): v for n, v in response.getheaders()}, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/password_reset/", "/preferences/abc/"])
def test_pages_that_may_hold_a_secret_leave_as_they_are(port: int, path: str) -> None:
    status, headers, body = ask(port, path)
    assert status in (200, 404, 410)
    assert "content-encoding" not in headers
    assert len(body) > 500


def test_public_pages_and_files_are_compressed_all_the_same(port: int) -> None:
    _, headers, body = ask(port, "/archive/")
    assert headers["content-encoding"] == "br"
    assert body


def test_browsers_are_told_to_come_back_by_https(port: int) -> None:
    for path in ("/", "/admin/login/", "/no-such-page/"):
        assert ask(port, path)[1]["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("more", [1, 100_000])
def test_proxy_and_application_refuse_the_same_length(port: int, more: int) -> None:
    for _ in range(20):
        assert ask(port, "/admin/imports/", "POST", bytes(2**20 + more))[0] == 413
    assert ask(port, "/admin/imports/", "POST", bytes(2**20))[0] == 403  # without the form's token
