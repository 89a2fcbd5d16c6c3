import platform
import subprocess
import sys

import pytest

# Large pieces, between which small ones stay.
PROGRAM = """
import sys
from pathlib import Path
from posts.public.server.heap import keep_small

def megabytes():
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) / 1024

if sys.argv[1] == "small":
    keep_small()
large = bytearray(b"x") * (9 << 20)
del large  # from now on glibc keeps pieces of up to 9 MB in the heap
before = megabytes()
large, stays = [], []
for _ in range(50):
    large.append(b"y" * (1 << 20))
    stays.append(b"z" * 2_000)
del large
print(megabytes() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library decides itself")
def test_what_large_bodies_took_is_given_back_though_small_things_of_their_time_stay() -> None:
    grown = {}
    for how in ("small", "as it is"):
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True
        )
        grown[how] = float(ran.stdout)
    assert grown["small"] < 5
    assert grown["as it is"] > 2 * grown["small"]
