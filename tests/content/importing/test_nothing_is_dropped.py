"""The words that go in come out, in their order, and the body passes the desk's own checks."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, example, given, reject, settings
from hypothesis import strategies as st

from posts.content.importing import ImportedPost, ImportRefused
from tests.content.importing.making import TEXTS, assert_is_accepted, imported
from tests.content.importing.words import words, words_of

relaxed = settings(max_examples=100, deadline=None)


def _imported(text: str, name: str = "letter.txt") -> ImportedPost:
    with tempfile.TemporaryDirectory() as folder:
        try:
            post: ImportedPost = imported(Path(folder), text, name=name)
        except ImportRefused as refusal:
            # The only reasons for which a text may be refused: there is none, or a title alone.
            if "Was it saved?" not in str(refusal) and "no text below it" not in str(refusal):
                raise
            reject()
    if post.about.topics:  # a line of tags, which is no text
        reject()
    return post


# --- Our own texts ------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(TEXTS.glob("*.txt")), ids=lambda file: file.name)
@pytest.mark.parametrize("line_end", ["\n", "\n\n", "\r\n"])
def test_a_letter_keeps_every_word_in_its_place(file: Path, line_end: str) -> None:
    text = file.read_text().replace("\n", line_end)
    post = _imported(text)
    # The numbers of a list are not written in it, but drawn from its order.
    assert words_of(post) == words(text)
    assert_is_accepted(post)


def test_the_measure_sees_a_word_that_is_missing() -> None:
    text = (TEXTS / "pacing.txt").read_text()
    post = _imported(text)
    lost = ImportedPost(title=post.title, parts=post.parts[1:])
    assert words_of(lost) != words(text)


# --- Generated plain text -----------------------------------------------------------------

_WORDS = [
    *("rest", "walk", "Ann", "kettle", "and", "3", "I’m", "Überlege", "share", "notice", "try"),
    *("With", "love", "Warmly", "résonne", "R&D", "<b>", "&amp;", "10:30", "vs.", "etc.", "x_y"),
    *("https://a.example/b?c=1&d=2", "日本", "١", "🌿", "e\u0301", "soft\u00adhyphen", "flare-up"),
]
_OPENINGS = ["", "", "", "- ", "* ", "•", "1. ", "2) ", "> ", "## ", "— ", "-", "~", "“", '"', "‘"]
_ENDINGS = ["", "", ".", "?", "!", ":", ",", ";", "…", "”", '."', ".”", "’", ")", " -Kim", "<br/>"]
_SENTENCES = st.builds(
    lambda opening, middle, ending: opening + middle + ending,
    st.sampled_from(_OPENINGS),
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=25).map(" ".join),
    st.sampled_from(_ENDINGS),
)
_FIXED = st.sampled_from(
    [
        "Fear: It is loud.",
        "Guilt : it stays",
        "If any of this resonates, I invite you to:",
        "Share this with a friend",
        "Warmly,",
        "Good of you to come.",
        "-Kim",
        "— Ann Vale",
        "P.S. Tea.",
        "***",
        "====",
        "---",
        "",
        "",
        "  \t",
        "  going on",
        "“Not now.”",
        "« Jamais ! »",
        "„Nie.“ — Ann",
        "#",
        ">",
        "-",
        "1.",
    ]
)
_ANYTHING = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=80
)
_TEXTS = st.builds(
    lambda lines, end: end.join(lines),
    st.lists(_SENTENCES | _FIXED | _FIXED | _ANYTHING, min_size=1, max_size=25),
    st.sampled_from(["\n", "\n", "\n\n", "\r\n"]),
)


@relaxed
@given(_TEXTS)
@example("Rest\n1. a\n2. b\n4. c")
@example("Rest\n“a”\n— b\n-c\n- d")
@example("#¹\nrest\nFear: It is loud.")
@example("Rest\nIf this resonates. I invite you to:\n- a\n-Kim\n\nP.S. b")
def test_no_plain_text_loses_a_word(text: str) -> None:
    post = _imported(text)
    assume(not any("calls itself plain text" in each for each in post.guesses))  # `<p></`: no prose
    assert words_of(post) == words(text)
    assert_is_accepted(post)


@relaxed
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\v\f\x85")))
def test_no_text_at_all_loses_a_word(text: str) -> None:
    text = f"Title\nwords\n{text}"
    post = _imported(text)
    assume(not post.about.topics)  # a last line of #tags, which are the topics of the post
    assert words_of(post) == words(text)
    assert_is_accepted(post)


# --- Generated HTML and Markdown ----------------------------------------------------------

_NAMES = st.sampled_from(["tea", "toast", "Ann", "Rest", "notice", "share", "Warmly,", "“soon”"])
_PHRASES = st.lists(_NAMES, min_size=1, max_size=5).map(" ".join)
_TAGS = [
    *("p", "div", "section", "h2", "h3", "blockquote", "ul", "ol", "li", "b", "em", "span"),
    *("a", "pre", "table", "tr", "td", "dl", "dt", "dd", "figure", "figcaption", "footer"),
    *("cite", "center", "x-unknown", "label", "details", "summary", "button", "font"),
]
_TREES = st.recursive(
    _PHRASES.map(lambda words: f" {words} "),
    lambda inside: st.builds(
        lambda tag, children: f"<{tag}>{''.join(children)}</{tag}>",
        st.sampled_from(_TAGS),
        st.lists(inside, min_size=0, max_size=5),
    ),
    max_leaves=25,
)


@relaxed
@given(st.lists(_TREES, min_size=1, max_size=6).map("".join))
@example("<dl><dt>a</dt>b<dd>c</dd></dl>")
@example("<ul>a<li>b<ul><li>c</li></ul>d</li></ul>")
@example("<table><tr><td>a</td><td>b</td></tr></table>")
@example("<blockquote>a <cite>b</cite> c</blockquote>")
def test_no_html_loses_a_word(body: str) -> None:
    html = f"<h1>Title</h1>{body}"
    post = _imported(html, "letter.html")
    # Numbers of lists are no words of the source; a parser may move what stands where it may not.
    out = sorted(word for word in words_of(post) if not word.isdigit())
    assert out == sorted(words(re.sub(r"<[^>]*>", " ", html)))
    assert_is_accepted(post)


_MARKDOWN = st.lists(
    st.builds(
        lambda mark, phrases, end: mark + end.join(phrases),
        st.sampled_from(["", "", "## ", "- ", "* ", "> ", "  - ", "    ", "| ", "**Ann**: ", "— "]),
        st.lists(_PHRASES, min_size=1, max_size=4),
        st.sampled_from([" ", "\n", "  \n", " | ", "\n> ", "\n- ", "\n\n  - ", ": "]),
    ),
    min_size=1,
    max_size=8,
).map("\n\n".join)


@relaxed
@given(_MARKDOWN)
@example("- a\n\n  - b\n\n    c\n\n> d\n> — Ann")
def test_no_markdown_loses_a_word(body: str) -> None:
    text = f"# Title\n\n{body}"
    post = _imported(text, "letter.md")
    assert words_of(post) == words(text)
    assert_is_accepted(post)
