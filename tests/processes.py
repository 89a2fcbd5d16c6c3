"""Looking at processes, for tests that start some."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


def runs(process: int) -> bool:
    """A zombie has ended, though its new parent has not looked yet."""
    return any(row.number == process and not row.state.startswith("Z") for row in _table())


def family(process: int) -> dict[int, str]:
    """Everything that `process` started, and what those started: number and command line."""
    table = _table()
    found: dict[int, str] = {}
    todo = [process]
    while todo:
        parent = todo.pop()
        for row in table:
            if row.parent == parent:
                found[row.number] = row.command
                todo.append(row.number)
    return found


class _Row(NamedTuple):
    number: int
    parent: int
    state: str
    command: str


def _table() -> list[_Row]:
    """Every process. Small Linux images have no `ps`, and macOS has no /proc."""
    if sys.platform == "linux":
        folders = (folder for folder in Path("/proc").iterdir() if folder.name.isdecimal())
        return [row for folder in folders if (row := _from_proc(folder))]
    answer = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(maxsplit=3) for line in answer.stdout.splitlines())
    return [_Row(int(pid), int(parent), state, args) for pid, parent, state, args in rows]


def _from_proc(folder: Path) -> _Row | None:
    try:
        # The second field is a name in brackets, which may hold spaces and brackets.
        state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        words = (folder / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return None
    return _Row(int(folder.name), int(parent), state, b" ".join(words).decode(errors="replace"))
