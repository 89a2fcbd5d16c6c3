"""Emphasis and links in a line of plain text, by the marks that people know from Markdown."""

import re

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from posts.content.importing.inline import Inline
from posts.content.importing.pieces import linked

_MARKS = re.compile(
    r"\*\*[^\s*][^*\n]{0,500}\*\*|~~[^\s~][^~\n]{0,500}~~"
    r"|\[[^\[\]\n]{1,200}\]\((?:https?://|mailto:)[^\s()]{1,500}\)"
    r"|(?<![\w*_])[*_][“„«\"']?[^\W_](?:[^*_\n]{0,500}[^\W_][.!?…,]?[”“»\"']?[.!?…,]?)?[*_](?![\w*_])"
)
_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "strikethrough", "link"])
_LONGEST = 20_000  # characters of a line in which marks are looked for


def emphasised(text: str) -> str:
    """A line of plain text as inline rich text."""
    if len(text) > _LONGEST or not _MARKS.search(text):
        return linked(text)
    html = _MARKDOWN.renderInline(text)
    return "".join(map(Inline().html, BeautifulSoup(html, "html.parser").contents))
