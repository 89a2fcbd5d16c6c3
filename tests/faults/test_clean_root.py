"""Both ways' first lines in a machine that has nothing: a clean Debian, as root, literally.

It fetches a gigabyte, so only `FAULTS_SIZE=full` does it, and wants root, debootstrap and the
network. What starts services is left to `test_deployed`: systemd is not the first process here.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.config.test_deploy import DEPLOY, PAGE, blocks, section
from tests.faults.site import ROOT

pytestmark = pytest.mark.skipif(
    os.environ.get("FAULTS_SIZE") != "full", reason="fetches a gigabyte: FAULTS_SIZE=full"
)
RELEASE = "trixie"
# Of this machine, without which the clean one reaches no mirror.
ITS_NETWORK = ("etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def inside(root: Path, script: str) -> str:
    bare = ("env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    quiet = ("HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive")
    return run("chroot", str(root), *bare, *quiet, "sh", "-ec", script)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("clean") / "root"
    root.parent.parent.chmod(0o755)
    run("debootstrap", "--variant=minbase", "--include=ca-certificates", RELEASE, str(root))
    for file in ITS_NETWORK:
        shutil.copyfile(f"/{file}", root / file)
    with ExitStack() as stack:
        for folder in ("proc", "dev"):
            run("mount", "--bind", f"/{folder}", str(root / folder))
            stack.callback(run, "umount", str(root / folder))
        yield root


def test_the_first_way_ends_at_a_site_that_the_services_user_can_run(clean: Path) -> None:
    run("git", "clone", "-q", "--bare", str(ROOT), str(clean / "root/passalong.git"))
    for absent in ("systemctl", "journalctl"):
        (clean / "usr/local/sbin" / absent).write_text("#!/bin/sh\necho welcome/\n")
        (clean / "usr/local/sbin" / absent).chmod(0o755)
    inside(clean, re.sub(r"^FROM=.*$", "FROM=/root/passalong.git", blocks(PAGE)[0], flags=re.M))
    prepare = section(DEPLOY / "systemd/passalong-web.service", "Service")["ExecStartPre"]
    as_service = (
        "install -d -m 700 -o passalong /var/lib/passalong; cd /srv/passalong; "
        "set -a; . /etc/passalong.env; "
        "setpriv --reuid=passalong --regid=passalong --clear-groups --no-new-privs "
    )
    assert "https://letters.example.org/admin/welcome/" in inside(clean, as_service + prepare)
    told = inside(clean, as_service + f"{prepare.rpartition(' ')[0]} doctor || true")
    assert "SQLite answers and has every migration." in told
    assert "There are fonts for every script we know of." in told


def test_the_images_steps_end_at_a_folder_that_its_user_can_run(clean: Path) -> None:
    """With Debian's own Python for the one that the image begins with."""
    inside(clean, "apt-get update -qq; apt-get install -qq -y python3-venv")
    context = clean / "context"
    run("git", "clone", "-q", str(ROOT), str(context))
    steps = ["umask 022"]
    for line in (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        if word == "RUN":
            steps.append(f"( {rest} )")
        elif word == "WORKDIR":
            steps.append(f"mkdir -p {rest}; cd {rest}")
        elif word == "COPY" and not rest.startswith("--from"):
            source, target = rest.split()
            steps.append(f"cp -r /context/{source} {target}")
    inside(clean, "userdel passalong 2>/dev/null || true\n" + "\n".join(steps))
    told = inside(
        clean,
        "cd /app; exec setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs "
        "env DATA_DIR=/data SHARED_DIR=/shared /opt/venv/bin/python manage.py prepare",
    )
    assert "The database is ready." in told
