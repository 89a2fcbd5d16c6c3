"""Stored rich text as HTML for a page and for a mail."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from posts.content.richtext import PageLinks, dressed, has_link, inline, page_links
from posts.content.text import TextPage, rich
from tests.factories import make_post

LINKS = PageLinks({"7": "/tea/"})
IN_MAIL = PageLinks({"7": "/tea/"}, "https://letters.example")


def test_a_link_to_a_page_is_relative_on_the_web_and_absolute_elsewhere() -> None:
    source = '<p><a id="7" linktype="page">tea</a></p>'
    assert LINKS.expand(source) == '<p><a href="/tea/">tea</a></p>'
    assert IN_MAIL.expand(source) == '<p><a href="https://letters.example/tea/">tea</a></p>'


def test_a_link_without_an_end_is_no_link() -> None:
    assert LINKS.expand('<p>tea <a linktype="page" id="7"') == "<p>tea </p>"


@pytest.mark.django_db
def test_a_link_to_what_holds_all_pages_leads_home() -> None:
    source = '<p><a linktype="page" id="1">tea</a></p>'
    assert page_links([source]).expand(source) == '<p><a href="/">tea</a></p>'


def test_a_link_to_a_page_that_is_gone_leaves_its_words() -> None:
    assert LINKS.expand('<p><a linktype="page" id="8">the <b>pot</b></a></p>') == (
        "<p>the <b>pot</b></p>"
    )


def test_other_links_stay_as_they_are() -> None:
    source = '<a href="https://a.example/?x=1&amp;y=2">a</a> <a href="mailto:b@a.example">b</a>'
    assert IN_MAIL.expand(source) == source


def test_a_relative_link_becomes_absolute_in_a_mail() -> None:
    assert LINKS.expand('<a href="/about/">a</a>') == '<a href="/about/">a</a>'
    assert IN_MAIL.expand('<a href="/about/">a</a>') == (
        '<a href="https://letters.example/about/">a</a>'
    )
    assert IN_MAIL.expand('<a href="//cdn.example/">a</a>') == '<a href="//cdn.example/">a</a>'


def test_the_editors_marks_are_removed() -> None:
    assert LINKS.expand('<p data-block-key="x1y2z">a</p>') == "<p>a</p>"


def test_an_empty_line_at_the_end_is_left_out() -> None:
    assert LINKS.expand("<p></p><p>a</p><p></p><p></p>") == "<p></p><p>a</p>"


def test_inline_text_has_no_paragraphs() -> None:
    assert inline("<p>one</p>\n<p>two</p>") == "one<br>two"
    assert inline("<pre>kept</pre>") == "<pre>kept</pre>"


@pytest.mark.parametrize(
    ("html", "found"), [('<a href="#">x</a>', True), ("<abbr>x</abbr>", False), ("x", False)]
)
def test_has_link_knows_a_link(html: str, found: bool) -> None:
    assert has_link(html) is found


@pytest.mark.django_db
def test_all_linked_pages_cost_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    posts = [make_post(slug=slug) for slug in ("tea", "café")]
    stored = [
        {"type": "list", "value": [f'<a linktype="page" id="{post.pk}">x</a>' for post in posts]},
        f'<a id="{posts[0].pk}" linktype="page">y</a> <a linktype="page" id="no">z</a>',
    ]
    with django_assert_num_queries(1):
        links = page_links(stored)
    assert sorted(links.paths.values()) == ["/caf%C3%A9/", "/tea/"]


def test_text_without_links_to_pages_costs_none() -> None:
    assert page_links(["<p>tea</p>"]).paths == {}


DEEP = 3000


@pytest.mark.parametrize("tag", ["b", "i", "s", "sup", "a", "ul", "ol", "blockquote", "p"])
def test_however_deep_a_text_is_nested_each_medium_says_all_of_it(tag: str) -> None:
    opened = f"<{tag}><li>on " if tag in ("ul", "ol") else f"<{tag}>on "
    html = f"<p>Before.</p>{opened * DEEP}and on{f'</{tag}>' * DEEP}<p>After.</p>"
    said = ["Before.", *["on"] * DEEP, "and", "on", "After."]
    expanded = PageLinks().expand(html)
    for medium in ("web", "email"):
        words = re.sub("<[^>]*>", " ", dressed(expanded, medium)).split()
        assert words == said
    text = re.sub(r"(?m)^ *(?:-|\d+\.|>) ", "", rich(html, TextPage("")))
    assert re.findall(r"on|and|\w+\.", text) == said


def test_what_is_bold_in_bold_is_bold_once_and_lists_end_in_lines() -> None:
    assert rich("<p><b>all <i>of <b>it</b></i></b></p>", TextPage("")) == "*all _of it_*"
    inner = "<ul><li>six</li></ul>"
    for word in ("five", "four", "three", "two", "one"):
        inner = f"<ul><li>{word}{inner}</li></ul>"
    assert PageLinks().expand(inner) == inner
    deeper = inner.replace("six", "six<ol><li>seven</li><li>also</li></ol>")
    assert PageLinks().expand(deeper) == inner.replace("six", "six<br>seven<br>also")
