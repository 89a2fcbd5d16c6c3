"""What servers install fits what the project asks for."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FILE = Path(settings.BASE_DIR) / "config/deploy/requirements.txt"
PROJECT = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())
MEND = (
    "pyproject.toml changed: run the command in the first lines of config/deploy/requirements.txt"
)


class Pinned(NamedTuple):
    version: str
    hashes: int
    wanted_by: set[str]


def pinned() -> dict[str, Pinned]:
    """Each entry: a name and version, its hashes, and the comment that says who wants it."""
    entries = re.split(r"\n(?=[a-z0-9])", FILE.read_text())[1:]
    found: dict[str, Pinned] = {}
    for entry in entries:
        name, version = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+]+)", entry, re.A).groups()  # type: ignore[union-attr]
        wanted_by = set(re.findall(r"# +(?:via )?([\w.-]+)$", entry, re.M)) - {"via"}
        hashes = len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry))
        found[canonicalize_name(name)] = Pinned(version, hashes, wanted_by)
    return found


def asked_for() -> dict[str, Requirement]:
    requirements = map(Requirement, PROJECT["project"]["dependencies"])
    return {canonicalize_name(each.name): each for each in requirements}


def test_every_version_stands_there_with_its_hashes() -> None:
    lines = [line for line in FILE.read_text().splitlines() if line.strip()]
    for line in lines:
        assert re.match(r"#|    # |[\w.-]+(\[[\w,-]+\])?==[^ ]+ |    --hash=sha256:", line), line
    assert len(pinned()) > 40
    assert all(entry.hashes for entry in pinned().values())


def test_no_address_of_an_index_stands_there() -> None:
    assert not re.search(r"://|^--?\w*(index|find|trusted)", FILE.read_text(), re.M)


def test_it_names_what_the_project_asks_for_and_nothing_that_it_asks_for_no_more() -> None:
    ours = PROJECT["project"]["name"]
    direct = {name for name, entry in pinned().items() if ours in entry.wanted_by}
    assert direct == asked_for().keys(), MEND


@pytest.mark.parametrize("name", asked_for())
def test_its_version_is_one_that_the_project_takes(name: str) -> None:
    assert asked_for()[name].specifier.contains(pinned()[name].version), MEND


def test_everything_else_there_is_wanted_by_something_there() -> None:
    known = {PROJECT["project"]["name"], *pinned()}
    for name, entry in pinned().items():
        assert entry.wanted_by <= known, f"{name}: {MEND}"
        assert entry.wanted_by, name
