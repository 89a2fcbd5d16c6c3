"""Programs from npm that look at our pages. They stay outside of the repository, in a cache."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def installed(package: str, version: str) -> Path:
    """The folder of this package, which is fetched where it isn't there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "passalong-tests" / f"{package}-{version}"
    folder = home / "node_modules" / package
    if (home / "whole").exists():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("No npm found. Install it (apt-get install npm).")
    home.mkdir(parents=True, exist_ok=True)
    # No scripts of packages: nothing that we use needs them.
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
    subprocess.run(
        [npm, "install", "--prefix", home, *options, f"{package}@{version}"],
        check=True,
        timeout=300,
    )
    (home / "whole").touch()
    return folder
