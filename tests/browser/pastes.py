"""One small letter as fifteen programs put it on the clipboard, each in its own way of writing."""
# ruff: noqa: E501 (what programs write to the clipboard has long lines)

from collections.abc import Mapping

PLAIN = """A small warmth

Nothing has to be finished, see https://example.org/tea now.
Take two one spoon of 103.

> Slow is a direction.

What helps

- one warm drink
- one open window

1. sit
2. breathe

---

Day · Rest
So do we."""

MARKDOWN = """## A small warmth

Nothing has to be **finished**, *see* [the tea](https://example.org/tea) now.

> Slow is a direction.

### What helps

- one warm drink
- one open window

1. sit
2. breathe

---

So do we."""

_INLINE = 'Nothing has to be <b>finished</b>, <i>see</i> <a href="https://example.org/tea">the tea</a> now.'
_TAIL = (
    "<p>Take <s>two</s> one spoon of 10<sup>3</sup>.</p><table><tr><td>Day</td><td>Rest</td></tr>"
    "<tr><td>Monday</td><td>an hour</td></tr></table><hr><p>So do we.</p>"
)
WEB = (
    f"<h2>A small warmth</h2><p>{_INLINE}</p><blockquote><p>Slow is a direction.</p></blockquote>"
    "<h3>What helps</h3><ul><li>one warm drink</li><li>one open window</li></ul>"
    f"<ol><li>sit</li><li>breathe</li></ol>{_TAIL}"
)


def _word_entry(mark: str, words: str) -> str:
    return (
        "<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'>"
        "<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>"
        f"{mark}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span>"
        f"<![endif]>{words}<o:p></o:p></p>"
    )


WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal{margin:0}"
    "</style></head><body lang=EN-GB><!--StartFragment--><h2>A small warmth<o:p></o:p></h2>"
    f"<p class=MsoNormal>{_INLINE}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
    "<blockquote><p class=MsoQuote>Slow is a\r\ndirection.<o:p></o:p></p></blockquote>"
    f"<h3>What helps</h3>{_word_entry('·', 'one warm drink')}{_word_entry('·', 'one open window')}"
    f"{_word_entry('1.', 'sit')}{_word_entry('2.', 'breathe')}{_TAIL}<!--EndFragment--></body></html>"
)
GOOGLE = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr">'
    '<span style="font-size:16pt;font-weight:400">A small warmth</span></h2><p dir="ltr"><span '
    'style="font-weight:400">Nothing has to be </span><span style="font-weight:700">finished</span>'
    '<span style="font-weight:400">, </span><span style="font-style:italic">see</span><span> </span>'
    '<a href="https://www.google.com/url?q=https://example.org/tea&amp;sa=D"><span style="'
    'text-decoration:underline">the tea</span></a><span> now.</span></p><blockquote><p><span>Slow is '
    'a direction.</span></p></blockquote><h3><span>What helps</span></h3><ul><li dir="ltr"><p '
    'role="presentation"><span>one warm drink</span></p></li><li><p><span>one open window</span></p>'
    "</li></ul><ol><li><p><span>sit</span></p></li><li><p><span>breathe</span></p></li></ol><p><span>"
    'Take </span><span style="text-decoration:line-through">two</span><span> one spoon of 10</span>'
    '<span style="font-size:0.6em;vertical-align:super">3</span><span>.</span></p><div><table><tbody>'
    "<tr><td><p><span>Day</span></p></td><td><p><span>Rest</span></p></td></tr><tr><td><p>Monday</p>"
    "</td><td><p>an hour</p></td></tr></tbody></table></div><hr><p><span>So do we.</span></p></b>"
)
_MAIL = (
    f"<div><h2>A small warmth</h2></div><div>{_INLINE}</div><div><br></div><blockquote style='margin:"
    "0 0 0 40px'><div>Slow is a direction.</div></blockquote><div><h3>What helps</h3></div><div><ul>"
    "<li>one warm drink</li><li>one open window</li></ul><ol><li>sit<br></li><li>breathe</li></ol>"
    f"</div>{_TAIL.replace('<p>', '<div>').replace('</p>', '</div>')}"
)
OUTLOOK = WORD.replace(
    "https://example.org/tea",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Ftea&amp;data=05",
)
NOTES = (
    f"<html><body><h2 class='p1'>A small warmth</h2><p class='p2'><br></p><p class='p2'>{_INLINE}</p>"
    "<blockquote class='p2'>Slow is a direction.</blockquote><h3>What helps</h3><ul class='Apple-dash"
    "-list'><li class='li2'>one warm drink</li><li class='li2'>one open window</li></ul><ol><li>sit"
    f"</li><li>breathe</li></ol>{_TAIL}<p class='p2'><span class='Apple-converted-space'> </span></p>"
)
SUBSTACK = (
    f'<h2 class="header-anchor-post">A small warmth</h2><p>{_INLINE}</p><div class="pullquote"><p>Slow '
    "is a direction.</p></div><h3>What helps</h3><ul><li><p>one warm drink</p></li><li><p>one open "
    f"window</p></li></ul><ol><li><p>sit</p></li><li><p>breathe</p></li></ol>{_TAIL}"
)

HTML: Mapping[str, str] = {
    "Word": WORD,
    "Word on the web": WORD.replace("MsoListParagraphCxSpFirst", "Paragraph"),
    "Google Docs": GOOGLE,
    "Apple Notes": NOTES,
    "Apple Pages": NOTES.replace("h2", "h1"),
    "Gmail": f"<div dir='ltr'>{_MAIL}</div>",
    "Apple Mail": _MAIL,
    "Thunderbird": f"<html><body text='#000000'>{_MAIL}</body></html>",
    "Outlook": OUTLOOK,
    "Outlook on the web": OUTLOOK.replace("MsoNormal", "x_MsoNormal"),
    "Substack": SUBSTACK,
    "Ghost": f"<article>{WEB}</article>",
    "LibreOffice": f"<body lang='en'><p style='line-height:100%'></p>{WEB}</body>",
    "a web page": f"<div><section>{WEB}</section><script>alert(1)</script></div>",
}
