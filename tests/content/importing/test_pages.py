"""Saved pages and exports give their text; what stands around it is left out and named."""

from pathlib import Path
from typing import Any

from tests.content.importing.making import headings, imported, kinds, paragraphs, values

AROUND = "<nav><a href='/'>Home</a></nav>{}<aside>Buy this</aside><footer>© Kim</footer>"


def _page(folder: Path, body: str, head: str = "") -> Any:
    html = f"<html><head><title>Kim cooks</title>{head}</head><body>{body}</body></html>"
    return imported(folder, html, name="page.html")


def test_an_article_is_the_text_and_its_heading_the_title(tmp_path: Path) -> None:
    article = "<article><h2>Soup</h2><p>Hot.</p><footer>Stirred by Kim.</footer></article>"
    canonical = '<link rel="canonical" href="https://kim.example/soup/">'
    post = _page(tmp_path, AROUND.format(article), canonical)
    assert (post.title, paragraphs(post)) == ("Soup", ["Hot.", "Stirred by Kim."])
    assert post.about.canonical == "https://kim.example/soup/"
    assert all(words in post.losses[0] for words in ("Home", "Buy this", "© Kim"))


def test_without_one_what_is_named_as_furniture_goes(tmp_path: Path) -> None:
    body = "<div class='post'><h1>Soup</h1><p>Hot.</p><div class='sharedaddy'>Share</div></div>"
    post = _page(tmp_path, AROUND.format(body))
    assert (post.title, paragraphs(post)) == ("Soup", ["Hot."])


def test_what_programs_say_by_their_classes_is_read(tmp_path: Path) -> None:
    body = (
        "<h1>Soup</h1><div class='kg-card kg-callout-card'><div class='kg-callout-emoji'>💡</div>"
        "<div class='kg-callout-text'>Hot.</div></div><p class=MsoQuote>Salt it.</p>"
        "<div class=pullquote><p>Stir it.</p></div><ul><li><div class='checkbox checkbox-on'></div>"
        "leeks</li><li><div class='checkbox checkbox-off'></div>salt</li></ul><p>***</p>"
    )
    post = _page(tmp_path, body)
    assert kinds(post) == ["paragraph", "quote", "quote", "list", "divider"]
    assert paragraphs(post) == ["💡 Hot."]
    assert values(post, "list")[0]["entries"] == ["☑ leeks", "☐ salt"]


def test_what_notion_knows_of_a_page_is_named_and_no_prose(tmp_path: Path) -> None:
    table = "<table class=properties><tr class='property-row'><th>Mood<td>warm</table>"
    post = _page(tmp_path, f"<h1>Soup</h1>{table}<p>Hot.</p>")
    assert paragraphs(post) == ["Hot."]
    assert "Mood warm" in str(post.losses)


def test_codes_of_wordpress_are_no_prose(tmp_path: Path) -> None:
    picture = '<img src="https://x.example/pot.jpg" alt="A pot" />'
    html = (
        f"<h1>Soup</h1><p>Hot [sic].</p>[caption id='a']{picture} In May[/caption][gallery ids='1']"
    )
    post = _page(tmp_path, html)
    assert [plain for plain in paragraphs(post) if "[" in plain] == ["Hot [sic]."]
    assert "[gallery ids='1']" in str(post.losses)


def test_a_form_around_everything_is_no_furniture(tmp_path: Path) -> None:
    assert paragraphs(_page(tmp_path, "<form><h1>Soup</h1><p>Hot as ever.</p></form>")) == [
        "Hot as ever."
    ]


def test_styles_that_change_the_meaning_are_read(tmp_path: Path) -> None:
    style = "<style>.c1{text-decoration:line-through}.c2{vertical-align:super}</style>"
    body = (
        '<p class="title">Soup</p><p><span class="c1">Two</span> one of 10<span class="c2">3</span>'
        '</p><div style="display:none">Preview</div>'
    )
    post = _page(tmp_path, body, style)
    assert (post.title, paragraphs(post)) == ("Soup", ["<s>Two</s> one of 10<sup>3</sup>"])
    assert "Preview" in post.losses[0]


def test_an_export_loses_its_buttons_and_keeps_its_notes(tmp_path: Path) -> None:
    html = (
        '<p>Hot.<a class="footnote-anchor" href="#footnote-1">1</a></p>'
        '<div class="subscription-widget-wrap"><p>Thanks for reading! Subscribe</p></div>'
        '<p class="button-wrapper"><a href="https://kim.example/share">Share</a></p>'
        '<div class="footnote"><a href="#footnote-anchor-1">1</a>'
        '<div class="footnote-content"><p>Very.</p></div></div>'
    )
    post = imported(tmp_path, html, name="soup.html")
    assert kinds(post) == ["paragraph", "divider", "list"]
    assert paragraphs(post) == ["Hot.<sup>1</sup>"]
    assert values(post, "list")[0]["entries"] == ["Very."]


def test_lists_of_a_word_processor_are_lists(tmp_path: Path) -> None:
    bullet = "<p class=MsoListParagraph><span style='font-family:Symbol'>·</span>&nbsp; {}</p>"
    post = _page(
        tmp_path, f"<h1>Soup</h1>{bullet.format('<b>an</b> onion')}{bullet.format('a pot')}"
    )
    assert values(post, "list")[0]["entries"] == ["<b>an</b> onion", "a pot"]


def test_an_encoding_is_believed_as_the_page_declares_it(tmp_path: Path) -> None:
    for declared, words in (("windows-1251", "Суп горячий"), ("shift_jis", "熱いスープ")):
        html = f"<html><head><meta charset={declared}></head><h1>{words}</h1><p>{words}.</p>"
        post = imported(tmp_path, html.encode(declared), name="soup.html")
        assert (post.title, post.guesses) == (words, ())


def test_what_google_docs_calls_the_title_is_it_though_sections_have_main_headings(
    tmp_path: Path,
) -> None:
    body = "<p class=title>Soup</p><p class=subtitle>Of leeks</p><h1>Salt</h1><p>A little.</p>"
    post = _page(tmp_path, f"{body}<h1>Heat</h1><p>Much.</p>")
    assert (post.title, post.about.subtitle, headings(post)) == (
        "Soup",
        "Of leeks",
        ["Salt", "Heat"],
    )


def test_what_others_remarked_in_google_docs_is_named_and_never_printed(tmp_path: Path) -> None:
    body = (
        "<h1>Soup</h1><p>Hot<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup>.</p>"
        "<p>Serve it.</p><div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a>"
        "<span>Too hot for Mum?</span></p></div>"
    )
    post = _page(tmp_path, body)
    assert paragraphs(post) == ["Hot.", "Serve it."]
    assert post.losses == ("Comments, which stay yours: “Too hot for Mum?”.",)
