"""The files that a server is set up with say the same as the application."""

import re
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from granian.cli import cli as granian

from config.queues import QUEUES
from posts.public.server import bodies

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "config/deploy"
PAGE = (DEPLOY / "README.md").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = [name for name, service in COMPOSE["services"].items() if service["image"] == "passalong"]
UNITS = sorted(file for file in (DEPLOY / "systemd").rglob("*.*") if file.is_file())


def blocks(page: str) -> list[str]:
    """What is to be copied into a shell."""
    return re.findall(r"^```sh\n(.*?)^```$", page, re.S | re.M)


def section(unit: Path, name: str) -> dict[str, str]:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unit)
    return dict(parser[name]) if name in parser else {}


def lines(file: Path) -> set[str]:
    return {line for line in file.read_text().splitlines() if line and not line.startswith("#")}


def test_what_git_leaves_out_an_image_leaves_out_too_at_any_depth() -> None:
    left_out = {f"**/{line.rstrip('/')}" for line in lines(ROOT / ".gitignore")}
    assert lines(DEPLOY / "Dockerfile.dockerignore") == {".git", *left_out}


def test_secrets_stay_out_of_both() -> None:
    assert {".env", ".env.*", "var/"} <= lines(ROOT / ".gitignore")


def test_images_and_servers_install_what_is_pinned_and_nothing_else() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert "pip install --no-cache-dir --no-deps --require-hashes -r req" in dockerfile
    assert re.findall(r"pip install|uv (?:sync|pip)", dockerfile) == ["pip install"]
    by_hand = [line for block in blocks(PAGE) for line in block.splitlines() if "pip " in line]
    pinned = "pip install --no-deps --require-hashes -r config/deploy/requirements.txt"
    assert by_hand == [f".venv/bin/{pinned}"] * 2  # the first time, and an update


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


# --- Containers ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_container_can_do_no_more_than_it_must(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert "privileged" not in service


@pytest.mark.parametrize("name", ["postgres", "redis", "web", "worker", "own", "beat"])
def test_whatever_serves_says_that_it_lives(name: str) -> None:
    assert COMPOSE["services"][name]["healthcheck"]["test"]


def test_no_secret_stands_in_the_environment_of_a_container() -> None:
    for name, service in COMPOSE["services"].items():
        told = {key for key in service.get("environment", {}) if re.search("SECRET|PASSWORD", key)}
        assert all(key.endswith("_FILE") for key in told), name
        for key in (key for key in service.get("environment", {}) if key.endswith("_FILE")):
            file = Path(service["environment"][key])
            assert file.parent == Path("/run/secrets")
            assert file.name in service["secrets"]
    made = set(re.findall(r"> secrets/(\w+)", PAGE))
    assert made == set(COMPOSE["secrets"])
    files = {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert files == {f"secrets/{name}" for name in made}


def test_the_image_runs_as_nobody_in_particular_and_leaves_its_tools_behind() -> None:
    stages = re.split(r"^FROM .*$", (DEPLOY / "Dockerfile").read_text(), flags=re.M)[1:]
    assert len(stages) == 2
    assert re.search(r"^USER passalong$", stages[1], re.M)
    assert "pip" not in stages[1]


def test_all_containers_of_ours_see_the_same_pictures() -> None:
    for name in OURS:
        assert "shared:/shared" in COMPOSE["services"][name]["volumes"]
    assert "SHARED_DIR=/shared" in (DEPLOY / "Dockerfile").read_text()


def test_every_queue_has_a_worker_with_and_without_the_large_ones() -> None:
    services = COMPOSE["services"]
    assert "-Q" not in services["worker"]["command"]
    apart = re.search(r"-Q (\S+)", services["own"]["command"])
    assert apart
    assert set(apart[1].split(",")) < set(QUEUES)
    assert "own" in apart[1].split(",")


@pytest.mark.parametrize("queue", QUEUES)
def test_the_page_tells_of_every_queue(queue: str) -> None:
    assert f"| `{queue}` |" in PAGE


# --- Units --------------------------------------------------------------------------------


def test_units_say_what_the_container_says() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    words = re.findall(r'"([^"]+)"', dockerfile[dockerfile.index("CMD [") :])
    options = section(DEPLOY / "systemd/passalong-web.service", "Service")["ExecStart"].split()[1:]
    differ = {"0.0.0.0", "127.0.0.1", "--workers", "2"}  # noqa: S104
    assert [w for w in words[1:] if w not in differ] == [o for o in options if o not in differ]


def test_the_target_brings_the_whole_site_and_a_backup_each_night() -> None:
    wants = section(DEPLOY / "systemd/passalong.target", "Unit")["Wants"].split()
    assert set(wants) == {
        "passalong-web.service",
        "passalong-worker.service",
        "passalong-backup.timer",
    }
    backup = section(DEPLOY / "systemd/passalong-backup.service", "Service")["ExecStart"]
    assert backup.endswith("manage.py backup /var/backups/passalong/ --keep 14")


# --- Names --------------------------------------------------------------------------------

_FILES = [DEPLOY / "compose.yaml", DEPLOY / "passalong.env", DEPLOY / "Dockerfile", *UNITS]
# What others read: the images of PostgreSQL and Caddy, compose, systemd, shells, uv, Python.
_OTHERS = {
    *("POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE", "PYTHONUNBUFFERED", "PATH"),
    *("UPSTREAM", "SITE_HOST", "BACKUPS", "HOSTNAME", "SITE", "FROM", "UV_PYTHON_INSTALL_DIR"),
}


def _variables() -> set[str]:
    named: set[str] = set()
    for file in _FILES:
        text = re.sub(r"^\s*(?:RUN|COPY|FROM).*$", "", file.read_text(), flags=re.M)
        named |= set(re.findall(r"^(?:# |\s+|ENV |Environment=)?([A-Z][A-Z_]{3,})[:=]", text, re.M))
        named |= set(re.findall(r"\$\$?\{?([A-Z][A-Z_]{3,})", text))
    return named | set(re.findall(r"`\$?([A-Z][A-Z_]{3,})[`=]", PAGE))


def test_every_variable_that_is_named_is_read_by_somebody() -> None:
    rooms = (ROOT / "config" / name for name in ("settings.py", "environment.py"))
    code = "".join(room.read_text() for room in rooms)
    ours = set(re.findall(r'''(?:env(?:\.\w+)?|secret|service)\(\s*"(\w+)"''', code))
    files = {f"{name}_FILE" for name in re.findall(r'''(?:secret|service)\(\s*"(\w+)"''', code)}
    of_granian = {f"GRANIAN_{str(option.name).upper()}" for option in granian.params}
    in_units = set(
        re.findall(r"\$(\w+)$", (DEPLOY / "systemd/passalong-worker.service").read_text(), re.M)
    )
    assert {"SITE_URL", "SECRET_KEY"} <= ours
    assert in_units == {"WORKER_OPTIONS"}
    named = _variables()
    assert {"DATABASE_URL_FILE", "GRANIAN_WORKERS", "SHARED_DIR"} <= named
    assert named <= ours | files | of_granian | in_units | _OTHERS
