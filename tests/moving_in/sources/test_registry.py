"""The recipe for the next system, held: whoever adds a module is told where else it is named."""

import pkgutil
from importlib import import_module
from pathlib import Path

from posts.moving_in import sources
from posts.moving_in.shape import OldSystem
from posts.moving_in.sources.registry import SYSTEMS
from subscribers.saying import Sentence
from tests.moving_in.exports import EXPORTS

README = (Path(__file__).parents[3] / "README.md").read_text()


def test_each_module_of_a_system_is_in_the_registry() -> None:
    modules = [one.name for one in pkgutil.iter_modules(sources.__path__)]
    there = [import_module(f"{sources.__name__}.{name}") for name in modules]
    found = {one.SYSTEM.name for one in there if isinstance(getattr(one, "SYSTEM", 0), OldSystem)}
    assert found == SYSTEMS.keys()


def test_each_system_has_an_export_here_and_a_word_for_the_writer_and_in_the_readme() -> None:
    assert SYSTEMS.keys() == EXPORTS.keys()
    assert [one for one in SYSTEMS.values() if not isinstance(one.files, Sentence)] == []
    moving_in = README.partition("## Moving in")[2].partition("\n## ")[0]
    assert [one.title for one in SYSTEMS.values() if one.title not in moving_in] == []


def test_each_has_tests_of_its_own() -> None:
    here = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert SYSTEMS.keys() - here == set()
