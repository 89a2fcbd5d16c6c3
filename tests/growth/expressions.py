"""Every regular expression of ours, how it is used, and texts of its own letters to try it with."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.growth.measuring import Read

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("posts", "subscribers", "config")
USES = ("search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split")
# What is taken from nothing: a text ends with it where nothing else shall match.
NEVER = "\0"
_PLAIN = " \n\ta1é<>@.-,;:/'\"="
_LITERAL = re.compile(r"[^\\()|\[\]{}*+?^$.]{2,20}")
_MOST_WORDS = 120


@dataclass(frozen=True)
class Expression:
    """One expression, and by which method of it texts are looked at."""

    where: str
    pattern: re.Pattern[str] | re.Pattern[bytes]
    use: str

    @property
    def read(self) -> Read:
        if self.use in ("search", "match", "fullmatch"):
            read: Read = getattr(self.pattern, self.use)
            return read
        nothing = b"" if isinstance(self.pattern.pattern, bytes) else ""
        return lambda text: self.pattern.sub(nothing, text)  # type: ignore[arg-type]

    def text(self, unit: str, head: str, size: int) -> str | bytes:
        made = head + unit * (size // len(unit)) + NEVER
        return made.encode() if isinstance(self.pattern.pattern, bytes) else made

    def units(self) -> list[str]:
        """Its own signs and words, and signs that most expressions look for."""
        written = self.pattern.pattern
        source = written.decode() if isinstance(written, bytes) else written
        signs = {char for char in source if not char.isalnum()} | set(_PLAIN)
        return [*sorted(signs), *_words(source)]

    def heads(self) -> list[str]:
        written = self.pattern.pattern
        return ["", "x", *_words(written.decode() if isinstance(written, bytes) else written)[:1]]


def _words(source: str) -> list[str]:
    return list(dict.fromkeys(_LITERAL.findall(source)))[:_MOST_WORDS]


def modules() -> dict[str, Path]:
    """Our own modules by name."""
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): file
        for file in files
        if "migrations" not in file.parts and file.name != "__init__.py"
    }


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def _everything() -> str:
    return "\n".join(file.read_text() for file in modules().values())


def expressions() -> Iterator[Expression]:
    for name, file in modules().items():
        named = _named(file)
        for call in _calls(file):
            written = call.args[0]
            use = call.func.attr  # type: ignore[attr-defined]
            where = f"{name}:{call.lineno}"
            if use != "compile":
                if isinstance(written, ast.Constant) and isinstance(written.value, str):
                    yield Expression(where, re.compile(written.value), use)
                continue
            variable = named.get(call)
            if variable is None:
                continue
            pattern = getattr(import_module(name), variable)
            source = file.read_text() if variable.startswith("_") else _everything()
            uses = re.findall(rf"\b{variable}\.({'|'.join(USES)})\b", source) or ["search"]
            yield from (Expression(where, pattern, one) for one in dict.fromkeys(uses))


def composed() -> set[str]:
    """Modules with an expression that is put together while they run."""
    return {
        name
        for name, file in modules().items()
        for call in _calls(file)
        if not isinstance(call.args[0], ast.Constant) and call not in _named(file)
    }


def _calls(file: Path) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in (*USES, "compile")
    ]


def _named(file: Path) -> dict[ast.Call, str]:
    """Those that a module names once and for all."""
    return {
        node.value: target.id
        for node in parsed(file).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
