"""The files that a server is set up with say the same as the application."""

import re
from pathlib import Path

from django.conf import settings

from posts.public.server import bodies

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "config/deploy"


def lines(file: Path) -> set[str]:
    return {line for line in file.read_text().splitlines() if line and not line.startswith("#")}


def test_what_git_leaves_out_an_image_leaves_out_too_at_any_depth() -> None:
    left_out = {f"**/{line.rstrip('/')}" for line in lines(ROOT / ".gitignore")}
    assert lines(DEPLOY / "Dockerfile.dockerignore") == {".git", *left_out}


def test_secrets_stay_out_of_both() -> None:
    assert {".env", ".env.*", "var/"} <= lines(ROOT / ".gitignore")


def test_images_and_servers_install_what_is_pinned_and_nothing_else() -> None:
    install = "pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt"
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert install in dockerfile
    assert re.findall(r"pip install|uv (?:sync|pip)", dockerfile) == ["pip install"]
    by_hand = (DEPLOY / "systemd/passalong.env").read_text()
    assert "pip install --no-deps --require-hashes -r config/deploy/requirements.txt" in by_hand


def test_proxy_and_application_take_uploads_of_the_same_length() -> None:
    """`tests/faults/test_proxy.py` looks at what comes of it."""
    limit = r"Content-Length\}\) > \{\$IMPORT_MAX_MB:(\d+)\} \* 1048576`"
    [in_proxy] = re.findall(limit, (DEPLOY / "Caddyfile").read_text())
    assert int(in_proxy) == settings.IMPORT_MAX_MB
    assert bodies.largest("/admin/imports/") == settings.IMPORT_MAX_MB * 2**20
    told = re.findall(
        r'IMPORT_MAX_MB: "?\$\{IMPORT_MAX_MB:-(\d+)\}', (DEPLOY / "compose.yaml").read_text()
    )
    assert told == [in_proxy] * 2  # the application's, and the proxy's


def test_the_proxy_compresses_nothing_and_browsers_come_back_by_https() -> None:
    told = (DEPLOY / "Caddyfile").read_text()
    assert not re.search(r"^\s*encode\b", told, re.M)
    assert re.search(r"^\s*header Strict-Transport-Security max-age=31536000$", told, re.M)
