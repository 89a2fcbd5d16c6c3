"""HTML: what comes through, and in what form."""

from pathlib import Path

import pytest

from posts.content.importing import ImportedPost, ImportRefused
from tests.content.importing.making import headings, imported, kinds, paragraphs, values


def _post(folder: Path, body: str) -> ImportedPost:
    post: ImportedPost = imported(folder, f"<h1>Rest</h1>{body}", name="letter.html")
    return post


def test_the_first_main_heading_is_the_title(tmp_path: Path) -> None:
    page = "<title>Rest | My site</title><p>Before.</p><h1>On <em>rest</em></h1><h1>Two</h1><p>x"
    post = imported(tmp_path, page, name="letter.html")
    assert post.title == "On rest"
    assert (kinds(post), headings(post)) == (["paragraph", "heading", "paragraph"], ["Two"])


def test_the_title_of_the_page_is_the_title_where_no_heading_is(tmp_path: Path) -> None:
    page = "<html><head><title>Rest</title></head><body><p>Soon.</p></body></html>"
    assert imported(tmp_path, page, name="letter.html").title == "Rest"


def test_without_any_title_the_name_of_the_file_is_it(tmp_path: Path) -> None:
    post = imported(tmp_path, "<p>Soon.</p>", name="slow-days.html")
    assert post.title == "Slow days"
    assert "Give it another" in post.notes[0]


def test_another_title_leaves_the_main_heading_in_the_text(tmp_path: Path) -> None:
    post = imported(tmp_path, "<h1>Rest</h1><p>Soon.", name="letter.html", title="Sleep")
    assert (post.title, headings(post)) == ("Sleep", ["Rest"])


def test_emphasis_and_links_stay_and_everything_else_is_plain(tmp_path: Path) -> None:
    post = _post(
        tmp_path,
        '<p class="x" onclick="y()"><strong>So</strong> <span style="color:red">it</span> '
        '<em>is</em>, <a href="https://letters.example/?a=1&amp;b=2" title="t">here</a>: '
        "1 &lt; 2<sup>3</sup></p>",
    )
    assert paragraphs(post) == [
        '<b>So</b> it <i>is</i>, <a href="https://letters.example/?a=1&amp;b=2">here</a>: '
        "1 &lt; 2<sup>3</sup>"
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Soon<script>alert(1)</script>.</p>",
        '<p>Soon.<img src="x" onerror="alert(1)"></p>',
        '<p><a href="javascript:alert(1)">Soon.</a></p>',
        '<p>Soon.</p><style>p { background: url("javascript:alert(1)") }</style>',
        "<p>Soon.</p><svg><script>alert(1)</script></svg>",
    ],
)
def test_nothing_that_runs_comes_through(tmp_path: Path, html: str) -> None:
    assert paragraphs(_post(tmp_path, html)) == ["Soon."]


@pytest.mark.parametrize("href", ["../notes.html", "#below", "https://", "http://[", "ftp://a.b/c"])
def test_a_link_that_leads_nowhere_from_a_mail_leaves_its_words(tmp_path: Path, href: str) -> None:
    assert paragraphs(_post(tmp_path, f'<p><a href="{href}">Soon.</a></p>')) == ["Soon."]


def test_a_lost_link_is_told(tmp_path: Path) -> None:
    assert "links became plain words (1)" in _post(tmp_path, '<p><a href="/a">So.</a>').notes[0]


def test_headings_of_all_levels_become_two(tmp_path: Path) -> None:
    post = _post(tmp_path, "<h2>A</h2><h3>B</h3><h5>C</h5><h2> </h2><p>x</p>")
    assert [(v["text"], v["level"]) for v in values(post, "heading")] == [
        ("A", "2"),
        ("B", "3"),
        ("C", "3"),
    ]


def test_a_heading_too_long_for_its_block_is_a_paragraph(tmp_path: Path) -> None:
    post = _post(tmp_path, f"<h2>{'so ' * 100}</h2>")
    assert paragraphs(post) == [("so " * 100).strip()]


def test_words_outside_paragraphs_are_paragraphs(tmp_path: Path) -> None:
    post = _post(tmp_path, "One <b>two</b><br><br>three<div>four<section>five</section></div>six")
    assert paragraphs(post) == ["One <b>two</b>", "three", "four", "five", "six"]


def test_one_tag_around_the_whole_document_changes_nothing(tmp_path: Path) -> None:
    post = _post(tmp_path, "<b><p>One.</p><ul><li>two</li></ul></b>")
    assert kinds(post) == ["paragraph", "list"]


def test_a_quotation_keeps_its_lines_and_its_name(tmp_path: Path) -> None:
    post = _post(tmp_path, "<blockquote><p>One,<br>two.</p><p>— Ann</p></blockquote><p>x")
    assert values(post, "quote") == [{"lines": ["One,", "two."], "attribution": "Ann"}]


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote><p>One.</p><footer>— Ann</footer></blockquote>",
        "<blockquote>One. <cite>Ann</cite></blockquote>",
        "<figure><blockquote>One.</blockquote><figcaption>Ann</figcaption></figure>",
    ],
)
def test_a_name_in_its_own_tag_is_the_attribution(tmp_path: Path, html: str) -> None:
    post = _post(tmp_path, f"{html}<p>x</p>")
    assert values(post, "quote") == [{"lines": ["One."], "attribution": "Ann"}]


def test_a_quotation_with_links_becomes_paragraphs_so_that_they_stay(tmp_path: Path) -> None:
    post = _post(
        tmp_path,
        '<blockquote><a href="https://a.example">One</a><footer>Ann</footer></blockquote>So.',
    )
    assert paragraphs(post) == ['<a href="https://a.example">One</a>', "— Ann", "So."]


def test_a_list_of_definitions_is_named_reasons(tmp_path: Path) -> None:
    post = _post(tmp_path, "<dl><dt>Tea &amp; co</dt><dd>Is <em>hot</em>.</dd></dl>")
    assert values(post, "reasons")[0]["reasons"] == [
        {"term": "Tea & co", "explanation": "Is <i>hot</i>."}
    ]


def test_a_list_in_a_list_stays_one(tmp_path: Path) -> None:
    html = "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li><p>d</p><p>e</p></li></ul>"
    assert values(_post(tmp_path, html), "paragraph") == [
        "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d<br/>e</li></ul>"
    ]


def test_a_list_that_counts_from_elsewhere_keeps_its_numbers(tmp_path: Path) -> None:
    post = _post(tmp_path, '<ol start="4"><li>tea</li><li>toast</li></ol>')
    assert paragraphs(post) == ["4. tea", "5. toast"]


def test_rows_of_a_table_are_lines_but_tables_for_layout_are_not(tmp_path: Path) -> None:
    post = _post(
        tmp_path,
        "<table><tr><th>Day<th>Tea</tr><tr><td>Monday<td><b>Mint</b></tr></table>"
        "<table><tr><td><h2>Left</h2><p>a.</p></td><td><p>b.</p></td></tr></table>",
    )
    assert kinds(post) == ["list", "heading", "paragraph", "paragraph"]
    assert values(post, "list")[0]["entries"] == ["<b>Day:</b> Monday · <b>Tea:</b> <b>Mint</b>"]


def test_a_picture_becomes_a_link_and_is_told(tmp_path: Path) -> None:
    post = _post(
        tmp_path,
        '<figure><img src="https://a.example/t.jpg" alt="A tray"><figcaption>March</figcaption>'
        '</figure><p><img src="data:image/png;base64,xx" alt="Cup"><img src="/dot.gif"></p>',
    )
    assert paragraphs(post) == ['<a href="https://a.example/t.jpg">A tray</a>', "March", "Cup"]
    assert "did not come with the text, and became their descriptions: /dot.gif" in post.losses[0]
    assert (
        "elsewhere on the web, and became links to them: https://a.example/t.jpg" in post.losses[1]
    )


def test_a_video_becomes_a_link(tmp_path: Path) -> None:
    post = _post(tmp_path, '<iframe src="https://v.example/1">No frames</iframe><p>x</p>')
    assert paragraphs(post) == ['<a href="https://v.example/1">https://v.example/1</a>', "x"]
    assert "became links (1)" in post.notes[0]


def test_preformatted_lines_stay_lines(tmp_path: Path) -> None:
    assert paragraphs(_post(tmp_path, "<pre>a  &lt;b&gt;\nc</pre>")) == ["a\xa0 &lt;b&gt;<br/>c"]


def test_the_end_of_a_letter_is_recognised_in_html(tmp_path: Path) -> None:
    post = _post(
        tmp_path,
        "<p>“Soon.”</p><p>“Later.”</p><p>If this resonates:</p><ul><li>Notice <b>tea</b></li>"
        "<li>Share this</li></ul><p>Warmly,<br><i>Kim</i></p>",
    )
    assert kinds(post) == ["quote", "invitation", "sign_off"]
    assert values(post, "invitation")[0]["invites"][0] == {
        "kind": "reflect",
        "text": "Notice <b>tea</b>",
    }
    assert values(post, "sign_off") == [{"text": "Warmly,", "name": "Kim"}]


def test_html_nested_beyond_reason_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="nested too deeply"):
        _post(tmp_path, "<div>" * 20_000 + "x")


@pytest.mark.parametrize(
    ("page", "language"),
    [
        ('<!doctype html><html lang="fr"><body><h1>Repos</h1><p>Un mot.</p></body></html>', "fr"),
        ("<HTML dir=ltr LANG=de-CH><h1>Ruhe</h1><p>Ein Wort.</p></HTML>", "de"),
        ("<html><h1>Rest</h1><p>A word.</p></html>", ""),
        ('<html data-lang="de"><h1>Rest</h1><p>A word.</p></html>', ""),
        ('<h1>Rest</h1><p lang="de">Ein Wort.</p>', ""),
    ],
)
def test_a_page_says_its_language(tmp_path: Path, page: str, language: str) -> None:
    assert _post(tmp_path, page).language == language
