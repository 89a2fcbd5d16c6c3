"""Large bodies go back to the machine when they were answered.

glibc takes large pieces straight from the kernel, and gives them back when they are freed; but
each freed one raises the size from which it does so, up to 32 MB, and by then what strangers send
lies scattered in a heap that only grows. Fixed thresholds keep the process as small as it began:
see mallopt(3), "Setting any of M_TRIM_THRESHOLD … disables the dynamic adjustment".
"""

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE = 131_072  # bytes: glibc's own beginning


def keep_small() -> None:
    """For a process that serves. Does nothing where the C library is another than glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _LARGE)
        mallopt(_M_ARENA_MAX, 2)
