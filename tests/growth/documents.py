"""HTML, Markdown and plain text as no person writes them, of any size."""

from tests.growth.shapes import Shape, around, each, many, numbered, within

HTML: dict[str, Shape] = {
    **each(
        *("<div>", "<p>", "<b>", "<b><i>a", "<b><p>a", "<b></p>", "<blockquote>a", "<ul><li>a"),
        *(
            "<table><tr><td>a",
            "<dl><dt>a<dd>b",
            "<figure><figcaption>a",
            "<span>",
            "<form>",
            "<br>",
        ),
        *(
            "<a href='http://x.example'>a",
            "<table><b>",
            "<svg>",
            "<math>",
            "<select>",
            "<template>",
        ),
        *(
            "<",
            ">",
            "&",
            "&#",
            "&amp;",
            "<!--",
            "<![CDATA[",
            "<?",
            "</p>",
            "</b>",
            "<script>",
            "='",
        ),
        *("<html ", "<html lang", "<title>", "<img src=x alt=y>", "http://x.example ", "&nbsp;"),
        *("<h1>a</h1>", "<pre>a\n", "<cite>a</cite>", "\n", " "),
        head="<p>a",
    ),
    "a list": many("<li>a", head="<ul>"),
    "a list from nine": many("<li>a", head="<ol start=9>"),
    "digits of a list": many("9", head="<ol start=", tail="><li>a<li>b"),
    "terms": many("<dt>a<dd>b", head="<dl>"),
    "cells": many("<td>a", head="<table><tr>"),
    "rows": many("<tr><td>a<td>b", head="<table>"),
    "attributes": numbered(" a{n}=b", head="<p"),
    "an attribute": many("x", head="<p title='", tail="'>a"),
    "quotations": many("<figure><blockquote>a</blockquote><figcaption>b</figcaption></figure>"),
    "breaks in bold": many("<br/>", head="<p><b>", tail="x</b> y"),
    "words and breaks in bold": many("x<br/><br/>", head="<b>", tail="</b>"),
    "words in emphasis": within("<b><i>", "a<br>", tail="<p>x</p>"),
    "words in quotations": within("<blockquote>", "<p>a</p>"),
    "words in terms": within("<dl><dt>a<dd>b", "x "),
    "words in lists": within("<ul><li>", "<li>a"),
    "words in tables": within("<table><tr><td>a<td>", "<p>a"),
    "paragraphs in open emphasis": within("<b><i>", "<p>a"),
    "divisions": around("<div>", "</div>"),
    "footnotes": numbered('<li id="fn{n}">a <a href="#fnref{n}">^</a></li>', head="<ol>"),
    "references": many('<sup><a href="#fn1">1</a></sup>', tail='<ol><li id="fn1">a</li></ol>'),
    "articles": many("<article>a", head="<html>"),
    "articles beside each other": many("<article>a</article>", head="<html>"),
    "menus": many("<nav>a</nav><aside class='sidebar'>b</aside>", head="<html>"),
    "menus in menus": many("a ", head="<html>" + "<nav><aside>" * 15),
    "what nobody sees": many("<i style='display:none'>a</i>"),
    "style sheets": many(".a{font-weight:700}", head="<style>", tail="</style><p>a"),
    "style sheets without an end": many("<style>.a{", head="<p>a"),
    "descriptions": many("<meta name='description' content='a'>", head="<html><head>"),
    "pictures in themselves": many("<img src='data:image/png;base64,aa' alt='b'>"),
    "tables in tables": within("<table><tr><th>a<th>b<tr><td>", "<td>c"),
    "signs before notes": many("<div class=callout><div class=kg-callout-emoji>a</div><p>b</div>"),
    "signs in each other": within("<div class='kg-callout-card kg-callout-emoji'>", "a"),
    "quotations by a class": within("<div class=pullquote>", "a"),
    "boxes": many("<div class='checkbox checkbox-on'></div>a"),
    "codes of WordPress": many("[gallery ids='1']", head="<p>a"),
    "captions without an end": many("[caption a='b'] <img src=x> a", head="<p>a"),
    "quoted tags": many('"<p a="', head="<p a="),
}
FIELDS: dict[str, Shape] = {
    "fields": many("a: b\n", head="---\n", tail="---\nText.\n"),
    "fields without an end": many("a: b\n", head="---\n"),
    "lists of YAML": many("- a\n", head="---\na:\n", tail="---\nText.\n"),
    "an alias of an alias": numbered(
        "a{n}: &a{n} [*a, *a]\n", head="---\na: &a x\n", tail="---\nB.\n"
    ),
    "fields of TOML": numbered("a{n} = 1\n", head="+++\n", tail="+++\nText.\n"),
    "an object": many('{"a":', tail="\nText."),
    "fields of Pelican": numbered("Title{n}: a\n", head="Title: a\n", tail="\nText.\n"),
}

MARKDOWN: dict[str, Shape] = {
    **each(
        *("[", "](", "[]", "![", "*", "**a", "*a ", "_a ", "a*", "`", "`a", "<", "<a ", "<!--"),
        *("<?", "<![CDATA[", "~~a", "\\", "&", ">", "[a](", "[a](<b", '[a](b "', "![a](b)", "a**b"),
        *("| ", "\n", " ", "<http:", "*a **b ", "\t", "a  \n", "a\\\n", "<b>", "<div>\n", "- "),
        head="a ",
    ),
    **each(
        *(
            "> ",
            "> a\n",
            "- a\n",
            "1. a\n",
            "# a\n",
            "a\n---\n",
            "---\n",
            "```\n",
            "    a\n",
            "- - ",
        ),
        *("<dl><dt>a<dd>b\n", "--- \n", "a: b\n"),
    ),
    "a table": many("|a|b|\n", head="|a|b|\n|-|-|\n"),
    "an address used often": many("[a]", head="[a]: http://b.example\n\n"),
    "a long address used often": lambda size: (
        f"[a]: http://b.example/{'x' * (size // 20)}\n\n" + "[a]" * (size // 20)
    ),
    "addresses that are not used": numbered("[a{n}]: b\n"),
    "brackets around one": around("[", "]", inside="[a](b)"),
    "emphasis around one": around("*a ", "a*"),
    "pictures in pictures": around("![", "](b)"),
    "tags in a line": many("#a ", tail="\nText."),
    "comments": many("<!-- a --> b\n"),
    "comments without an end": many("<!-- a "),
    "fences without an end": many("```a\n"),
    "fences in fences": numbered("{n}\n```` a\n", head="```\n"),
    "footnotes": numbered("a[^{n}]\n\n[^{n}]: b\n\n"),
    "footnotes that are one": many("[^a] ", tail="\n\n[^a]: b\n"),
    "footnotes within lines": many("^[a "),
    "shortcodes": many('{{< a b="c" >}} '),
    "shortcodes without an end": many("{{< a "),
    "notes of others": many("[[a|b]] ![[c]] %%d%% "),
    "components": many('<Abc d="e">'),
    "attributes": many("a {.b} {: c} [d]{e} "),
    "definitions": many("a\n: b\n\n"),
    "raised and lowered": many("a^b^ c~d~ "),
    "things to do": many("- [ ] a\n"),
    **each("^", "~", "^a", "~a", "%%", "==", "{", "[[", ":::\n", "| a\n", "{%"),
    "lines below a quotation": many("a\n", head="> a\n"),
}
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str) -> str:
    """What a Word document says, between what stands around it."""
    return f"<?xml version='1.0'?><w:document {_W}><w:body>{body}</w:body></w:document>"


_P = "<w:p><w:r><w:t>a </w:t></w:r></w:p>"
WORD: dict[str, Shape] = {
    "paragraphs": many(_P),
    "runs": many("<w:r><w:b/><w:t>a</w:t></w:r>", head="<w:p>", tail="</w:p>"),
    "rows": many(
        f"<w:tr><w:tc>{_P}</w:tc><w:tc>{_P}</w:tc></w:tr>", head="<w:tbl>", tail="</w:tbl>"
    ),
    "fields": many('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', head="<w:p>", tail="</w:p>"),
    "tables in tables": around("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", inside=_P),
    "what is no XML": many("<w:p>"),
}
PLAIN: dict[str, Shape] = {
    **each(
        *(
            "a\n",
            "abc ",
            '"abc"\n',
            "\u201cabc\u201d\n",
            "Name: words and more\n",
            "- a\n",
            "-ab\n",
        ),
        *("1. a\n", "2. a\n", "> a\n", "# a\n", "#", "---\n", "Ab\n---\n", "a list:\n", "Abc.\n"),
        *("Try it\n", "Abc Def\n\n", "Abc\nDef\n\n", "\u2022", "\u2014 x", "P.S. a\n", "  a\n"),
        *('"abc" \u2014 Bob\n', "un fuerte ", "xo", "> ", "\n", " ", '"', "'", ".", '."', "Abc! "),
        *("the first word that is cut wort-\nlos ", "a\tb\tc\n", "| a | b |\n", "== a ==\n"),
        *("*|A|*", "Page 1\n", "p. 2\n\f", "\u25a0 a\n", "\u4e00\u3001a\n", "Hi a", "== a"),
        *("http://.", "abc-\nand ", "a: ", "*", "# a ", "<b>a</b>: c\n", "etc.", "a,\n", "Abc?\n"),
        *("Abc:\nDef\n", "word " * 14 + "\n", "Head\n\nText goes on. And on.\n\n", "\u00ab\u00a0"),
        head="Title\n",
    ),
    **each(
        *(
            "\u2192 a\n",
            "\u2705 a\n",
            "o a\n",
            "**a**\n",
            "*a* ",
            "_a_ ",
            "[a](http://b) ",
            "~~a~~ ",
        ),
        *("A B C?\n\n", "ABCD\n", "a@b.cd ", "www.a.b ", "(a) b\n", "Ab xx\n\n", "\u2014 a.\n"),
        *("From: a\n", "\u200b", "\u3042", "\u05d0 "),
        head="Title\n\n",
    ),
    "a dialogue": many("A: b.\nC: d.\n", head="Title\n\n"),
    "lines in quotation marks of a section": many(
        '"abc"\n', head="Title\n\nHead\n\nText that goes on. And on.\n\n"
    ),
    "lines that may go on with an entry": lambda size: (
        "Title\n- " + "x" * (size // 2) + "\n" + "  a\n" * (size // 8)
    ),
    "a farewell": many("un fuerte ", head="Title\n\nAbc.\n\n", tail="x\nBob"),
    "kisses": many("xo", head="Title\n\nAbc.\n\n", tail="y\nBob"),
    "a signature": many("Abc. ", head="Title\n\nAbc.\n\n", tail="-Bob b."),
    "numbers": lambda size: "Title\n" + "".join(f"{n % 90 + 5}. a\n" for n in range(size // 6)),
}
