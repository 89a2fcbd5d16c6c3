"""Finds what somebody at the desk would read and nobody marked for translation: in code, templates
and scripts, without running them.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import NavigableString, TemplateString

# Two words with a blank between, or one that begins with a capital: what is said to people. Names
# in code, addresses, columns and keys look otherwise.
_SAID = re.compile(r"[A-Za-z]{2,}[,.:;]? [A-Za-z“]|^[A-Z][a-z]+[.:]?$")
_MARKS = {
    *("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"),
    *("pgettext", "pgettext_lazy", "sentence", "sentence_of"),
}
_FOR_PROGRAMS = {
    "RunSQL",
    "execute",
    "RawSQL",
    "getLogger",
    "debug",
    "info",
    "warning",
    "exception",
}
_BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
_COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_LITERAL = re.compile(r'"([^"]*)"')
_MARKED = re.compile(r'_\("[^"]*"\)')
_ATTRIBUTES = ("alt", "aria-label", "aria-description", "label", "placeholder", "title")
# In scripts: a string of words; imports, selectors and names of events have other signs.
_QUOTED = re.compile(r"""(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1""")
_KEYS = {"Enter"}
_SENTENCE = re.compile(r"^[A-Z][a-z’]+(?:[ ,.:…][^<>=(){}\[\]]*)?$|^[A-Z][a-z’]* [a-z]")


def in_python(text: str) -> list[str]:
    """Strings for people that stand in no call which marks them."""
    tree = ast.parse(text)
    return list(_strings(tree, _notes(tree)))


def _notes(tree: ast.Module) -> set[int]:
    """Docstrings, and strings that stand alone."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _strings(node: ast.AST, notes: set[int]) -> Iterator[str]:
    match node:
        case ast.Call(func=func) if _name(func) in _MARKS | _FOR_PROGRAMS:
            return
        case ast.Subscript(value=value):  # the name of a key or of a type
            yield from _strings(value, notes)
        case ast.AnnAssign(value=value):
            if value is not None:
                yield from _strings(value, notes)
        case ast.FunctionDef(name="__str__"):  # for whoever repairs the machine
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return
        case ast.Constant(value=str(said)) if id(node) not in notes and _is_said(said):
            yield said
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _strings(child, notes)


def _is_said(text: str) -> bool:
    # Tags, patterns, kinds of files and headers of answers are for programs.
    return _SAID.search(text) is not None and not re.search(r"[<\\]|^(?:text|attachment)\b", text)


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")


def in_template(text: str) -> list[str]:
    """Words of a template's own, in its text, in what is heard of it, and in arguments of tags."""
    bare = _BLOCK.sub("⟦⟧", _COMMENT.sub("", text))
    tags = [
        tag for tag in _TAG.findall(bare) if not re.match(r"{%\s*(?:trans|translate|load)\b", tag)
    ]
    found = [
        word
        for tag in tags
        for word in _LITERAL.findall(_MARKED.sub("", tag))
        if _is_argument_said(word)
    ]
    soup = BeautifulSoup(_TAG.sub("⟦⟧", bare), "html.parser")
    for unseen in soup.select("script, style, code, [translate=no]"):
        unseen.decompose()
    shown = (NavigableString, TemplateString)
    said = [str(part) for part in soup.find_all(string=True) if type(part) in shown]
    for element in soup.find_all(True):
        said += [str(value) for name, value in element.attrs.items() if name in _ATTRIBUTES]
    # Of `{% block bodyclass %}login{% endblock %}` and the like one word without a capital stays.
    words = [" ".join(part.split()) for part in said if "@" not in part]
    return found + [one for one in words if re.search(r"[A-Z][a-z]|[a-z]{2,}\W+[a-z]{2,}", one)]


def _is_argument_said(word: str) -> bool:
    return "/" not in word and "_FORMAT" not in word and _SAID.search(word) is not None


def in_script(text: str) -> list[str]:
    """Sentences in a script, which has to get them from its page."""
    bare = re.sub(r"/\*.*?\*/|^\s*//.*$|\s//\s.*$", "", text, flags=re.DOTALL | re.MULTILINE)
    quoted = [said for _quote, said in _QUOTED.findall(bare)]
    return [said for said in quoted if _SENTENCE.search(said) and said not in _KEYS]


def files(folder: Path, ending: str) -> list[Path]:
    """In a stable order."""
    return sorted(folder.rglob(f"*{ending}"))
