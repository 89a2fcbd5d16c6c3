"""Which part of a page is its text: without menus, footers, forms and what else stands around it.

By what the page itself says of its parts: elements, roles, and the classes that programs give them.
Readers of pages such as readability and trafilatura go by how dense a part is, and lose what is
short: of a letter of four lines, three. Whatever is left out is named with its first words.
"""

import html as entities
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from posts.content.importing.about import About, about
from posts.content.importing.page_parts import properties, rewrite, take_remarks
from posts.content.importing.spaces import tidy
from posts.content.importing.styles import is_unseen
from subscribers.saying import listed, quoted, sentence

_HEAD = 200_000  # characters in which the head of a page ends
_META = re.compile(r"<(?P<tag>meta|link)\b(?P<rest>[^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?P<name>[\w:-]{1,40})\s{0,9}=\s{0,9}(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)')"
)
_TITLE = re.compile(r"<title\b[^>]{0,1000}>(?P<text>[^<]*)", re.IGNORECASE)
_OF_MEDIUM = {
    "date": re.compile(r"<time class=\"dt-published\" datetime=\"(?P<value>[^\"]{10,40})\""),
    "canonical": re.compile(r"<a href=\"(?P<value>https?://[^\"]{1,500})\" class=\"p-canonical\""),
}
_HTML = re.compile(r"<html\b[^>]{0,5000}", re.IGNORECASE)
_LANGUAGE = re.compile(r"\slang\s*=\s*[\"']?(?P<tag>[A-Za-z0-9-]+)", re.IGNORECASE)
_FILE = re.compile(
    r".*\.(?:docx?|odt|rtf|pages|txt|html?|pdf|md)|untitled.*|microsoft word - .*|document\d*",
    re.IGNORECASE,
)
_FIELDS = {
    "description": "description", "og:description": "description", "og:url": "canonical",
    "canonical": "canonical", "article:published_time": "date", "date": "date",
}  # fmt: skip

_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog"})
_AROUND = ("nav", "header", "footer", "aside", "form", "button", "fieldset", "label", "select")
# What a whole page has around its text, and what exports have in it.
_FURNITURE = re.compile(
    r"(?:^|[-_])(?:nav(?:bar|igation)?|menu|side-?bar|breadcrumbs?|cookies?|cookie-\w+|consent|gdpr"
    r"|shar(?:e|ing|edaddy)|share-\w+|social|social-\w+|sns|related|related-posts|jp-relatedposts"
    r"|comments?|comments?-\w+|(?:entry|post)-(?:meta|footer|tags)|respond|pagination|pager|pagenavi|widgets?|popup"
    r"|modal|site-(?:header|footer)|masthead|colophon|skip-link|screen-reader-text|post-navigation"
    r"|prev-next|recommended|recirc|advert\w*|ads?|sponsor|promo|tracking)$",
    re.IGNORECASE,
)
_OF_EXPORTS = re.compile(
    r"^(?:subscri(?:be|ption)-widget\S*|button-wrapper|subscribe-(?:form|footer)|kg-(?:signup|cta)-card"
    r"|sharedaddy|jp-relatedposts|preheader|mcnPreviewText|section-divider|footer-(?:wrap|container)"
    r"|post-ufi|like-button-container|pencraft-\S*-share|paywall\S*|gh-subscribe\S*|gh-article-(?:meta|tag))$",
    re.IGNORECASE,
)
_TITLES = re.compile(r"^(?:Title|MsoTitle|p-name|page-title|post-title|entry-title|title)$")
_SUBTITLES = re.compile(
    r"^(?:Subtitle|MsoSubtitle|p-summary|subtitle|graf--subtitle|post-subtitle"
    r"|gh-article-excerpt)$"
)
_MOST_OF_IT = 0.4  # of all words, that an article must have to be the text


@dataclass(frozen=True)
class Page:
    """`root` holds the text. `is_article`: the page said which part of it that is."""

    root: Tag
    subtitle: str = ""
    is_article: bool = False
    losses: tuple[str, ...] = ()


def said_in_head(html: str) -> About:
    """What a page says of itself in its head, and the language in its first tag."""
    head = html[:_HEAD]
    fields: dict[str, str] = {}
    for found in _META.finditer(head):
        values = {
            one["name"].lower(): one["a"] or one["b"] or ""
            for one in _ATTRIBUTE.finditer(found["rest"])
        }
        name = values.get("name") or values.get("property") or values.get("rel") or ""
        field = _FIELDS.get(name.lower())
        if field and (content := values.get("content") or values.get("href")):
            fields.setdefault(field, entities.unescape(content))
    title = _TITLE.search(head)
    text = tidy(entities.unescape(title["text"])) if title else ""
    if text and not _FILE.fullmatch(text):
        fields["title"] = text
    for name, pattern in _OF_MEDIUM.items():
        if value := pattern.search(html):
            fields.setdefault(name, value["value"])
    opening = _HTML.search(html)
    language = _LANGUAGE.search(opening.group()) if opening else None
    if language:
        fields["language"] = language["tag"]
    return about(fields)


def article_in(tree: BeautifulSoup, *, is_page: bool) -> Page:
    """The text of a page, or all of what is only a part of one."""
    losses = _Losses(most=int(_MOST_OF_IT * len(tree.get_text())))
    losses.take((node for node in tree.find_all(True) if is_unseen(node)), surely=True)
    losses.take(tree.find_all(class_=_OF_EXPORTS), surely=True)
    losses.take(properties(tree), surely=True)
    remarks = take_remarks(tree)
    rewrite(tree)
    article = _article(tree) if is_page else None
    root = article or tree
    if article:
        losses.take(_outside(tree, article), surely=True)
    elif is_page:
        losses.take(node for node in tree.find_all(True) if _is_around(node))
    if is_page:
        losses.take(node for node in root.find_all(True) if _is_furniture(node))
    if isinstance(article, Tag) and "h-entry" in _classes(article):  # as Medium exports
        losses.take(article.find_all("footer"), surely=True)
    subtitle = _names_its_title(root)
    return Page(root, subtitle, article is not None, (*losses.told(), *remarks))


class _Losses:
    """What was taken out, by its first words."""

    def __init__(self, *, most: int) -> None:
        """What holds more than `most` characters is the text, whatever it is called."""
        self._most = most
        self._words: list[str] = []

    def take(self, nodes: Iterable[Tag], *, surely: bool = False) -> None:
        for node in list(nodes):
            if node.decomposed:
                continue
            words = tidy(node.get_text(" "))
            if len(words) > self._most and not surely:
                continue
            if words:
                self._words.append(words if len(words) < 60 else f"{words[:57].rstrip()}…")
            node.decompose()

    def told(self) -> tuple[str, ...]:
        if not self._words:
            return ()
        some = listed([quoted(words) for words in self._words[:8]], "; ")
        more = len(self._words) - 8
        if more > 0:
            some = sentence("%(some)s and %(number)s more", some=some, number=more)
        return (sentence("Left out, since it stands around the text: %(some)s.", some=some),)


def _article(tree: BeautifulSoup) -> Tag | None:
    """The part that is the text by the page’s own word, where most of its words are in it."""
    body = len(tree.get_text())
    parts = (tree.find_all("article"), tree.find_all("main"), tree.find_all(role="main"))
    for found in parts:
        names = {id(node) for node in found}
        outer = [node for node in found if not any(id(one) in names for one in node.parents)]
        longest = max(outer, key=lambda node: len(node.get_text()), default=None)
        if longest is not None and len(longest.get_text()) >= _MOST_OF_IT * body:
            return longest
        if len(outer) == 1 and tidy(outer[0].get_text()) and outer[0].find(["p", "h1", "h2"]):
            return outer[0]
    return None


def _outside(tree: BeautifulSoup, article: Tag) -> Iterator[Tag]:
    """The largest parts beside the article and beside what it stands in."""
    holders = {id(article)} | {id(parent) for parent in article.parents}
    for parent in article.parents:
        for child in parent.find_all(True, recursive=False):
            if id(child) not in holders and child.name not in ("title", "head"):
                yield child


def _is_around(node: Tag) -> bool:
    if node.name in _AROUND:
        own = ["article", "main", "blockquote", "figure"]  # which have headers and footers, too
        return not node.find_parent(own)
    return str(node.get("role", "")) in _ROLES


def _is_furniture(node: Tag) -> bool:
    if node.name in ("nav", "form", "select", "button") or str(node.get("role", "")) in _ROLES:
        return True
    if node.name == "a":
        return any(name in ("skip-link", "screen-reader-text") for name in _classes(node))
    if node.name in ("p", "span", "b", "i", "em", "strong", "h1", "li"):
        return False
    return any(map(_FURNITURE.search, _classes(node)))


def _names_its_title(root: Tag) -> str:
    """Make a heading of what is called a title, and answer what is called a subtitle.

    Medium has both twice, above its text and at the beginning of it.
    """
    first = root.find("h1")
    for node in root.find_all(["p", "div", "h2", "h3"], class_=_TITLES):
        # Above the first one in Word and in Google Docs, where h1 is what a section is headed by.
        above = node.name == "p" and first is not None and node.find_previous("h1") is None
        if (above or not root.find("h1")) and tidy(node.get_text()):
            node.name = "h1"
            break
    heading = root.find("h1")
    title = tidy(heading.get_text()) if isinstance(heading, Tag) else ""
    subtitle = ""
    for node in root.find_all(class_=_SUBTITLES):
        text = tidy(node.get_text())
        if text and (not subtitle or text == subtitle) and not node.decomposed:
            subtitle = text
            node.decompose()
    for node in root.find_all(["h2", "h3"], class_=re.compile("^graf--title$")):
        if tidy(node.get_text()) == title:
            node.decompose()
    return subtitle


def _classes(node: Tag) -> list[str]:
    names = node.get("class") or ""
    return names.split() if isinstance(names, str) else list(names)
