"""Finds what readers read, in templates and code, and nothing of what only the desk says.

Django's makemessages would take every string of an app, and wants GNU gettext on the machine.
"""

import ast
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import Engine
from django.template.base import Node, Template, Token, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

APPS = ("subscribers", "posts")  # a string of both stands in the catalogue of the first
# Rooms and modules whose strings only the editor sees, or a person at the command line.
_DESK = (
    *("*/desk/*", "*/management/*", "*/migrations/*", "*/wagtailadmin/*", "*/models.py"),
    *("posts/content/blocks.py", "posts/content/forms.py", "posts/content/panels.py"),
    *("posts/content/site_settings.py", "posts/content/uploads.py"),
    *(f"posts/content/enclosures/{name}.py" for name in ("checking", "choosers", "forms")),
    *("posts/content/enclosures/office.py", "posts/content/enclosures/sounds.py"),
    *("posts/content/importing/*", "posts/content/rendering.py"),
    *("posts/delivery/rate/*", "posts/delivery/events/*"),
    "posts/delivery/mailings/segments.py",
    *("subscribers/lists/*", "subscribers/segments/*", "subscribers/figures/*"),
    *("subscribers/lists/csv_file.py", "subscribers/timeline.py"),
)
# Choices that a form shows to readers too.
_SHARED = {"subscribers/models.py": ("Edition", "Pace", "Rhythm")}
_CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}


class Message(NamedTuple):
    """A string in its singular, its plural if it has one, and where it stands."""

    singular: str
    plural: str
    place: str

    @property
    def id(self) -> str | tuple[str, str]:
        return (self.singular, self.plural) if self.plural else self.singular


def messages_of(app: str) -> Iterator[Message]:
    """Everything a reader may see of this app, in a stable order."""
    for path in sorted((settings.BASE_DIR / app).rglob("*")):
        place = path.relative_to(settings.BASE_DIR).as_posix()
        if place in _SHARED:
            tree = ast.parse(path.read_text())
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and node.name in _SHARED[place]:
                    yield from _in_code(node, place)
        elif any(fnmatch(place, pattern) for pattern in _DESK):
            continue
        elif path.suffix == ".py":
            yield from _in_code(ast.parse(path.read_text()), place)
        elif "/templates/" in place and path.suffix in (".html", ".txt"):
            yield from _in_template(path, place)


def _in_code(tree: ast.AST, place: str) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name not in _CALLS or not node.args:
            continue
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        texts = [word for word in words if isinstance(word, str)]
        if texts:
            yield Message(texts[0], texts[1] if "ngettext" in name else "", place)


def _in_template(path: Path, place: str) -> Iterator[Message]:
    template = Template(path.read_text(), engine=Engine.get_default())
    for node in _nodes(template.nodelist):
        if isinstance(node, TranslateNode):
            yield Message(str(node.filter_expression.var.literal), "", place)
        elif isinstance(node, BlockTranslateNode):
            plural = _block(node.plural) if node.plural else ""
            yield Message(_block(node.singular), plural, place)


def _nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        for name in node.child_nodelists:
            yield from _nodes(getattr(node, name, None) or [])
        for _condition, inner in getattr(node, "conditions_nodelists", ()):
            yield from _nodes(inner)


def _block(tokens: list[Token]) -> str:
    """As BlockTranslateNode looks it up."""
    return "".join(
        f"%({token.contents})s"
        if token.token_type == TokenType.VAR
        else token.contents.replace("%", "%%")
        for token in tokens
    )
