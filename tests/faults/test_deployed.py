"""What config/deploy/ ships, read by the programs it is for, and its page's lines as they stand.

Without systemd as the first process the services are started by their units' own lines.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.web import get
from tests.config.test_deploy import DEPLOY, PAGE, UNITS, blocks, section
from tests.faults.site import ROOT, Site, end_group, wait_until
from tests.sink import free_port, listening

MOST_EXPOSED = 3.0  # of 10, by systemd's count
SERVICES = [unit.name for unit in UNITS if unit.suffix == ".service"]
BIN = "/srv/passalong/.venv/bin"


def program(*names: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, f"{names[0]} is missing: install it"
    return found


def said(*command: str, cwd: Path = ROOT, **more: str) -> str:
    environment = {**os.environ, **more}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


# --- Read by their programs ---------------------------------------------------------------


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As they are shipped, but for where the programs lie."""
    folder = tmp_path_factory.mktemp("units") / "systemd"
    shutil.copytree(DEPLOY / "systemd", folder)
    for unit in folder.glob("*.service"):
        unit.write_text(unit.read_text().replace(BIN, str(Path(sys.executable).parent)))
    return folder


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS if unit.suffix != ".conf"])
def test_systemd_understands_every_word_of_a_unit(units: Path, unit: str) -> None:
    told = said(program("systemd-analyze"), "verify", "--man=no", f"./{unit}", cwd=units)
    assert [line for line in told.splitlines() if "passalong" in line] == []


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_reaches_little_of_the_machine(units: Path, unit: str) -> None:
    command = (program("systemd-analyze"), "security", "--offline=true", "--no-pager", f"./{unit}")
    exposed = re.search(r"exposure level for \S+: ([\d.]+)", said(*command, cwd=units))
    assert exposed
    assert float(exposed[1]) < MOST_EXPOSED


def test_compose_understands_its_file(tmp_path: Path) -> None:
    for name in ("compose.yaml", "Caddyfile"):
        shutil.copy(DEPLOY / name, tmp_path)
    (tmp_path / "secrets").mkdir()
    for name in ("secret_key", "postgres_password", "database_url"):
        (tmp_path / "secrets" / name).write_text(name)
    command = (program("docker-compose"), "--file", "compose.yaml", "config")
    told = said(*command, cwd=tmp_path, SITE_HOST="letters.example.org")
    assert "https://letters.example.org" in told
    without = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert without.returncode != 0
    assert "the name of your site, without https" in without.stdout + without.stderr


@pytest.mark.parametrize("upstream", ["web:8000", "10.0.0.1:8000 10.0.0.2:8000"])
def test_caddy_understands_its_file_with_one_web_server_and_with_two(upstream: str) -> None:
    command = (program("caddy"), "validate", "--config", str(DEPLOY / "Caddyfile"))
    told = said(*command, SITE_HOST="letters.example.org", UPSTREAM=upstream)
    assert "Valid configuration" in told


# --- The first way's lines ----------------------------------------------------------------

# What changes the machine itself, and what needs the network, is done by hand before a release.
NOT_HERE = re.compile(r"apt-get|useradd|systemctl|journalctl|python3 -m venv|\.venv/bin/pip")


def lines_here(block: str, root: Path) -> str:
    """The page's lines, in a folder instead of the machine, and as us instead of the service."""
    kept = [line for line in block.splitlines() if not NOT_HERE.match(line)]
    text = "\n".join(["set -e", *kept])
    text = re.sub(r"(?<![\w.])/(srv|etc|var|usr)/", rf"{root}/\1/", text)
    text = text.replace(" -o passalong -g passalong", "")
    text = re.sub(r"^FROM=.*$", f"FROM={ROOT}", text, flags=re.M)
    venv = Path(sys.executable).parent.parent
    return text.replace(
        f"cd {root}/srv/passalong", f"cd {root}/srv/passalong; ln -sfn {venv} .venv"
    )


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("machine")
    for folder in (
        "srv",
        "etc/systemd/system",
        "etc/caddy",
        "var/lib",
        "var/backups",
        "usr/local/bin",
    ):
        (root / folder).mkdir(parents=True)
    said("sh", "-c", lines_here(blocks(PAGE)[0], root), cwd=root)
    environment = root / "etc/passalong.env"
    environment.write_text(environment.read_text().replace("=/var/", f"={root}/var/"))
    return root


def unit_line(machine: Path, unit: str, key: str = "ExecStart") -> list[str]:
    service = section(machine / "etc/systemd/system" / unit, "Service")
    options = service.get("Environment", "").partition("=")[2]
    line = service[key].replace("$WORKER_OPTIONS", options)
    return re.sub(r"/(srv|var)/", rf"{machine}/\1/", line).split()


def environment(machine: Path) -> dict[str, str]:
    lines = (machine / "etc/passalong.env").read_text().splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **named}


def test_the_lines_leave_everything_in_its_place(machine: Path) -> None:
    for unit in UNITS:
        assert (machine / "etc/systemd/system" / unit.relative_to(DEPLOY / "systemd")).is_file()
    assert (machine / "etc/passalong.env").stat().st_mode & 0o777 == 0o600
    assert (machine / "var/backups/passalong").stat().st_mode & 0o777 == 0o700
    assert os.access(machine / "usr/local/bin/passalong", os.X_OK)
    assert "letters.example.org {" in (machine / "etc/caddy/Caddyfile").read_text()
    code = machine / "srv/passalong"
    assert all(path.stat().st_mode & 0o044 for path in (code / "config").rglob("*"))
    assert list((code / "config/__pycache__").glob("settings.*.pyc"))


@pytest.fixture(scope="module")
def running(machine: Path) -> Iterator[tuple[int, str]]:
    """Web server and worker, by their units' lines; the port, and what `prepare` said."""
    told = environment(machine)
    code = machine / "srv/passalong"
    (machine / "var/lib/passalong").mkdir(mode=0o700)
    prepare = unit_line(machine, "passalong-web.service", "ExecStartPre")
    prepared = subprocess.run(
        prepare, cwd=code, env=told, capture_output=True, text=True, check=False, timeout=300
    )
    assert prepared.returncode == 0, prepared.stderr
    port = free_port()
    web = unit_line(machine, "passalong-web.service")
    web[web.index("8000")] = str(port)
    worker = unit_line(machine, "passalong-worker.service")
    started = []
    with (machine / "log").open("ab") as log:
        for command in (web, worker):
            started.append(
                subprocess.Popen(
                    command, cwd=code, env=told, stdout=log, stderr=log, start_new_session=True
                )
            )
    try:
        wait_until(lambda: listening(port), seconds=60)
        yield port, prepared.stdout
    finally:
        for process in started:
            end_group(process)


def manage(machine: Path, *arguments: str, **more: str) -> str:
    done = subprocess.run(
        [f"{machine}/srv/passalong/.venv/bin/python", "manage.py", *arguments],
        cwd=machine / "srv/passalong",
        env={**environment(machine), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.stdout + done.stderr


def test_the_units_start_a_site_with_a_worker_and_its_clock_and_an_account_to_make(
    machine: Path, running: tuple[int, str]
) -> None:
    port, prepared = running
    assert "https://letters.example.org/admin/welcome/" in prepared
    assert get(port, "/archive/").status == 200
    wait_until(
        lambda: "It rings for what is due." in manage(machine, "doctor"), seconds=90, every=2
    )


def test_the_unit_of_the_night_writes_a_backup_and_the_lines_bring_it_back(
    machine: Path, running: tuple[int, str]
) -> None:
    backup = unit_line(machine, "passalong-backup.service")
    assert "written and read again" in manage(machine, *backup[2:])
    [line] = [line for line in blocks(PAGE)[3].splitlines() if line.startswith("passalong ")]
    [file] = (machine / "var/backups/passalong").glob("*.backup")
    words = re.sub(r"\$\(.*\)", str(file), line).split()[1:]
    elsewhere = str(machine / "var/lib/another")  # no minute to wait until a worker counts as gone
    assert "Back as of" in manage(machine, *words, DATA_DIR=elsewhere)


# --- The second way -----------------------------------------------------------------------


def test_two_web_hosts_show_the_same_pictures(tmp_path: Path) -> None:
    with Site(tmp_path, SHARED_DIR=str(tmp_path / "shared")) as site:
        site.manage("prepare")
        picture = tmp_path / "shared/media/images/tea.jpg"
        picture.parent.mkdir(parents=True)
        picture.write_bytes(b"\xff\xd8 tea")
        ports = [free_port(), free_port()]
        for host, port in enumerate(ports):
            site.start(
                *(sys.executable, "-m", "granian", "--interface", "rsgi", "--http", "1", "--no-ws"),
                *("--host", "127.0.0.1", "--port", str(port), "config.rsgi:application"),
                log=f"web{host}.log",
                more={"DATA_DIR": str(tmp_path / f"host{host}")},
            )
        for port in ports:
            wait_until(lambda port=port: listening(port), seconds=60)  # type: ignore[misc]
            assert get(port, "/media/images/tea.jpg").body == picture.read_bytes()
