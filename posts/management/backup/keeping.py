"""How backups are named in a folder of them, and which old ones go."""

import re
from pathlib import Path

from django.utils import timezone

_NAME = re.compile(r"passalong-\d{8}T\d{6}\.backup")


def new_name() -> str:
    return f"passalong-{timezone.now():%Y%m%dT%H%M%S}.backup"


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups that we named; answers which went."""
    ours = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    old = ours[:-keep]
    for path in old:
        path.unlink()
    return old
