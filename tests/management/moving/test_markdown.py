"""A post as Markdown: what was said stays, and what a draft lacks is left out."""

import yaml

from posts.management.moving import markdown
from posts.management.moving.markdown import Links


def body(*blocks: tuple[str, object]) -> str:
    return markdown.body([{"type": name, "value": value} for name, value in blocks], Links())


def test_a_card_that_is_not_filled_in_yet_is_no_trouble() -> None:
    for name in markdown.RENDERERS:
        nothing: tuple[object, ...] = ({}, "", None)
        for value in nothing:
            body((name, value))


def test_what_looks_like_markdown_stays_what_it_is() -> None:
    text = body(("heading", {"text": "2 * 3 < 7 [sic] _so_", "level": "3"}))
    assert text == "### 2 \\* 3 \\< 7 \\[sic\\] \\_so\\_\n"
    assert "1\\. no list" in body(("paragraph", "<p>1. no list</p>"))
    assert "a \\<plan\\> that" in body(("paragraph", "<p>a &lt;plan&gt; that</p>"))


def test_who_is_quoted_is_named_and_lines_stay_lines() -> None:
    quote = {"lines": ["one", {"type": "item", "value": "two"}], "attribution": "A friend"}
    assert body(("quote", quote)) == "> one\\\n> two\n>\n> — A friend\n"


def test_a_link_to_a_page_that_is_gone_leaves_its_words() -> None:
    html = '<p><a linktype="page" id="9">there</a> <a linktype="page" id="7">here</a></p>'
    links = Links(pages={7: "../posts/a.md"})
    assert markdown.prose(html, links) == "there [here](../posts/a.md)"


def test_what_stands_above_is_yaml_whatever_is_said_in_it() -> None:
    about = {"title": 'A: "b" # c', "tags": ["x: y"], "subtitle": "", "draft": None}
    head, _, rest = markdown.document(about, "text\n").removeprefix("---\n").partition("---\n")
    assert yaml.safe_load(head) == {"title": 'A: "b" # c', "tags": ["x: y"]}
    assert rest == "\ntext\n"
