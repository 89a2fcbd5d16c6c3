"""Exports of other systems, as large and as bad as one likes."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from posts.moving_in import people
from posts.moving_in.archive import opened
from posts.moving_in.bringing import survey
from posts.moving_in.report import MoveReport
from posts.moving_in.shape import MoveOptions, OldPost
from posts.moving_in.sources.registry import SYSTEMS
from tests.growth.shapes import Shape, around, many
from tests.moving_in.exports import (
    WXR_END,
    WXR_HEAD,
    ghost_json,
    ghost_post,
    medium_page,
    table,
    wxr_item,
    zipped,
)

Given = tuple[str, dict[str, str]]


def read(given: Given) -> None:
    """All that is in it, up to where the importers of texts and of lists begin."""
    system, files = given
    with TemporaryDirectory() as folder:
        path = zipped(Path(folder) / "export.zip", files)
        with opened(path) as archive, MoveReport(path.with_suffix(".csv")) as report:
            seen = survey(SYSTEMS[system], archive, MoveOptions())
            report.add_all(seen.left)
            for old in seen.lists:
                people.file_name(old)
            for found in SYSTEMS[system].read(archive, MoveOptions()):
                if isinstance(found, OldPost):
                    report.add(found.where, *found.unkept)


def _of(system: str, make: Callable[[str], dict[str, str]], text: Shape) -> Shape:
    return lambda size: (system, make(text(size)))


def _ghost(**named: str) -> Callable[[str], dict[str, str]]:
    (field,) = named
    return lambda text: {
        "a.json": json.dumps(ghost_json([ghost_post(1, **{"html": None, field: text})]))
    }


def _wordpress(text: str) -> dict[str, str]:
    return {"a.xml": WXR_HEAD + wxr_item(1, text) + WXR_END}


def _medium(text: str) -> dict[str, str]:
    return {"posts/2020-01-02_A-1a2b3c4d5e6f.html": medium_page("A title", text)}


def _substack(text: str) -> dict[str, str]:
    row = ["1.slow", "2020-01-02", "true", "newsletter", "everyone", text, text]
    header = ["post_id", "post_date", "is_published", "type", "audience", "title", "subtitle"]
    return {"posts.csv": table(header, row), "posts/1.slow.html": "<p>x</p>"}


def _items(size: int) -> Given:
    return "wordpress", _wordpress("</item><item>" * (size // 13))


def _rows(size: int) -> Given:
    cells = ["1", "A", "confirmed", "free", "", "<p>x</p>", "2023-01-18 21:25:27"]
    header = ["id", "web_title", "status", "audience", "url", "content_html", "created_at"]
    return "beehiiv", {"posts.csv": table(header, *([cells] * (size // 60)))}


def _posts(size: int) -> Given:
    return "ghost", {"a.json": json.dumps(ghost_json([ghost_post(n) for n in range(size // 500)]))}


def _members(size: int) -> Given:
    return "markdown", {f"{n}.md": "---\ndate: 2020-01-02\n---\nx" for n in range(size // 100)}


_DEEP = around('{"type":"paragraph","children":[', "]}", inside='{"type":"text","text":"a"}')
SHAPES: dict[str, Shape] = {
    "posts of Ghost": _posts,
    "items of WordPress": _items,
    "rows of a table": _rows,
    "files of a zip": _members,
    "a tree of Lexical": _of(
        "ghost", _ghost(lexical=""), lambda size: f'{{"root":{{"children":[{_DEEP(size)}]}}}}'
    ),
    "sections of Mobiledoc": _of(
        "ghost",
        _ghost(mobiledoc=""),
        many('[1,"p",[[0,[0],0,"a"]]],', head='{"markups":[["b"]],"sections":[', tail="[]]}"),
    ),
    "captions": _of("wordpress", _wordpress, many('[caption id="a"]<img src="b">')),
    "codes": _of("wordpress", _wordpress, many('[gallery a="')),
    "blank lines": _of("wordpress", _wordpress, many("a\n \n")),
    "links of Medium": _of("medium", _medium, many('<a href="b" ')),
    "paragraphs of Medium": _of("medium", _medium, many('class="graf graf--p ')),
    "titles": _of("substack", _substack, many("&#x41; ")),
    "merged words": _of(
        "mailchimp", lambda text: {"campaigns/a.html": f"<title>A</title>{text}"}, many("*|A")
    ),
    "titles of Mailchimp": _of(
        "mailchimp", lambda text: {"campaigns/a.html": text}, many("<title ")
    ),
    "comments of Buttondown": _of(
        "buttondown",
        lambda text: {"emails.csv": table(["id", "body"], ["1", text])},
        many("<!-- buttondown-editor-mode: "),
    ),
    "fields above Markdown": _of(
        "markdown", lambda text: {"a.md": text}, many("aliases: [/a/]\n", head="---\n")
    ),
}
