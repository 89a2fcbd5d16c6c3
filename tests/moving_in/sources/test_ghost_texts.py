"""Lexical and Mobiledoc, where Ghost never made HTML of them."""

import json
from contextlib import suppress
from typing import Any

import pytest

from posts.moving_in.sources import ghost_texts
from posts.moving_in.sources.ghost_texts import html_of


def of_lexical(*nodes: dict[str, Any]) -> str:
    return html_of({"html": None, "lexical": json.dumps({"root": {"children": [*nodes]}})})


def of_mobiledoc(**document: Any) -> str:
    whole = {"version": "0.3.1", "atoms": [], "cards": [], "markups": [], **document}
    return html_of({"mobiledoc": json.dumps(whole)})


def words(text: str, bits: int = 0) -> dict[str, Any]:
    return {"type": "extended-text", "text": text, "format": bits}


def test_what_ghost_rendered_counts_more() -> None:
    assert html_of({"html": "<p>x</p>", "lexical": "{}"}) == "<p>x</p>"


def test_words_keep_their_emphasis_links_and_headings() -> None:
    heading = {"type": "extended-heading", "tag": "h3", "children": [words("Tea & bread")]}
    link = {"type": "link", "url": "https://a.example/?a&b", "children": [words("there")]}
    paragraph = {"type": "paragraph", "children": [words("So ", 1), words("go ", 2), link]}
    assert of_lexical(heading, paragraph) == (
        "<h3>Tea &amp; bread</h3><p><strong>So </strong><em>go </em>"
        '<a href="https://a.example/?a&amp;b">there</a></p>'
    )


def test_lists_quotations_and_lines() -> None:
    entry = {"type": "listitem", "children": [words("one")]}
    assert of_lexical({"type": "list", "listType": "number", "children": [entry]}) == (
        "<ol><li>one</li></ol>"
    )
    quote = {"type": "extended-quote", "children": [words("a"), {"type": "linebreak"}, words("b")]}
    assert of_lexical(quote, {"type": "horizontalrule"}) == "<blockquote>a<br>b</blockquote><hr>"


@pytest.mark.parametrize(
    ("card", "html"),
    [
        (
            {"type": "image", "src": "a.png", "alt": "Tea", "caption": "At <b>noon</b>"},
            '<figure><img src="a.png" alt="Tea"><figcaption>At <b>noon</b></figcaption></figure>',
        ),
        ({"type": "markdown", "markdown": "**So**"}, "<p><strong>So</strong></p>\n"),
        ({"type": "html", "html": "<p>x</p>"}, "<div><p>x</p></div>"),
        ({"type": "codeblock", "code": "a < b"}, "<pre>a &lt; b</pre>"),
        ({"type": "callout", "calloutText": "Rest"}, "<blockquote><p>Rest</p></blockquote>"),
        (
            {"type": "toggle", "heading": "More", "content": "<p>Here</p>"},
            "<h3>More</h3><div><p>Here</p></div>",
        ),
        (
            {"type": "bookmark", "url": "https://a.example", "metadata": {"title": "A"}},
            '<p><a href="https://a.example">A</a></p>',
        ),
        (
            {"type": "button", "buttonText": "Go", "buttonUrl": "https://a.example"},
            '<p><a href="https://a.example">Go</a></p>',
        ),
        ({"type": "signup", "heading": "Subscribe"}, ""),
        ({"type": "nobody-knows", "url": "https://a.example"}, '<p><a href="https://a.example">'
         "https://a.example</a></p>"),
    ],
)  # fmt: skip
def test_cards_say_what_a_letter_can_say(card: dict[str, Any], html: str) -> None:
    assert of_lexical(card) == html
    kind = card["type"]
    assert of_mobiledoc(cards=[[kind, card]], sections=[[10, 0]]) == html


def test_mobiledoc_opens_and_closes_its_marks_over_words() -> None:
    markups = [["strong"], ["a", ["href", "https://a.example"]]]
    markers = [[0, [0], 0, "So "], [0, [1], 2, "go"], [0, [], 0, " on"]]
    assert of_mobiledoc(markups=markups, sections=[[1, "p", markers]]) == (
        '<p><strong>So <a href="https://a.example">go</a></strong> on</p>'
    )
    atoms = [["soft-return", "", {}]]
    breaks = [[1, "p", [[0, [], 0, "a"], [1, [], 0, 0], [0, [], 0, "b"]]]]
    assert of_mobiledoc(atoms=atoms, sections=breaks) == "<p>a<br>b</p>"
    listed = [[3, "ul", [[[0, [], 0, "one"]]]], [2, "a.png"]]
    assert of_mobiledoc(sections=listed).startswith("<ul><li>one</li></ul><figure>")


@pytest.mark.parametrize(
    "post",
    [
        {"lexical": "no json"},
        {"lexical": "[]"},
        {"lexical": "[" * 200_000},
        {"lexical": json.dumps({"root": {"children": [{"children": 3, "type": 7}]}})},
        {"mobiledoc": "{}"},
        {"mobiledoc": json.dumps({"sections": [[1, "p", [[0, [9], 0, "x"]]]], "markups": []})},
        {"mobiledoc": json.dumps({"sections": [[10, 4]], "cards": []})},
        {"mobiledoc": json.dumps({"sections": 7})},
    ],
)
def test_what_makes_no_sense_is_refused_or_says_nothing(post: dict[str, str]) -> None:
    with suppress(ValueError):
        assert html_of(post) == ""


def test_a_tag_that_somebody_made_up_is_none() -> None:
    made = [[1, "script", [[0, [0], 1, "x"]]]]
    assert of_mobiledoc(markups=[["script"]], sections=made) == "<p><span>x</span></p>"


@pytest.mark.parametrize(
    "document",
    [
        {"cards": [["code", {"code": "x" * 50_000}]], "sections": [[10, 0]] * 1_000},
        {
            "markups": [["a", ["href", "https://a.example/" + "x" * 50_000]]],
            "sections": [[1, "p", [[0, [0] * 1_000, 0, "x"]]]],
        },
        {
            "atoms": [["a", "x" * 50_000, {}]],
            "sections": [[3, "ul", [[[1, [], 0, 0]]] * 1_000]],
        },
    ],
    ids=["cards", "links", "lists"],
)
def test_what_is_named_a_thousand_times_fills_no_memory(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        of_mobiledoc(**document)


def test_a_card_is_read_once_however_often_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def shown(card: object) -> str:
        seen.append(card)
        return "<p>x</p>"

    monkeypatch.setattr(ghost_texts, "_other", shown)
    assert of_mobiledoc(cards=[["a", {}]], sections=[[10, 0]] * 3) == "<p>x</p>" * 3
    assert len(seen) == 1
