"""A letter in one flowing text has the structure of one made of blocks, in every medium."""

import re
from typing import Any

import pytest
from django.test import Client
from wagtail.rich_text import RichText

from posts.content.actions import create_post, publish_post
from posts.content.blocks import BodyBlock
from posts.content.flowing import flowing
from posts.content.models import PostPage, SiteSettings
from posts.content.raised import raised
from posts.content.rendering import render_mail, render_text_body, render_web_body
from posts.content.richtext import PageLinks, Quotation, parts
from posts.content.text import TextPage, rich
from posts.content.words import first_words, plain
from posts.public.feeds import json_feed
from tests.content.golden_post import LINKS

FLOWING = (
    "<h2>Warm the pot</h2><p>Water first.</p><h3>Then wait</h3><ul><li>sit</li><li>look</li></ul>"
    "<blockquote>Slow is a direction.</blockquote><blockquote>So is down.</blockquote>"
    "<blockquote>— A neighbour</blockquote><hr/><ol><li>pour</li><li>drink</li></ol>"
)
BLOCKS: list[tuple[str, Any]] = [
    ("heading", {"text": "Warm the pot", "level": "2"}),
    ("paragraph", "<p>Water first.</p>"),
    ("heading", {"text": "Then wait", "level": "3"}),
    ("list", {"style": "bulleted", "entries": ["sit", "look"]}),
    ("quote", {"lines": ["Slow is a direction.", "So is down."], "attribution": "A neighbour"}),
    ("divider", None),
    ("list", {"style": "numbered", "entries": ["pour", "drink"]}),
]


def post_of(body: list[tuple[str, Any]], **fields: str) -> PostPage:
    post = create_post(title="Tea", body=body, by="tests")
    for name, value in fields.items():
        setattr(post, name, value)
    post.save_revision()
    return publish_post(post=post, by="tests")


def stored(pairs: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": kind, "value": value} for kind, value in pairs]


def closely(html: str) -> str:
    """Without the white space between tags."""
    return re.sub(r">\s+<", "><", html)


def body_of(html: str) -> str:
    return closely(html).partition("minute to read</p>")[2].partition('<div class="foot')[0]


@pytest.mark.django_db
def test_a_flowing_text_is_rendered_like_its_blocks_in_every_medium() -> None:
    one, many = post_of([("paragraph", FLOWING)]), post_of(BLOCKS)
    assert closely(render_web_body(one)) == closely(render_web_body(many))
    assert render_text_body(one) == render_text_body(many)
    mails = [render_mail(post, links=LINKS) for post in (one, many)]
    assert body_of(mails[0].html) == body_of(mails[1].html) != ""
    assert mails[0].text.replace("\n\n", "\n") == mails[1].text.replace("\n\n", "\n")


def test_what_a_text_does_by_itself_becomes_part_of_it_and_cards_stay_cards() -> None:
    assert flowing(stored(BLOCKS), apart=()) == stored([("paragraph", FLOWING)])
    before, quote, after = flowing(stored(BLOCKS))
    assert before["value"] + after["value"] == re.sub("<blockquote.*</blockquote>", "", FLOWING)
    assert quote == stored(BLOCKS)[4]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("list", {"style": "bulleted", "entries": ["sit"]}),
        ("list", {"style": "numbered", "entries": ["sit"]}),
        ("quote", {"lines": ["Slow."], "attribution": "A neighbour"}),
    ],
)
def test_two_lists_or_quotations_in_a_row_stay_two_when_they_are_edited(
    kind: str, value: Any
) -> None:
    blocks = flowing(stored([(kind, value)] * 2), apart=())
    assert len(blocks) == 2
    between = stored([(kind, value), ("divider", None), (kind, value)])
    assert len(flowing(between, apart=())) == 1


@pytest.mark.django_db
def test_a_short_version_and_a_feed_have_the_same_structure(client: Client) -> None:
    post = post_of([("paragraph", FLOWING)], short_version=FLOWING)
    whole, short = (render_mail(post, links=LINKS, edition=e) for e in ("full", "short"))
    assert body_of(whole.html) in closely(short.html)
    assert rich(FLOWING, TextPage("")) in short.text
    web = closely(render_web_body(post))
    assert client.get(f"/{post.slug}/").text.replace("\n", "").count('<figure class="quote">') == 2
    assert closely(json_feed([post], SiteSettings.load())["items"][0]["content_html"]) == web


def quotations(html: str) -> list[str | Quotation]:
    return list(parts(PageLinks().expand(html)))


@pytest.mark.parametrize(
    ("html", "quotation"),
    [
        ("<blockquote>a</blockquote>\n<blockquote>b</blockquote>", Quotation(("a", "b"))),
        ("<blockquote>a<br/>b</blockquote>", Quotation(("a", "b"))),
        ("<blockquote><p>a</p><p>b</p></blockquote>", Quotation(("a", "b"))),
        ("<blockquote>a</blockquote><blockquote>– Bo</blockquote>", Quotation(("a",), "Bo")),
        ("<blockquote>— and so on</blockquote>", Quotation(("— and so on",))),
        ("<blockquote>a</blockquote><blockquote>—</blockquote>", Quotation(("a", "—"))),
        ("<blockquote><b>a<br/>b</b></blockquote>", Quotation(("<b>a<br>b</b>",))),
    ],
)
def test_paragraphs_of_a_quotation_are_its_lines(html: str, quotation: Quotation) -> None:
    assert quotations(f"<p>x</p>{html}<p>y</p>") == ["<p>x</p>", quotation, "<p>y</p>"]


def test_a_quotation_in_a_quotation_loses_no_word() -> None:
    html = "<blockquote>a<blockquote>b</blockquote>c</blockquote><blockquote>d</blockquote>"
    text = rich(html, TextPage(""))
    assert re.findall("[abcd]", text) == list("abcd")


@pytest.mark.parametrize(
    ("given", "read"), [("3", "³"), ("-12", "⁻¹²"), ("st", "st"), ("2a", "^(2a)"), ("", "")]
)
def test_what_was_raised_is_not_taken_for_a_digit_of_the_number(given: str, read: str) -> None:
    assert raised(given) == read


def test_what_is_struck_out_is_not_said_where_nothing_can_be_struck_out() -> None:
    html = "<p>Take <s>two</s> one of 10<sup>3</sup></p>"
    assert plain(html).split() == ["Take", "one", "of", "10³"]
    assert rich(html, TextPage("")) == "Take ~~two~~ one of 10³"


def test_the_first_words_are_those_of_paragraphs() -> None:
    assert first_words([{"type": "paragraph", "value": FLOWING}]).startswith("Water first. sit")
    assert first_words([{"type": "paragraph", "value": "<h2>Tea</h2>"}]) == "Tea"


OLD_LINES = [
    {"type": "item", "value": "one", "id": "b2f9a0c2-1"},
    {"type": "item", "value": "two", "id": "b2f9a0c2-2"},
]


@pytest.mark.parametrize("stored", [["one", "two"], OLD_LINES])
def test_the_lines_of_a_quote_are_written_in_one_text_area(stored: list[Any]) -> None:
    quote = BodyBlock().child_blocks["quote"]
    value = quote.to_python({"lines": stored, "attribution": ""})
    assert list(value["lines"]) == ["one", "two"]
    assert quote.get_form_state(value)["lines"] == "one\ntwo"
    form = {"q-lines": " one\r\n\r\nthree", "q-attribution": ""}
    written = quote.clean(quote.value_from_datadict(form, {}, "q"))
    assert quote.get_prep_value(written)["lines"] == ["one", "three"]


def test_a_text_in_which_nothing_stands_is_not_kept() -> None:
    body = BodyBlock()
    texts = ["<p>a</p>", '<p data-block-key="x1"></p>', "<hr/>", "<p> </p>"]
    value = body.clean(body.normalize([("paragraph", RichText(text)) for text in texts]))
    assert [child.value.source for child in value] == ["<p>a</p>", "<hr/>"]
