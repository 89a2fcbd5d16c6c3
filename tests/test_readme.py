"""The pages for people who run it and who change it name what is there."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from posts.delivery import states
from posts.delivery.models import Delivery
from posts.delivery.states import DELIVERIES, MAILINGS, Who

D = Delivery.State
ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text()
DEVELOPERS = (ROOT / "posts" / "README.md").read_text()


def _commands() -> set[str]:
    return {
        file.stem
        for app in ("posts", "subscribers")
        for file in (ROOT / app / "management" / "commands").glob("[a-z]*.py")
    }


def _rows(page: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)", page, re.M))


@pytest.mark.parametrize("command", sorted(_commands()))
def test_each_command_is_in_the_table(command: str) -> None:
    assert command in _rows(README)


def test_each_variable_that_is_read_is_in_the_table() -> None:
    rooms = (ROOT / "config" / name for name in ("settings.py", "environment.py"))
    code = "".join(room.read_text() for room in rooms)
    read = set(re.findall(r"""(?:env(?:\.\w+)?|secret|service)\(\s*"(\w+)\"""", code))
    assert {"SITE_URL", "SECRET_KEY", "DATABASE_URL"} <= read
    assert read <= _rows(README)


def _names() -> list[str]:
    found = set(re.findall(r"`((?:posts|subscribers)(?:\.\w+)+)`", DEVELOPERS))
    return sorted(found)


@pytest.mark.parametrize("name", _names())
def test_each_name_on_the_developers_page_is_there(name: str) -> None:
    parts = name.split(".")
    rest: list[str] = []
    while parts:
        try:
            there = import_module(".".join(parts))
        except ModuleNotFoundError:
            rest.insert(0, parts.pop())
        else:
            break
    for attribute in rest:
        there = getattr(there, attribute)
    assert there


@pytest.mark.parametrize(
    "file", sorted(set(re.findall(r"`([\w/]*(?:/|\.(?:py|html|toml|css|js)))`", DEVELOPERS)))
)
def test_each_file_on_the_developers_page_is_there(file: str) -> None:
    assert any((ROOT / room / file).exists() for room in ("", "posts", "subscribers", "tests"))


def test_the_map_shows_the_rooms_that_are_there() -> None:
    text = re.search(r"## The map\n\n(.*?)\n\n", DEVELOPERS, re.S)
    assert text
    shown, folders = set(), [ROOT]
    for indent, room in re.findall(r"^    ( *)(\w+)/(?: |$)", text[1], re.M):
        del folders[len(indent) // 2 + 1 :]
        folders.append(folders[-1] / room)
        shown.add(folders[-1])
    packages = {
        file.parent
        for app in ("posts", "subscribers")
        for file in (ROOT / app).glob("*/__init__.py")
    }
    named_by_django = {"migrations", "templatetags", "management"}
    assert [room for room in shown if not room.is_dir()] == []
    assert {room for room in packages if room.name not in named_by_django} <= shown


def _steps(number: int) -> set[tuple[str, str]]:
    diagram = re.findall(r"```mermaid\n(.*?)```", DEVELOPERS, re.S)[number]
    return set(re.findall(r"(\S+) --> (\S+)", diagram))


def test_the_diagram_of_a_mailing_is_its_table() -> None:
    table = {(was.value, to.value) for was, steps in MAILINGS.items() for to in steps}
    begins = {("[*]", state.value) for state in states.NEW_MAILINGS}
    assert _steps(0) == table | begins


def test_the_diagram_of_a_delivery_is_its_table() -> None:
    """Without what a sentence below it says: the word of whoever took the mail."""
    begins = {("[*]", state.label.replace(" ", "_")) for state in states.NEW_DELIVERIES}
    ours = {
        (was.name.lower(), to.name.lower())
        for was, steps in DELIVERIES.items()
        for to, who in steps.items()
        if who != Who.PROVIDER
        or was in (D.ACCEPTED, D.DELIVERED)
        or (was, to) == (D.BOUNCED, D.COMPLAINED)
    }
    assert _steps(1) == ours | begins
