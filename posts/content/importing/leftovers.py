"""What a Markdown text holds for the program that it was written for, and no reader understands.

Hugo’s and Jekyll’s shortcodes, MDX’s components, kramdown’s and Pandoc’s attributes, Obsidian’s
links and comments. The words in them stay; the marks around go, and are named. Within code
everything stays as it is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from subscribers.saying import sentence

_FENCE = re.compile(r"[ ]{0,3}(?P<fence>`{3,}|~{3,})")
_IN_LINE = re.compile(r"`[^`\n]{1,1000}`")
_QUOTED_WORDS = re.compile(r"(?P<name>[\w-]{1,40})\s?=\s?(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)')")
_PICTURED = ("src", "image", "url", "link")
_SPOKEN = ("title", "caption", "text", "alt", "label", "attr", "author", "cite", "summary")


@dataclass
class _Cleaning:
    """The text as it is worked on; what was taken out, a name for each kind."""

    named: dict[str, list[str]] = field(default_factory=dict)

    def name(self, kind: str, what: str) -> None:
        found = self.named.setdefault(kind, [])
        what = " ".join(what.split())
        if what not in found and len(found) < 20:
            found.append(what if len(what) < 60 else f"{what[:57]}…")


def without_leftovers(text: str) -> tuple[str, tuple[str, ...]]:
    """The text, and what was left out of it, by kind."""
    cleaning = _Cleaning()
    cleaned = "".join(
        part if is_code else _cleaned(part, cleaning) for part, is_code in _by_code(text)
    )
    losses = tuple(
        sentence("%(what)s: %(words)s.", what=kind, words=", ".join(found))
        for kind, found in cleaning.named.items()
    )
    return cleaned, losses


def _by_code(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, those between fences apart. A fence that never closes goes to the end."""
    part: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if fence:
            part.append(line)
            if found and found["fence"].startswith(fence) and not line[found.end() :].strip():
                yield "".join(part), True
                part, fence = [], ""
        elif found:
            yield "".join(part), False
            part, fence = [line], found["fence"]
        else:
            part.append(line)
    yield "".join(part), bool(fence)


def _cleaned(text: str, cleaning: _Cleaning) -> str:
    text = _without_comments(text)
    parts, at = [], 0
    for code in _IN_LINE.finditer(text):
        parts += [_replaced(text[at : code.start()], cleaning), code.group()]
        at = code.end()
    return "".join([*parts, _replaced(text[at:], cleaning)])


def _replaced(text: str, cleaning: _Cleaning) -> str:
    for pattern, replaced in _KINDS:
        text = pattern.sub(partial(replaced, cleaning=cleaning), text)
    return text


def _without_comments(text: str) -> str:
    """A comment right before words would hide from Markdown what they are."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[at:start])
        at = end + 3
        while at < len(text) and text[at] in " \t":
            at += 1
    return "".join([*parts, text[at:]])


# --- Each kind --------------------------------------------------------------------------------

_Replacing = Callable[..., str]  # of what was found, `cleaning`


def _dropped(kind: str) -> _Replacing:
    def replaced(found: re.Match[str], cleaning: _Cleaning) -> str:
        cleaning.name(kind, found.group().strip())
        return ""

    return replaced


def _silently(by: str) -> _Replacing:
    return lambda found, cleaning: found.expand(by)


def _shortcode(found: re.Match[str], cleaning: _Cleaning) -> str:
    """A picture, or the words that it would show; its name where it shows nothing of its own."""
    inside = found["inside"].strip().strip("%<>/ ").strip()
    values = {
        one["name"].lower(): one["a"] or one["b"] or "" for one in _QUOTED_WORDS.finditer(inside)
    }
    name = (inside.split() or [""])[0]
    source = next((values[key] for key in _PICTURED if values.get(key)), "")
    words = [values[key] for key in _SPOKEN if values.get(key)]
    pictured = name.lower() in ("figure", "img", "image", "picture") or "alt" in values
    if pictured and source:
        alt = values.get("alt", "")
        spoken = [words for words in (values.get("title"), values.get("caption")) if words]
        caption = " – ".join(spoken).replace('"', "”")
        below = f' "{caption}"' if caption else ""
        return f"\n\n![{alt}](<{source}>{below})\n\n"
    cleaning.name(sentence("Not kept, since only a site generator understands it"), found.group())
    return " – ".join(words)


def _wiki_link(found: re.Match[str], cleaning: _Cleaning) -> str:
    """`[[Page|words]]` as Obsidian links its notes: the words, which lead nowhere here."""
    target, _bar, words = found["inside"].partition("|")
    cleaning.name(sentence("Links to other notes, which became words"), target)
    return words.strip() or target.replace("#", " – ").strip()


def _wiki_picture(found: re.Match[str], cleaning: _Cleaning) -> str:
    target, _bar, words = found["inside"].partition("|")
    words = "" if re.fullmatch(r"[\dx ]*", words) else words
    if re.search(
        r"\.(?:jpe?g|png|gif|webp|avif|heic|bmp|tiff?|svg)$", target.strip(), re.IGNORECASE
    ):
        return f"![{words}](<{target.strip()}>)"
    cleaning.name(sentence("Notes that would be shown inside this one, which are not here"), target)
    return f"{words or target}"


def _callout(found: re.Match[str], cleaning: _Cleaning) -> str:
    """`> [!note] Title` of Obsidian and GitHub: its title, or nothing, as part of the quotation."""
    title = found["title"].strip()
    return f"{found['mark']}**{title}**\n{found['mark'].rstrip()}\n" if title else ""


def _component(found: re.Match[str], cleaning: _Cleaning) -> str:
    """A component of MDX: the words in its attributes, and what it encloses, stay."""
    values = {
        one["name"].lower(): one["a"] or one["b"] or ""
        for one in _QUOTED_WORDS.finditer(found.group())
    }
    cleaning.name(sentence("Not kept, since only a program understands it"), found.group())
    if source := values.get("src"):
        return f"\n\n![{values.get('alt', '')}](<{source}>)\n\n"
    return " – ".join(words for key, words in values.items() if key in _SPOKEN)


_KINDS: tuple[tuple[re.Pattern[str], _Replacing], ...] = (
    (re.compile(r"%%[^%]{1,5000}%%"), _dropped(sentence("Comments, which stay yours"))),
    (re.compile(r"\{/\*[^*]{0,5000}\*/\}"), _dropped(sentence("Comments, which stay yours"))),
    (
        re.compile(r"\{%\s*comment\s*%\}[^{]{0,5000}\{%\s*endcomment\s*%\}"),
        _dropped(sentence("Comments, which stay yours")),
    ),
    (re.compile(r"\{\{(?P<inside>[<%/][^{}]{1,2000}|[^{}\n]{1,300})\}\}"), _shortcode),
    (re.compile(r"\{%(?P<inside>[^{}]{1,1000})%\}"), _shortcode),
    (re.compile(r"!\[\[(?P<inside>[^\[\]\n]{1,300})\]\]"), _wiki_picture),
    (re.compile(r"(?<!!)\[\[(?P<inside>[^\[\]\n]{1,300})\]\]"), _wiki_link),
    (
        re.compile(
            r"^(?P<mark>[ \t]{0,3}>[> \t]{0,10})\[![\w|-]{1,40}\][+-]?(?P<title>[^\n]{0,300})\n",
            re.MULTILINE,
        ),
        _callout,
    ),
    (
        re.compile(
            r"^(?:import\s[^\n]{0,300}\sfrom\s[^\n]{1,200}|import\s+['\"][^\n]{1,200}|export\s+(?:const|default|function)\s[^\n]{0,1000})\n?",
            re.MULTILINE,
        ),
        _dropped(sentence("Not kept, since only a program understands it")),
    ),
    (re.compile(r"</?[A-Z](?=\w*[a-z])[\w.]{0,60}(?:\s[^<>]{0,1000})?/?>"), _component),
    (
        re.compile(r"^[*+-] TOC\n\{:toc[^{}\n]*\}$", re.MULTILINE),
        _dropped(sentence("Not kept: a table of contents")),
    ),
    (re.compile(r"\[(?P<words>[^\[\]\n]{1,500})\]\{[^{}\n]{1,200}\}"), _silently(r"\g<words>")),
    (re.compile(r"^\| (?P<line>[^|\n]*)$", re.MULTILINE), _silently(r"\g<line>  ")),
    # Attributes of kramdown and Pandoc: after a heading, on a line of their own, after words.
    (
        re.compile(
            r"\{:[^{}\n]{0,300}\}|(?<=[^\s{])[ \t]*"
            r"\{(?:[#.][\w-][^{}\n]{0,200}|[\w-]{1,40}=[^{}\n]{1,200}|-)\}"
        ),
        _dropped(sentence("Not kept: attributes")),
    ),
    (
        re.compile(r"^:{3,}[^\n]{0,200}$\n?", re.MULTILINE),
        _dropped(sentence("Not kept: divisions")),
    ),
    (
        re.compile(
            r"^\\(?:newpage|pagebreak|clearpage|noindent|tableofcontents|maketitle)\b[^\n]{0,100}$",
            re.MULTILINE,
        ),
        _dropped(sentence("Not kept: commands of LaTeX")),
    ),
    (
        re.compile(r"^\[(?:toc|TOC)\]$|^\[\[_?TOC_?\]\]$", re.MULTILINE),
        _dropped(sentence("Not kept: a table of contents")),
    ),
    # Markdown takes 2*3*4 for words that are stressed, and drops the signs.
    (re.compile(r"(?<=\d)\*(?=\d)"), _silently(r"\\*")),
    (re.compile(r"==(?P<words>[^=\s](?:[^=\n]{0,300}[^=\s])?)=="), _silently(r"\g<words>")),
    (
        re.compile(r"(?<=\S)[ \t]+\^[\w-]{4,40}$", re.MULTILINE),
        _dropped(sentence("Not kept: marks of paragraphs")),
    ),
)
