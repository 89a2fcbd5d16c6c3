"""Clocks that are wrong, one for each process that wants one."""

import shutil
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("wrong_clock.c")


class Clock:
    """The wall clock of the processes that are started with its environment. Their monotonic
    clock goes on as it is, as it does when somebody sets the time."""

    def __init__(self, folder: Path, name: str, hours: int) -> None:
        self._file = folder / f"{name}.clock"
        self._file.touch()
        self._library = folder / "wrong_clock.so"
        if not self._library.exists():
            compiler = shutil.which("cc")
            assert compiler, "a C compiler is missing: install gcc and libc6-dev"
            build = [compiler, "-O2", "-shared", "-fPIC", "-o", str(self._library), str(SOURCE)]
            subprocess.run(build, check=True)
        self.set(hours)

    def set(self, hours: int) -> None:
        """So many hours ahead of the time, from now on."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("l", hours * 3600))

    @property
    def environment(self) -> Mapping[str, str]:
        return {"LD_PRELOAD": str(self._library), "WRONG_CLOCK": str(self._file)}
