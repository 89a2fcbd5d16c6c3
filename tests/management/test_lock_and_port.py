import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from posts.management import lock_and_port
from posts.management.lock_and_port import AlreadyTaken, Parent, lock_folder, require_free_port

ROOT = Path(__file__).resolve().parents[2]


def nobody(line: str) -> None:
    raise AssertionError(f"nothing should be said, but: {line}")


def test_a_port_on_which_somebody_listens_is_refused_with_another_one_offered() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(AlreadyTaken) as refusal:
            require_free_port(port)
    assert f"Port {port} is already in use" in str(refusal.value)
    assert "manage.py up --port 80" in str(refusal.value)
    require_free_port(port)


def test_a_port_taken_on_ipv6_only_is_refused_too() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener, pytest.raises(AlreadyTaken, match="already in use"):
        require_free_port(listener.getsockname()[1])


def test_a_folder_is_taken_once(tmp_path: Path) -> None:
    held = lock_folder(tmp_path, say=nobody)
    with pytest.raises(AlreadyTaken) as refusal:
        lock_folder(tmp_path, say=nobody)
    assert f"already running on {tmp_path} (process {os.getpid()})" in str(refusal.value)
    assert "DATA_DIR=" in str(refusal.value)
    os.close(held)
    os.close(lock_folder(tmp_path, say=nobody))


def test_a_folder_whose_owner_was_killed_is_free_once_its_children_ended(tmp_path: Path) -> None:
    script = """
import subprocess, sys
from pathlib import Path
from posts.management.lock_and_port import lock_folder
held = lock_folder(Path(sys.argv[1]), say=print)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"], pass_fds=[held])
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True)
    said: list[str] = []
    os.close(lock_folder(tmp_path, say=said.append))
    assert said == ["An earlier run is still ending; waiting for it."]


def test_children_that_never_end_are_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = lock_folder(tmp_path, say=nobody)
    os.ftruncate(held, 0)  # as if the owner had been killed before it wrote its number
    monkeypatch.setattr(lock_and_port, "PATIENCE_SECONDS", 0.1)
    with pytest.raises(AlreadyTaken, match="already running"):
        lock_folder(tmp_path, say=lambda _: None)
    os.close(held)


WATCH_PARENT = """
import os, sys, time
from posts.management.lock_and_port import Parent
parent = Parent()
first = os.getppid()
open(sys.argv[1], "w").close()
while os.getppid() == first:
    time.sleep(0.01)
print(parent.is_gone())
"""


LEAVES = f'"{sys.executable}" -c "$1" "$2" & while [ ! -e "$2" ]; do sleep 0.02; done'


def watched(parent: str, folder: Path) -> str:
    """What WATCH_PARENT prints when the `parent` that started it leaves."""
    return subprocess.run(
        [parent, "-c", LEAVES, parent, WATCH_PARENT, str(folder / "watching")],
        cwd=ROOT,
        stdout=subprocess.PIPE,  # read until the orphan has closed it too
        text=True,
        check=True,
    ).stdout.strip()


def test_a_parent_that_is_no_uv_may_leave(tmp_path: Path) -> None:
    assert watched("sh", tmp_path) == "False"


def test_a_uv_that_was_killed_is_noticed(tmp_path: Path) -> None:
    uv = tmp_path / "uv"
    uv.symlink_to("/bin/sh")
    assert watched(str(uv), tmp_path) == "True"


def test_a_parent_that_is_there_is_not_gone() -> None:
    assert not Parent().is_gone()
