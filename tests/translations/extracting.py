"""Finds what readers read, and apart from it what only the desk says, in templates and code.

Django's makemessages would take every string of an app, and wants GNU gettext on the machine.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import Engine
from django.template.base import Node, Template, Token, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from tests.translations import wagtails

APPS = ("subscribers", "posts")  # a string of both stands in the catalogue of the first
DESK = "posts/desk"  # what only the desk says, of both apps
CATALOGUES = (*APPS, DESK)
# The command line speaks English.
_NOBODYS = ("*/management/*", "*/migrations/*")
# Rooms and modules whose strings only the editor sees.
_DESK = (
    *("*/desk/*", "*/wagtailadmin/*", "*/models.py"),
    *("posts/content/blocks.py", "posts/content/forms.py", "posts/content/panels.py"),
    *("posts/content/site_settings.py", "posts/content/uploads.py"),
    *(f"posts/content/enclosures/{name}.py" for name in ("checking", "choosers", "forms")),
    *("posts/content/enclosures/office.py", "posts/content/enclosures/sounds.py"),
    *("posts/content/importing/*", "posts/content/rendering.py", "posts/moving_in/*"),
    *("posts/delivery/rate/*", "posts/delivery/events/*"),
    *(
        f"posts/delivery/mailings/{name}.py"
        for name in (
            "audit",
            "control",
            "schedule",
            "segments",
            "spread",
            "start",
            "times",
            "way_out",
        )
    ),
    *("subscribers/lists/*", "subscribers/segments/*", "subscribers/figures/*"),
    *("subscribers/lists/csv_file.py", "subscribers/timeline.py"),
)
# Choices that a form shows to readers too.
_SHARED = {"subscribers/models.py": ("Edition", "Pace", "Rhythm")}
# Of these the desk shows the forms. What the help texts of all other models say is for whoever
# reads the code.
_SHOWN_MODELS = {
    *("Newsletter", "SendingSettings", "SiteSettings", "CareNote", "CoveringNote", "Topic"),
    *("PostPage", "PlainPage", "HomePage"),
}
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
# What is kept, to be said later, is said at the desk, wherever it is made (`subscribers.saying`).
_SAID = {"sentence", "sentence_of"}
_OF_A_NUMBER = {"ngettext", "ngettext_lazy", "sentence_of"}
# `default:_("None")`, or `heading=_("First steps")`, within a tag or a filter of a template.
_IN_TAGS = re.compile(r'_\("([^"]+)"\)')


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
    for path, place in _files(app):
        if place in _SHARED:
            tree = ast.parse(path.read_text())
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and node.name in _SHARED[place]:
                    yield from _in_code(node, place, _CALLS)
        elif not is_of_the_desk(place):
            yield from _in_file(path, place, _CALLS)


def messages_of_the_desk() -> Iterator[Message]:
    """Everything else that a person may see who writes."""
    for app in APPS:
        for path, place in _files(app):
            if is_of_the_desk(place):
                yield from _in_file(path, place, _CALLS | _SAID)
            elif path.suffix == ".py":
                yield from _in_code(ast.parse(path.read_text()), place, _SAID)
    for word in wagtails.WORDS:
        yield Message(word, "", "wagtail")


def is_of_the_desk(place: str) -> bool:
    """Whether no reader sees what this file says."""
    return any(fnmatch(place, pattern) for pattern in _DESK)


def _files(app: str) -> Iterator[tuple[Path, str]]:
    for path in sorted((settings.BASE_DIR / app).rglob("*")):
        place = path.relative_to(settings.BASE_DIR).as_posix()
        if not any(fnmatch(place, pattern) for pattern in _NOBODYS):
            yield path, place


def _in_file(path: Path, place: str, calls: set[str]) -> Iterator[Message]:
    if path.suffix == ".py":
        tree = ast.parse(path.read_text())
        if path.name == "models.py":
            _drop_notes_for_developers(tree)
        yield from _in_code(tree, place, calls)
    elif "/templates/" in place and path.suffix in (".html", ".txt"):
        yield from _in_template(path, place)


def _drop_notes_for_developers(tree: ast.Module) -> None:
    for model in tree.body:
        if isinstance(model, ast.ClassDef) and model.name not in _SHOWN_MODELS:
            for node in ast.walk(model):
                if isinstance(node, ast.Call):
                    node.keywords = [one for one in node.keywords if one.arg != "help_text"]


def _in_code(tree: ast.AST, place: str, calls: set[str]) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name not in calls or not node.args:
            continue
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        texts = [word for word in words if isinstance(word, str)]
        if texts:
            yield Message(texts[0], texts[1] if name in _OF_A_NUMBER else "", place)


def _in_template(path: Path, place: str) -> Iterator[Message]:
    text = path.read_text()
    for word in _IN_TAGS.findall(text):
        yield Message(word, "", place)
    template = Template(text, engine=Engine.get_default())
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
