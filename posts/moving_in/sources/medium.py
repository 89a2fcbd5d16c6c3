"""Medium exports a zip with a page for each text: `posts/<day>_<title>-<id>.html`, and
`posts/draft_<title>-<id>.html`.

A page is an `h-entry` (title `p-name`, subtitle `p-summary`, date `dt-published`, `p-author`,
address `p-canonical`), which the importer of texts knows. Answers to others' texts lie among them;
their title is their only paragraph.
"""

import re
from collections.abc import Iterator
from html import unescape

from posts.content.importing import ImportRefused
from posts.moving_in.archive import Archive
from posts.moving_in.shape import Found, MoveOptions, NotBrought, OldPost, OldSystem, described
from posts.moving_in.tables import lists_in
from subscribers import saying
from subscribers.saying import sentence

_POST = re.compile(
    r"(?:^|/)posts/(?P<day>draft|\d{4}-\d\d-\d\d)_(?P<name>[^/]{1,200}?)-+(?P<id>[0-9a-f]{6,16})"
    r"\.html$"
)
_ADDRESS = re.compile(r'<a\s[^>]{0,300}href="([^"]{1,500})"[^>]{0,100}class="p-canonical"')
_AUTHOR = re.compile(r'class="p-author h-card"[^>]{0,200}>([^<]{1,200})<')
_DATE = re.compile(r'class="dt-published"[^>]{0,100}datetime="([^"]{1,40})"')
_TITLE = re.compile(r'class="p-name"[^>]{0,100}>([^<]{1,1000})<')
_PARAGRAPH = re.compile(r'class="graf graf--p[^"]{0,200}"')


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    for name in archive.names(".html"):
        if "posts/" in name:
            yield _post(archive, name)
    yield from lists_in(archive)


def _post(archive: Archive, name: str) -> Found:
    try:
        html = archive.text_of(name)
    except ImportRefused as refusal:
        return NotBrought(name, saying.of(refusal), True)
    named, is_draft = _POST.search(name), "posts/draft" in name
    title = _first(_TITLE, html)
    if not is_draft and _is_answer(html, title):
        return NotBrought(name, sentence("It is an answer to somebody’s text, and no letter."))
    address = _first(_ADDRESS, html)
    author = _first(_AUTHOR, html)
    date = _first(_DATE, html) or (named["day"] if named and not is_draft else "")
    return OldPost(
        key=named["id"] if named else name,
        where=name,
        text=html,
        said=described(
            title=title,
            date=date,
            slug=named["name"] if named else "",
            draft="draft" if is_draft else "",
        ),
        old_paths=(address,) if address and not is_draft else (),
        authors=(author,) if author else (),
    )


def _is_answer(html: str, title: str) -> bool:
    words = re.sub(r"\W+", " ", title).strip()
    if len(_PARAGRAPH.findall(html)) != 1 or not words or "graf--title" in html:
        return False
    return re.sub(r"\W+", " ", html).count(words) > 1 and "p-summary" not in html


def _first(pattern: re.Pattern[str], html: str) -> str:
    found = pattern.search(html)
    return unescape(found.group(1)).strip() if found else ""


SYSTEM = OldSystem("medium", "Medium", sentence("The zip file of its export, unchanged."), _read)
